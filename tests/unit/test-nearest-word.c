/* What is near, and what is not. */

#include "bus/nearest-word.h"

#include <glib.h>

static const char *near(const char *word)
{
        static const char *const words[] = { "command", NULL, "autostart", "autorestart" };

        return nearest_word(word, words, G_N_ELEMENTS(words));
}

static void test_near(void)
{
        g_assert_cmpstr(near("command"), ==, "command");
        g_assert_cmpstr(near("comand"), ==, "command");
        g_assert_cmpstr(near("autostrat"), ==, "autostart");
        g_assert_cmpstr(near("autorestrat"), ==, "autorestart");
}

static void test_far(void)
{
        g_autofree char *long_word = g_strnfill(1000, 'a');

        g_assert_null(near(""));
        g_assert_null(near("user"));
        g_assert_null(near(long_word));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/nearest-word/near", test_near);
        g_test_add_func("/nearest-word/far", test_far);
        return g_test_run();
}
