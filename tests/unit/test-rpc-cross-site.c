/* What browsers send from our page, from pages of others and by forms, and what programs that are
 * no browsers send. */

#include "tools/rpc-host/cross-site.h"

#include <glib.h>

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

#define assert_passes(...)                                                                         \
        g_assert_cmpstr(cross_site_refusal(&(CrossSiteRequest){ __VA_ARGS__ }), ==, NULL)
#define assert_refused(...) g_assert_nonnull(cross_site_refusal(&(CrossSiteRequest){ __VA_ARGS__ }))

static void test_programs(void)
{
        /* xmlrpc.client over TCP, Supervisor's transport over a UNIX socket, its tail client. */
        assert_passes("POST", .host = "web1.example.org:9001", .content_type = "text/xml",
                        .user_agent = "Python-xmlrpc/3.11", .is_open = true, .machine = "box");
        assert_passes("POST", .host = "localhost", .content_type = "text/xml");
        assert_passes("GET", .host = "", .user_agent = "Supervisor HTTP Client");
        assert_passes("GET", .host = "web1:9001", .user_agent = "Supervisor HTTP Client",
                        .is_open = true);
        /* Others, by hand. */
        assert_passes("POST", .host = NULL);
        assert_passes("POST", .host = "/run/supervisor.sock", .content_type = "");
        assert_passes("POST", .host = "a:1", .content_type = "text/xml; charset=utf-8");
        assert_passes("POST", .host = "a:1", .content_type = "application/xml");
        assert_passes("GET", .host = "a:1", .user_agent = "curl/7.88.1", .is_open = true);
}

static void test_own_page(void)
{
        assert_passes("GET", .host = "a:9001", .fetch_site = "none", .fetch_mode = "navigate",
                        .user_agent = BROWSER, .accept_language = "en");
        assert_passes("GET", .host = "a:9001", .fetch_site = "same-origin", .fetch_mode = "cors",
                        .referer = "http://a:9001/", .user_agent = BROWSER);
        assert_passes("POST", .host = "a:9001", .origin = "http://a:9001",
                        .referer = "http://a:9001/", .content_type = "text/xml",
                        .fetch_site = "same-origin", .fetch_mode = "cors");
        assert_passes("POST", .host = "A.example.org", .origin = "http://a.Example.org");
        assert_passes("POST", .host = "a:80", .origin = "http://a");
        assert_passes("POST", .host = "a", .origin = "HTTP://a:80");
        assert_passes("POST", .host = "[::1]:9001", .origin = "http://[::1]:9001");
        assert_passes("POST", .host = "a:9001", .referer = "http://a:9001/?x=http://b/");
        assert_passes("POST", .host = "a:9001", .referer = "http://a:9001");
        /* Behind a proxy that does TLS and passes Host on. */
        assert_passes("POST", .host = "a", .origin = "https://a");
        assert_passes("POST", .host = "a:443", .origin = "https://a");
        assert_passes("POST", .host = "a:8443", .origin = "https://a:8443");
}

static void test_other_origin(void)
{
        static const char *const origins[] = { "http://b:9001", "http://a", "http://a:9002",
                "https://a", "http://a:9001.evil.org", "http://evil.org/a:9001", "http://b@a:9001",
                "http://a:9001@b", "http://[a:9001", "http://a:9001:9001", "http://a:x", "http://",
                "http://:9001", "null", "", "a:9001", "file://", "ftp://a:9001",
                "chrome-extension://a:9001" };

        for (size_t i = 0; i < G_N_ELEMENTS(origins); i++) {
                g_test_message("%s", origins[i]);
                assert_refused("POST", .host = "a:9001", .content_type = "text/xml",
                                .origin = origins[i]);
                assert_refused("POST", .host = "a:9001", .content_type = "text/xml",
                                .referer = origins[i]);
                assert_refused("GET", .host = "a:9001", .origin = origins[i]);
        }
        assert_refused("POST", .host = NULL, .origin = "http://a");
        assert_refused("POST", .host = "", .origin = "http://");
        assert_refused("POST", .host = "a", .origin = "http://b", .referer = "http://a/");
        assert_refused("POST", .host = "a", .origin = "http://b", .fetch_site = "same-origin");
        assert_refused("PUT", .host = "a", .origin = "http://b");
}

