/* Looking for a daemon where there is none: what is said, and that nothing hangs. Finding one is
 * tested with the real programs. */

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/find-daemon.h"

static void forget_environment(void)
{
        g_unsetenv(BUS_ADDRESS_VARIABLE);
        g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
        g_unsetenv("XDG_RUNTIME_DIR");
        g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/system", true);
        g_setenv("RUNTIME_DIRECTORY", "/nonexistent/runtime:/nonexistent/other", true);
}

static void assert_not_found(const DaemonPlace *place, const char *tried)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_bus) bus = NULL;

        g_assert_false(find_daemon(place, &bus, &error));
        g_assert_null(bus);
        g_assert_error(error, FAILURE, FAILURE_UNREACHABLE);
        g_assert_nonnull(strstr(error->message, tried));
        g_assert_null(strchr(error->message, '\n'));
}

static void test_nowhere(void)
{
        forget_environment();
        assert_not_found(&(DaemonPlace){ .bus_name = BUS_NAME },
                        "system bus: not there; session bus: not there; "
                        "/nonexistent/runtime: no instance");
}

static void test_address(void)
{
        forget_environment();
        assert_not_found(&(DaemonPlace){ .bus_name = BUS_NAME,
                                         .address = "unix:path=/nonexistent/s" },
                        "(unix:path=/nonexistent/s: not there)");
}

static void test_no_address(void)
{
        DaemonPlace place = { .bus_name = BUS_NAME, .address = "/run/bus" };
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_bus) bus = NULL;

        forget_environment();
        g_assert_false(find_daemon(&place, &bus, &error));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
        g_assert_nonnull(strstr(error->message, "'/run/bus' is no bus"));
}

static void test_identifier(void)
{
        forget_environment();
        g_setenv(BUS_ADDRESS_VARIABLE, "unix:path=/nonexistent/inherited", true);
        assert_not_found(&(DaemonPlace){ .bus_name = BUS_NAME, .identifier = "web1" },
                        "(/nonexistent/runtime/web1/bus/socket: not there; system bus");
        assert_not_found(&(DaemonPlace){ .bus_name = BUS_NAME },
                        "($" BUS_ADDRESS_VARIABLE ": not there)");
}

static void test_socket_of_the_dead(void)
{
        g_autofree char *folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        g_autofree char *bus_folder = g_build_filename(folder, "old", "bus", NULL);
        g_autofree char *socket = g_build_filename(folder, "old", BUS_PRIVATE_SOCKET, NULL);
        g_autofree char *instance = g_build_filename(folder, "old", NULL);
        g_autofree char *tried = g_strconcat(socket, ": Connection refused", NULL);

        forget_environment();
        g_setenv("RUNTIME_DIRECTORY", folder, true);
        g_assert_cmpint(g_mkdir_with_parents(bus_folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(socket, "", 0, NULL));
        assert_not_found(&(DaemonPlace){ .bus_name = BUS_NAME }, tried);
        g_unlink(socket);
        g_rmdir(bus_folder);
        g_rmdir(instance);
        g_rmdir(folder);
}

static void test_runtime_folder(void)
{
        g_autofree char *given = NULL, *user = NULL;

        forget_environment();
        given = find_daemon_runtime_folder();
        g_assert_cmpstr(given, ==, "/nonexistent/runtime");
        g_unsetenv("RUNTIME_DIRECTORY");
        g_setenv("XDG_RUNTIME_DIR", "/nonexistent/user", true);
        user = find_daemon_runtime_folder();
        g_assert_cmpstr(user, ==, geteuid() == 0 ? "/run/busvisor" : "/nonexistent/user/busvisor");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/find-daemon/nowhere", test_nowhere);
        g_test_add_func("/ctl/find-daemon/address", test_address);
        g_test_add_func("/ctl/find-daemon/no-address", test_no_address);
        g_test_add_func("/ctl/find-daemon/identifier", test_identifier);
        g_test_add_func("/ctl/find-daemon/socket-of-the-dead", test_socket_of_the_dead);
        g_test_add_func("/ctl/find-daemon/runtime-folder", test_runtime_folder);
        return g_test_run();
}
