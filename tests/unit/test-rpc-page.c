/* The page that is built in, and what goes with it. */

#include "tools/rpc-host/page.h"

#include <string.h>

#include <glib.h>

static unsigned count(const char *part)
{
        const char *page = (const char *)status_html, *end = page + status_html_size;
        unsigned n = 0;

        while ((page = g_strstr_len(page, end - page, part))) {
                page += strlen(part);
                n++;
        }
        return n;
}

/* What the policy would not let in does not belong into the page. */
static void test_html(void)
{
        static const char *const foreign[] = { "src=", " style=", " onclick=\"", "<script ",
                "<style ", "innerHTML", "insertAdjacent", "document.write", "eval(", "https://" };

        g_assert_cmpuint(status_html_size, >, 1000);
        g_assert_true(memcmp(status_html, "<!DOCTYPE html>", 15) == 0);
        g_assert_cmpuint(status_html[status_html_size - 1], ==, '\n');
        g_assert_true(g_utf8_validate((const char *)status_html, status_html_size, NULL));
        g_assert_cmpuint(count("<style>"), ==, 1);
        g_assert_cmpuint(count("<script>"), ==, 1);
        g_assert_cmpuint(count("</html>"), ==, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
                g_test_message("%s", foreign[i]);
                g_assert_cmpuint(count(foreign[i]), ==, 0);
        }
}

static void test_policy(void)
{
        g_autofree char *policy = page_policy();

        g_test_message("%s", policy);
        g_assert_true(g_str_has_prefix(policy, "default-src 'none'; style-src 'sha256-"));
        g_assert_nonnull(strstr(policy, "='; script-src 'sha256-"));
        g_assert_nonnull(strstr(policy, "frame-ancestors 'none'"));
        g_assert_null(strstr(policy, "unsafe"));
}

static void assert_location(const char *name, const char *expected)
{
        g_autofree char *location = page_log_location(name);

        g_assert_cmpstr(location, ==, expected);
}

static void test_log_location(void)
{
        g_autofree char *longest = g_strnfill(PAGE_NAME_MAX, 'a');
        g_autofree char *too_long = g_strnfill(PAGE_NAME_MAX + 1, 'a');
        g_autofree char *location = page_log_location(longest);

        assert_location("web", "/#log=web");
        assert_location("web:a b", "/#log=web%3Aa%20b");
        assert_location("a\r\nX: y#\xff", "/#log=a%0D%0AX%3A%20y%23%FF");
        assert_location("", "/");
        assert_location(NULL, "/");
        assert_location(too_long, "/");
        g_assert_cmpuint(strlen(location), ==, PAGE_NAME_MAX + strlen("/#log="));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc/page/html", test_html);
        g_test_add_func("/rpc/page/policy", test_policy);
        g_test_add_func("/rpc/page/log-location", test_log_location);
        return g_test_run();
}
