/* HTTP sockets: which are opened, kept, changed and closed as the sections change. */

#include "daemon/http-sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/http-socket.h"
#include "tests/unit/fixture.h"

#define SOMEBODY 65534

static char *folder;

static HttpServerConfig *add(Config *config, const char *section)
{
        HttpServerConfig *server = http_server_config_new();

        server->section = g_strdup(section);
        g_ptr_array_add(config->http_servers, server);
        return server;
}

static HttpServerConfig *add_unix(Config *config, const char *section, const char *name)
{
        HttpServerConfig *server = add(config, section);

        server->file = g_build_filename(folder, name, NULL);
        server->chmod = 0700;
        return server;
}

static void add_tcp(Config *config, const char *section, const char *host, int port)
{
        HttpServerConfig *server = add(config, section);

        server->host = g_strdup(host);
        server->port = port;
}

static int try_connect(const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        autofd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        return connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

/* True when who serves them has to know. */
static bool settle(HttpSockets *sockets, const Config *config)
{
        g_autoptr(GError) error = NULL;
        bool prepared = http_sockets_prepare(sockets, config, &error);

        g_assert_no_error(error);
        g_assert_true(prepared);
        return http_sockets_settle(sockets, config);
}

static int port_of(const HttpSockets *sockets, size_t index)
{
        return http_sockets_config(sockets, index)->port;
}

static int find_free_port(int family)
{
        struct sockaddr_storage address = { .ss_family = family };
        autofd fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        socklen_t size = sizeof address;

        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
                        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
                return -errno;
        /* At the same place in both families. */
        return GUINT16_FROM_BE(*(const uint16_t *)(const void *)((const char *)&address + 2));
}

static void test_kept(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) one = config_new();
        g_autoptr(Config) two = config_new();
        g_autofree char *url = g_strdup_printf("unix://%s/a", folder);
        int fd;

        add_unix(one, "unix_http_server", "a");
        add_unix(two, "unix_http_server", "a")->chmod = 0666;
        g_assert_null(http_sockets_url(sockets));
        g_assert_true(settle(sockets, one));
        g_assert_cmpstr(http_sockets_url(sockets), ==, url);
        fd = http_sockets_descriptor(sockets, 0);
        g_assert_false(settle(sockets, one));
        g_assert_false(settle(sockets, two));
        g_assert_cmpint(http_sockets_descriptor(sockets, 0), ==, fd);
        g_assert_cmpint(http_sockets_config(sockets, 0)->chmod, ==, 0666);
        g_assert_cmpint(try_connect("a"), ==, 0);
        sockets = http_sockets_free(sockets);
        g_assert_cmpint(try_connect("a"), ==, -ENOENT);
}

static void test_changed(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) one = config_new();
        g_autoptr(Config) two = config_new();
        g_autoptr(Config) swapped = config_new();
        g_autoptr(Config) none = config_new();
        HttpServerConfig *server;

        add_unix(one, "unix_http_server", "a");
        server = add_unix(two, "unix_http_server", "a");
        server->username = g_strdup("u");
        server->password = g_strdup("p");
        add_unix(two, "unix_http_server:b", "b");
        add_unix(swapped, "unix_http_server:b", "b");
        add_unix(swapped, "unix_http_server", "a");
        g_assert_true(settle(sockets, one));
        g_assert_true(settle(sockets, two));
        g_assert_cmpuint(http_sockets_count(sockets), ==, 2);
        g_assert_cmpstr(http_sockets_config(sockets, 0)->password, ==, "p");
        g_assert_true(settle(sockets, swapped));
        g_assert_cmpstr(http_sockets_config(sockets, 0)->section, ==, "unix_http_server:b");
        g_assert_true(settle(sockets, none));
        g_assert_cmpuint(http_sockets_count(sockets), ==, 0);
        g_assert_null(http_sockets_url(sockets));
        g_assert_cmpint(try_connect("a"), ==, -ENOENT);
}

static uid_t owner_of(const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat found;

        g_assert_cmpint(lstat(path, &found), ==, 0);
        return found.st_uid;
}

static void test_owner_taken_back(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) other = config_new();
        g_autoptr(Config) own = config_new();

        if (geteuid() != 0) {
                g_test_skip("only root can give a socket away");
                return;
        }
        add_unix(other, "unix_http_server", "a")->owner_uid = SOMEBODY;
        add_unix(own, "unix_http_server", "a");
        g_assert_true(settle(sockets, other));
        g_assert_cmpuint(owner_of("a"), ==, SOMEBODY);
        g_assert_false(settle(sockets, own));
        g_assert_cmpuint(owner_of("a"), ==, 0);
}

/* An owner that cannot be had does not keep a password from counting. */
static void test_owner_refused(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) open = config_new();
        g_autoptr(Config) closed = config_new();
        uid_t before = geteuid();
        HttpServerConfig *server;

        add_unix(open, "unix_http_server", "a");
        server = add_unix(closed, "unix_http_server", "a");
        server->owner_uid = before + 1;
        server->username = g_strdup("u");
        server->password = g_strdup("p");
        g_assert_true(settle(sockets, open));
        g_assert_cmpint(chmod(folder, 0711), ==, 0);
        g_assert_true(before != 0 || seteuid(SOMEBODY) == 0);
        g_assert_true(settle(sockets, closed));
        g_assert_cmpstr(http_sockets_config(sockets, 0)->password, ==, "p");
        g_assert_cmpuint(http_sockets_config(sockets, 0)->owner_uid, ==, (uid_t)-1);
        g_assert_cmpint(seteuid(before), ==, 0);
        g_assert_cmpuint(owner_of("a"), ==, before);
}