static void test_fetch_site(void)
{
        static const char *const sites[] = { "cross-site", "same-site", "Cross-Site", "", "x" };

        for (size_t i = 0; i < G_N_ELEMENTS(sites); i++) {
                assert_refused("POST", .host = "a", .fetch_site = sites[i]);
                assert_refused("POST", .host = "a", .fetch_site = sites[i],
                                .fetch_mode = "navigate");
                assert_refused("GET", .host = "a", .fetch_site = sites[i], .fetch_mode = "no-cors");
                assert_refused("GET", .host = "a", .fetch_site = sites[i]);
                /* A link to us. */
                assert_passes("GET", .host = "a", .fetch_site = sites[i], .fetch_mode = "navigate",
                                .referer = "http://b/");
        }
        assert_passes("POST", .host = "a", .fetch_site = "same-origin");
        assert_passes("POST", .host = "a", .fetch_site = "none");
}

static void test_forms(void)
{
        static const char *const of_text[] = {
                "text/plain",
                " Text/Plain;charset=utf-8",
                "text/plain, text/xml",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(of_text); i++) {
                assert_refused("POST", .host = "a", .content_type = of_text[i],
                                .user_agent = BROWSER);
                assert_refused("POST", .host = "a", .content_type = of_text[i],
                                .accept_language = "en");
                assert_refused("POST", .host = "a:1", .content_type = of_text[i],
                                .origin = "http://a:1");
                assert_passes("POST", .host = "a", .content_type = of_text[i]);
                assert_passes("POST", .host = "a", .content_type = of_text[i],
                                .user_agent = "curl/7.88.1");
        }
        assert_passes("GET", .host = "a", .content_type = "text/plain", .user_agent = BROWSER);
}

/* What curl, urllib and Java send who are not told otherwise; a form's body is no XML then. */
static void test_default_types(void)
{
        static const char *const kinds[] = {
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
                assert_passes("POST", .host = "a", .content_type = kinds[i]);
                assert_passes("POST", .host = "a", .content_type = kinds[i], .user_agent = BROWSER,
                                .accept_language = "en");
                assert_refused("POST", .host = "a", .content_type = kinds[i], .origin = "http://b");
        }
}

static void assert_name(const char *host, const char *machine, bool passes)
{
        const char *refusal = cross_site_refusal(&(CrossSiteRequest){
                        "GET",
                        .host = host,
                        .user_agent = BROWSER,
                        .is_open = true,
                        .machine = machine,
        });

        g_test_message("%s on %s", host, machine);
        g_assert_true(!refusal == passes);
}

static void test_names(void)
{
        assert_name("localhost", NULL, true);
        assert_name("LocalHost:9001", NULL, true);
        assert_name("127.0.0.1:9001", NULL, true);
        assert_name("192.168.2.3", NULL, true);
        assert_name("[::1]:9001", NULL, true);
        assert_name("[fe80::1]", NULL, true);
        assert_name("box:9001", "box", true);
        assert_name("Box", "box.example.org", true);
        assert_name("box.example.org", "box.example.org", true);
        assert_name("box.local", "box", true);

        assert_name("evil.org", "box", false);
        assert_name("box.evil.org", "box", false);
        assert_name("localhost.evil.org", "box", false);
        assert_name("127.0.0.1.evil.org", "box", false);
        assert_name("1.2.3", "box", false);
        assert_name("[::1].evil.org", "box", false);
        assert_name("[evil.org]", "box", false);
        assert_name("[]", "box", false);
        assert_name("::1", "box", false);
        assert_name("bo", "box", false);
        assert_name("box", NULL, false);
        assert_name(".local", "", false);
        assert_name("", "", false);
        assert_name(NULL, "box", false);
}

/* The name counts for whatever shows that it is a browser, and only where there is no password. */
static void test_rebinding(void)
{
        assert_refused("POST", .host = "evil.org", .origin = "http://evil.org", .is_open = true);
        assert_refused("GET", .host = "evil.org", .referer = "http://evil.org/", .is_open = true);
        assert_refused("GET", .host = "evil.org", .accept_language = "", .is_open = true);
        assert_refused("GET", .host = "evil.org", .user_agent = BROWSER, .is_open = true);
        assert_refused("GET", .host = "evil.org", .fetch_mode = "navigate", .is_open = true);
        assert_passes("GET", .host = "status.example.org", .user_agent = BROWSER);
        assert_passes("POST", .host = "status.example.org", .origin = "https://status.example.org");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc/cross-site/programs", test_programs);
        g_test_add_func("/rpc/cross-site/own-page", test_own_page);
        g_test_add_func("/rpc/cross-site/other-origin", test_other_origin);
        g_test_add_func("/rpc/cross-site/fetch-site", test_fetch_site);
        g_test_add_func("/rpc/cross-site/forms", test_forms);
        g_test_add_func("/rpc/cross-site/default-types", test_default_types);
        g_test_add_func("/rpc/cross-site/names", test_names);
        g_test_add_func("/rpc/cross-site/rebinding", test_rebinding);
        return g_test_run();
}
