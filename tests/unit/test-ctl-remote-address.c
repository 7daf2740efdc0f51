/* What ssh is asked for; it need not be there for more than its name. */

#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "tools/ctl/failure.h"
#include "tools/ctl/remote-address.h"

#define SYSTEM_END "unix%3apath%3d%24s%7d%22%27"

static void make_ssh(void)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *folder = g_dir_make_tmp("busvisor-test-XXXXXX", &error);
        g_autofree char *ssh = g_build_filename(folder, "ssh", NULL);

        g_assert_no_error(error);
        g_assert_true(g_file_set_contents(ssh, "#!/bin/sh\n", -1, NULL));
        g_assert_cmpint(g_chmod(ssh, 0755), ==, 0);
        g_setenv("PATH", folder, true);
}

static void remove_ssh(void)
{
        g_autofree char *ssh = g_build_filename(g_getenv("PATH"), "ssh", NULL);

        g_assert_cmpint(unlink(ssh), ==, 0);
        g_assert_cmpint(rmdir(g_getenv("PATH")), ==, 0);
}

static void test_hosts(void)
{
        static const struct {
                const char *host, *arguments;
        } cases[] = {
                { "box", ",argv2=--,argv3=box,argv4=" },
                { "me@box", ",argv2=--,argv3=me%40box,argv4=" },
                { "me@box:22", ",argv2=-p,argv3=22,argv4=--,argv5=me%40box,argv6=" },
                { "[::1]:22", ",argv2=-p,argv3=22,argv4=--,argv5=%3a%3a1,argv6=" },
                { "fe80::1", ",argv2=--,argv3=fe80%3a%3a1,argv4=" },
                { "-oProxyCommand=x", ",argv2=--,argv3=-oProxyCommand%3dx,argv4=" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *address =
                                remote_address(&(RemotePlace){ .host = cases[i].host }, &error);

                g_assert_no_error(error);
                g_assert_true(g_str_has_prefix(address, "unixexec:path=ssh,argv1=-xT,"));
                g_assert_nonnull(strstr(address, cases[i].arguments));
                g_assert_true(g_str_has_suffix(address, SYSTEM_END));
        }
}

static void test_bad_hosts(void)
{
        static const RemotePlace places[] = {
                { .host = "" },
                { .host = "@box" },
                { .host = "me@" },
                { .host = "box:" },
                { .host = "box:0" },
                { .host = "box:99999" },
                { .host = "box/" },
                { .host = "[::1" },
                { .host = "[::1]x" },
                { .host = "box/c", .identifier = "web" },
                { .host = "box/c", .address = "user" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(remote_address(&places[i], &error));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
        }
}

static void test_buses(void)
{
        static const struct {
                RemotePlace place;
                const char *end;
        } cases[] = {
                { { .host = "box", .address = "system" }, SYSTEM_END },
                { { .host = "box", .address = "user" }, "/bus%7d%22%27" },
                { { .host = "box/web" },
                                "exec%20%24p%20--machine%3d%27%5c%27%27web%27%5c%27%27%27" },
                { { .host = "box:22/web" },
                                "exec%20%24p%20--machine%3d%27%5c%27%27web%27%5c%27%27%27" },
                { { .host = "box", .address = "unix:path=/x", .identifier = "y" },
                                "--bus-path%3d%27%5c%27%27unix%3apath%3d/x%27%5c%27%27%27" },
        };
        g_autoptr(GError) error = NULL;
        g_autofree char *instance = remote_address(
                        &(RemotePlace){ .host = "box", .identifier = "a/b" }, &error);

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *address = remote_address(&cases[i].place, &error);

                g_assert_no_error(error);
                g_assert_true(g_str_has_suffix(address, cases[i].end));
        }
        g_assert_nonnull(strstr(instance, "a_b/bus/socket"));
}

int main(int argc, char **argv)
{
        int result;

        g_test_init(&argc, &argv, NULL);
        make_ssh();
        g_test_add_func("/ctl/remote-address/hosts", test_hosts);
        g_test_add_func("/ctl/remote-address/bad-hosts", test_bad_hosts);
        g_test_add_func("/ctl/remote-address/buses", test_buses);
        result = g_test_run();
        remove_ssh();
        return result;
}