/* What was opened for settings that never came is closed, and a failure opens nothing. */
static void test_prepared(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) one = config_new();
        g_autoptr(Config) bad = config_new();
        g_autoptr(GError) error = NULL;

        add_unix(one, "unix_http_server", "a");
        add_unix(bad, "unix_http_server", "b");
        add_unix(bad, "unix_http_server:none", "none/x");
        g_assert_true(http_sockets_prepare(sockets, one, NULL));
        g_assert_cmpint(try_connect("a"), ==, 0);
        g_assert_cmpuint(http_sockets_count(sockets), ==, 0);
        g_assert_false(http_sockets_prepare(sockets, bad, &error));
        g_assert_error(error, HTTP_SOCKET_ERROR, HTTP_SOCKET_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "errno.ENOENT (2)"));
        g_assert_cmpint(try_connect("b"), ==, -ENOENT);
        g_assert_cmpint(try_connect("a"), ==, 0);
        sockets = http_sockets_free(sockets);
        g_assert_cmpint(try_connect("a"), ==, -ENOENT);
}

static void test_twice(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) same = config_new();
        g_autoptr(Config) many = config_new();
        g_autoptr(GError) error = NULL;

        add_unix(same, "unix_http_server", "a");
        add_unix(same, "unix_http_server:two", "a");
        g_assert_false(http_sockets_prepare(sockets, same, &error));
        g_assert_error(error, HTTP_SOCKET_ERROR, HTTP_SOCKET_ERROR_IN_USE);
        g_clear_error(&error);
        for (int i = 0; i <= HTTP_SOCKETS_MAX; i++) {
                g_autofree char *name = g_strdup_printf("s%d", i);

                add_unix(many, name, name);
        }
        g_assert_false(http_sockets_prepare(sockets, many, &error));
        g_assert_nonnull(strstr(error->message, "63 are possible"));
        g_ptr_array_set_size(many->http_servers, HTTP_SOCKETS_MAX);
        g_assert_true(settle(sockets, many));
        g_assert_cmpuint(http_sockets_count(sockets), ==, HTTP_SOCKETS_MAX);
}

/* A file that has come in place of ours is not ours to remove. */
static void test_replaced(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) one = config_new();
        g_autofree char *path = g_build_filename(folder, "a", NULL);

        add_unix(one, "unix_http_server", "a");
        g_assert_true(settle(sockets, one));
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_true(settle(sockets, one));
        g_assert_cmpint(try_connect("a"), ==, 0);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
        sockets = http_sockets_free(sockets);
        g_assert_cmpint(access(path, F_OK), ==, 0);
        g_assert_cmpint(unlink(path), ==, 0);
}

static void test_tcp(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) all = config_new();
        g_autoptr(Config) local = config_new();
        int port = find_free_port(AF_INET);

        g_assert_cmpint(port, >, 0);
        add_tcp(all, "inet_http_server", "", port);
        add_tcp(local, "inet_http_server", "127.0.0.1", port);
        g_assert_true(settle(sockets, all));
        g_assert_false(settle(sockets, all));
        /* The first one is in the way until it goes. */
        g_assert_true(settle(sockets, local));
        g_assert_cmpuint(http_sockets_count(sockets), ==, 1);
        g_assert_cmpint(port_of(sockets, 0), ==, port);
        g_assert_true(settle(sockets, all));
        g_assert_cmpuint(http_sockets_count(sockets), ==, 1);
}

static void test_version_6(void)
{
        g_autoptr(HttpSockets) sockets = http_sockets_new(NULL);
        g_autoptr(Config) both = config_new();
        g_autofree char *url = NULL;
        int port = find_free_port(AF_INET6);

        if (port < 0) {
                g_test_skip("there is no IPv6 here");
                return;
        }
        add_tcp(both, "inet_http_server:4", "", port);
        add_tcp(both, "inet_http_server:6", "[::]", port);
        url = g_strdup_printf("http://[::]:%d", port);
        g_assert_true(settle(sockets, both));
        g_assert_cmpuint(http_sockets_count(sockets), ==, 2);
        g_assert_cmpstr(http_sockets_url(sockets), ==, url);
}

int main(int argc, char **argv)
{
        int r;

        g_test_init(&argc, &argv, NULL);
        folder = fixture_folder_new();
        g_test_add_func("/http-sockets/kept", test_kept);
        g_test_add_func("/http-sockets/changed", test_changed);
        g_test_add_func("/http-sockets/owner-taken-back", test_owner_taken_back);
        g_test_add_func("/http-sockets/owner-refused", test_owner_refused);
        g_test_add_func("/http-sockets/prepared", test_prepared);
        g_test_add_func("/http-sockets/twice", test_twice);
        g_test_add_func("/http-sockets/replaced", test_replaced);
        g_test_add_func("/http-sockets/tcp", test_tcp);
        g_test_add_func("/http-sockets/version-6", test_version_6);
        r = g_test_run();
        fixture_folder_free(folder);
        return r;
}
