/* Addresses, errors, and that opening waits for nobody: the other end is a socket of this very
 * test, which answers only when the test says so. */

#include "bus/connection.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "bus/cleanup.h"

static void test_address_of_socket(void)
{
        static const char *const pairs[][2] = {
                { "/run/busvisor/web-1/bus/socket", "unix:path=/run/busvisor/web-1/bus/socket" },
                { "/tmp/a b", "unix:path=/tmp/a%20b" },
                { "/tmp/a,b;c=d%", "unix:path=/tmp/a%2cb%3bc%3dd%25" },
                { "/tmp/\xc3\xa9", "unix:path=/tmp/%c3%a9" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
                g_autofree char *address = connection_address_of_socket(pairs[i][0]);

                g_assert_cmpstr(address, ==, pairs[i][1]);
        }
}

static void assert_address(const char *address, const char *expected)
{
        g_autofree char *resolved = connection_address(address);

        g_assert_cmpstr(resolved, ==, expected);
}

static void test_system_address(void)
{
        g_unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
        assert_address("system", "unix:path=/run/dbus/system_bus_socket");
        g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/x", true);
        assert_address("system", "unix:path=/x");
        g_unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
}

static void test_user_address(void)
{
        g_autofree char *folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        g_autofree char *socket_path = g_build_filename(folder, "bus", NULL);
        g_autofree char *expected = connection_address_of_socket(socket_path);

        g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
        g_unsetenv("XDG_RUNTIME_DIR");
        assert_address("user", NULL);
        g_setenv("XDG_RUNTIME_DIR", folder, true);
        assert_address("user", NULL);
        g_assert_true(g_file_set_contents(socket_path, "", 0, NULL));
        assert_address("user", expected);
        g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/y", true);
        assert_address("user", "unix:path=/y");
        g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
        g_unsetenv("XDG_RUNTIME_DIR");
        g_unlink(socket_path);
        g_rmdir(folder);
}

static void test_other_address(void)
{
        assert_address("unix:path=/run/x", "unix:path=/run/x");
}

static void test_errors(void)
{
        g_autoptr(sd_bus) bus = NULL;

        g_unsetenv("DBUS_SESSION_BUS_ADDRESS");
        g_unsetenv("XDG_RUNTIME_DIR");
        g_assert_cmpint(connection_open("user", "test", NULL, NULL, &bus), ==, -ENOENT);
        g_assert_cmpint(connection_open("unix:path=/nonexistent/socket", "test", NULL, NULL, &bus),
                        ==, -ENOENT);
        g_assert_cmpint(connection_open("unix:abstract", "test", NULL, NULL, &bus), ==, -EINVAL);
        g_assert_null(bus);
}

/* A listening socket in a folder of its own. */
typedef struct Server {
        char *folder, *path, *address;
        int fd;
} Server;

static void server_set_up(Server *server, gconstpointer unused)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        server->folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        server->path = g_build_filename(server->folder, "socket", NULL);
        server->address = connection_address_of_socket(server->path);
        g_strlcpy(address.sun_path, server->path, sizeof address.sun_path);
        server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        g_assert_cmpint(server->fd, >=, 0);
        g_assert_cmpint(bind(server->fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(listen(server->fd, 5), ==, 0);
}

static void server_tear_down(Server *server, gconstpointer unused)
{
        fd_close(server->fd);
        g_unlink(server->path);
        g_rmdir(server->folder);
        g_free(server->folder);
        g_free(server->path);
        g_free(server->address);
}

static void test_refused(Server *server, gconstpointer unused)
{
        g_autoptr(sd_bus) bus = NULL;

        server->fd = fd_close(server->fd);
        g_assert_cmpint(connection_open(server->address, "test", NULL, NULL, &bus), ==,
                        -ECONNREFUSED);
}

static int count_call(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        ++*(int *)userdata;
        return 0;
}

/* What a bus answers to the first call of a client. */
static int answer_hello(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        if (!sd_bus_message_is_method_call(message, "org.freedesktop.DBus", NULL))
                return 0;
        if (strcmp(sd_bus_message_get_member(message), "Hello") == 0)
                return sd_bus_reply_method_return(message, "s", ":1.1");
        return sd_bus_reply_method_return(message, NULL);
}

static sd_bus *accept_client(Server *server)
{
        sd_bus *bus = NULL;
        sd_id128_t id;
        int fd = accept(server->fd, NULL, NULL);

        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(sd_id128_randomize(&id), >=, 0);
        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        g_assert_cmpint(sd_bus_set_server(bus, true, id), >=, 0);
        g_assert_cmpint(sd_bus_negotiate_fds(bus, true), >=, 0);
        g_assert_cmpint(sd_bus_add_filter(bus, NULL, answer_hello, NULL), >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        return bus;
}

/* Both ends in one thread: opening has to have returned before the other end said a word. */
static void test_opens_without_waiting(Server *server, gconstpointer unused)
{
        g_autoptr(sd_bus) client = NULL;
        g_autoptr(sd_bus) bus = NULL;
        const char *unique_name = NULL;
        int n_connected = 0;

        g_assert_cmpint(connection_open(server->address, "test", count_call, &n_connected, &client),
                        ==, 0);
        g_assert_cmpint(sd_bus_is_ready(client), ==, 0);
        g_assert_cmpint(n_connected, ==, 0);
        bus = accept_client(server);
        for (int turn = 0; turn < 1000 && n_connected == 0; turn++) {
                g_assert_cmpint(sd_bus_process(client, NULL), >=, 0);
                g_assert_cmpint(sd_bus_process(bus, NULL), >=, 0);
        }
        g_assert_cmpint(n_connected, ==, 1);
        g_assert_cmpint(sd_bus_get_unique_name(client, &unique_name), >=, 0);
        g_assert_cmpstr(unique_name, ==, ":1.1");
        g_assert_cmpint(sd_bus_can_send(client, 'h'), >, 0);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/connection/address-of-socket", test_address_of_socket);
        g_test_add_func("/connection/system-address", test_system_address);
        g_test_add_func("/connection/user-address", test_user_address);
        g_test_add_func("/connection/other-address", test_other_address);
        g_test_add_func("/connection/errors", test_errors);
        g_test_add("/connection/refused", Server, NULL, server_set_up, test_refused,
                        server_tear_down);
        g_test_add("/connection/opens-without-waiting", Server, NULL, server_set_up,
                        test_opens_without_waiting, server_tear_down);
        return g_test_run();
}
