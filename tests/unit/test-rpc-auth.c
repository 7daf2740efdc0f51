/* Passwords, and lists of servers. */

#include <glib.h>

#include "tools/rpc-host/auth.h"

static char *header(const char *scheme, const char *pair, size_t size)
{
        g_autofree char *encoded = g_base64_encode((const unsigned char *)pair, size);

        return g_strconcat(scheme, encoded, NULL);
}

static void check(const char *pair, const char *password, bool admits)
{
        g_autofree char *sent = header("Basic ", pair, strlen(pair));

        g_assert_true(auth_admits(sent, "user", password) == admits);
}

static void test_plain(void)
{
        check("user:word", "word", true);
        check("user:wo:rd", "wo:rd", true);
        check("user:", "", true);
        check("user:Word", "word", false);
        check("user:wor", "word", false);
        check("user:words", "word", false);
        check("User:word", "word", false);
        check("user", "word", false);
        check("user", "", false);
        check(":word", "word", false);
        check("", "word", false);
        check("user:gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", true);
}

static void test_sha(void)
{
        check("user:word", "{SHA}3cbcd90adc4b192a87a625850b7f231caddf0eb3", true);
        check("user:word", "{SHA}3CBCD90ADC4B192A87A625850B7F231CADDF0EB3", false);
        check("user:other", "{SHA}3cbcd90adc4b192a87a625850b7f231caddf0eb3", false);
        check("user:{SHA}3cbcd90adc4b192a87a625850b7f231caddf0eb3",
                        "{SHA}3cbcd90adc4b192a87a625850b7f231caddf0eb3", false);
        check("user:", "{SHA}", false);
}

static void test_headers(void)
{
        g_autofree char *lower = header("basic ", "user:word", 9);
        g_autofree char *other = header("Bearer ", "user:word", 9);
        g_autofree char *zero = header("Basic ", "user:word\0x", 11);

        g_assert_true(auth_admits(lower, "user", "word"));
        g_assert_false(auth_admits(other, "user", "word"));
        g_assert_false(auth_admits(zero, "user", "word"));
        g_assert_false(auth_admits(NULL, "user", "word"));
        g_assert_false(auth_admits("", "user", "word"));
        g_assert_false(auth_admits("Basic", "user", "word"));
        g_assert_false(auth_admits("Basic ", "user", "word"));
        g_assert_false(auth_admits("Basic Og==", "user", "word"));
        g_assert_false(auth_admits("Basic !!!", "user", "word"));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc-auth/plain", test_plain);
        g_test_add_func("/rpc-auth/sha", test_sha);
        g_test_add_func("/rpc-auth/headers", test_headers);
        return g_test_run();
}
