/* Listening sockets: how they are made, what is in their way, who shares them and how long. */

#include "daemon/process/fcgi-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/process/fcgi-sockets.h"
#include "tests/unit/fixture.h"

static SocketConfig *unix_config(const char *folder)
{
        SocketConfig *config = socket_config_new();

        config->program = g_strdup("f");
        config->url = g_strdup_printf("unix://%s/socket", folder);
        config->mode = 0640;
        return config;
}

static char *socket_path(const char *folder)
{
        return g_build_filename(folder, "socket", NULL);
}

static unsigned mode_of(const char *path)
{
        struct stat found;

        g_assert_cmpint(lstat(path, &found), ==, 0);
        return found.st_mode;
}

static int try_connect(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        autofd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        return connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

static void test_unix(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autoptr(SocketConfig) config = unix_config(folder);
        g_autoptr(FcgiSocket) socket = NULL;
        g_autoptr(GError) error = NULL;
        struct sockaddr_un name;
        socklen_t size = sizeof name;
        mode_t before = umask(0);

        g_assert_true(fcgi_socket_new(config, &socket, &error));
        g_assert_cmpuint(umask(before), ==, 0);
        g_assert_cmpuint(mode_of(path), ==, S_IFSOCK | 0640);
        g_assert_cmpint(try_connect(path), ==, 0);
        g_assert_cmpint(getsockname(fcgi_socket_descriptor(socket), (struct sockaddr *)&name,
                                        &size),
                        ==, 0);
        g_assert_cmpstr(name.sun_path, ==, path);
        socket = fcgi_socket_free(socket);
        /* As under Supervisor the name stays, and is taken away when it is in the way. */
        g_assert_cmpint(try_connect(path), ==, -ECONNREFUSED);
        g_assert_true(fcgi_socket_new(config, &socket, &error));
        g_assert_cmpint(try_connect(path), ==, 0);
        fixture_folder_free(folder);
}

static void check_error(const SocketConfig *config, const char *reason)
{
        g_autoptr(FcgiSocket) socket = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *wanted = g_strdup_printf(
                        "Could not create FastCGI socket %s: %s", config->url, reason);

        g_assert_false(fcgi_socket_new(config, &socket, &error));
        g_assert_cmpstr(error->message, ==, wanted);
}

static void test_in_use(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autoptr(SocketConfig) config = unix_config(folder);
        g_autoptr(FcgiSocket) socket = NULL;

        g_assert_true(fcgi_socket_new(config, &socket, NULL));
        check_error(config, "Address already in use");
        g_assert_cmpint(try_connect(path), ==, 0);
        fixture_folder_free(folder);
}

static void test_in_the_way(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autoptr(SocketConfig) config = unix_config(folder);

        g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
        check_error(config, "File exists");
        g_assert_cmpuint(mode_of(path) & S_IFMT, ==, S_IFREG);
        fixture_folder_free(folder);
        check_error(config, "No such file or directory");
        g_free(config->url);
        config->url = g_strdup_printf("unix:///%0200d", 0);
        check_error(config, "File name too long");
}

/* Who may not give it away does not leave a socket that nobody can use. */
static void test_owner(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autoptr(SocketConfig) config = unix_config(folder);
        g_autoptr(FcgiSocket) socket = NULL;
        struct stat found;

        config->uid = 12345;
        config->gid = 54321;
        if (geteuid() == 0) {
                g_assert_true(fcgi_socket_new(config, &socket, NULL));
                g_assert_cmpint(lstat(path, &found), ==, 0);
                g_assert_cmpuint(found.st_uid, ==, 12345);
                g_assert_cmpuint(found.st_gid, ==, 54321);
                g_assert_cmpuint(found.st_mode, ==, S_IFSOCK | 0640);
        } else {
                check_error(config, "Operation not permitted");
                g_assert_cmpint(lstat(path, &found), ==, -1);
        }
        fixture_folder_free(folder);
}

/* The kernel's own number of a free port. */
static int free_port(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET };
        socklen_t size = sizeof address;
        autofd fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
        return ntohs(address.sin_port);
}

static void test_tcp(void)
{
        g_autoptr(SocketConfig) config = socket_config_new();
        g_autoptr(FcgiSocket) socket = NULL;
        struct sockaddr_in address;
        socklen_t size = sizeof address;
        int port = free_port();

        config->program = g_strdup("f");
        config->url = g_strdup_printf("tcp://127.0.0.1:%d", port);
        config->backlog = 3;
        g_assert_true(fcgi_socket_new(config, &socket, NULL));
        g_assert_cmpint(getsockname(fcgi_socket_descriptor(socket), (struct sockaddr *)&address,
                                        &size),
                        ==, 0);
        g_assert_cmpint(ntohs(address.sin_port), ==, port);
        g_assert_cmphex(ntohl(address.sin_addr.s_addr), ==, INADDR_LOOPBACK);
        check_error(config, "Address already in use");
}

static void test_adjust(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autoptr(SocketConfig) config = unix_config(folder);
        g_autoptr(FcgiSocket) socket = NULL;

        g_assert_true(fcgi_socket_new(config, &socket, NULL));
        config->mode = 0600;
        config->backlog = 5;
        g_assert_true(fcgi_socket_adjust(socket, config, NULL));
        g_assert_cmpuint(mode_of(path), ==, S_IFSOCK | 0600);
        g_assert_cmpint(fcgi_socket_config(socket)->backlog, ==, 5);
        g_assert_cmpint(try_connect(path), ==, 0);
        fixture_folder_free(folder);
}

/* A group of two processes that share a socket. */
static GroupConfig *group_with_socket(const char *folder)
{
        GroupConfig *group = fixture_group_config(GROUP_FCGI_PROGRAM, "f", 999);
        SocketConfig *socket = unix_config(folder);

        g_ptr_array_add(group->sockets, socket);
        for (int i = 0; i < 2; i++) {
                g_autofree char *name = g_strdup_printf("f%d", i);
                ProcessConfig *config = fixture_process_config(name, "/bin/sleep 1000");

                config->socket = socket;
                fixture_group_add(group, config);
        }
        return group;
}

static ino_t stdin_of(const Process *process)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/fd/0", (int)process_pid(process));
        struct stat found;

        g_assert_cmpint(stat(path, &found), ==, 0);
        g_assert_true(S_ISSOCK(found.st_mode));
        return found.st_ino;
}

/* Lets the loop do all that it has to do now. */
static void settle(const Fixture *fixture)
{
        while (sd_event_run(fixture->event, 0) > 0)
                ;
}

static void test_shared(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        Fixture *fixture = fixture_new(group_with_socket(folder), NULL);
        Process *first = fixture_process(fixture, "f", "f0");
        Process *second = fixture_process(fixture, "f", "f1");
        ino_t inode;

        /* Tried at the start, and closed as nobody needs it. */
        g_assert_cmpint(try_connect(path), ==, 0);
        settle(fixture);
        g_assert_cmpint(try_connect(path), ==, -ECONNREFUSED);
        process_start(first);
        process_start(second);
        inode = stdin_of(first);
        g_assert_cmpuint(stdin_of(second), ==, inode);
        process_stop(first);
        fixture_run_until(fixture, first, PROCESS_STOPPED);
        settle(fixture);
        g_assert_cmpint(try_connect(path), ==, 0);
        process_start(first);
        g_assert_cmpuint(stdin_of(first), ==, inode);
        process_stop(second);
        process_stop(first);
        fixture_run_until(fixture, first, PROCESS_STOPPED);
        fixture_run_until(fixture, second, PROCESS_STOPPED);
        settle(fixture);
        g_assert_cmpint(try_connect(path), ==, -ECONNREFUSED);
        fixture_free(fixture);
        fixture_folder_free(folder);
}

/* The owner of the folder has put a link in the place of the socket. */
static void test_adjust_replaced(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        g_autofree char *precious = g_build_filename(folder, "precious", NULL);
        g_autoptr(SocketConfig) config = unix_config(folder);
        g_autoptr(FcgiSocket) socket = NULL;

        g_assert_true(fcgi_socket_new(config, &socket, NULL));
        g_assert_true(g_file_set_contents_full(
                        precious, "x", 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(symlink(precious, path), ==, 0);
        config->mode = 0666;
        g_assert_false(fcgi_socket_adjust(socket, config, NULL));
        g_assert_cmpuint(mode_of(precious), ==, S_IFREG | 0600);
        fixture_folder_free(folder);
}

static int on_busy(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        return 0;
}

/* As where programs write without a pause. */
static void test_busy_loop(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        Fixture *fixture = fixture_new(group_with_socket(folder), NULL);
        autofd readable = eventfd(1, EFD_CLOEXEC);
        sd_event_source *busy = NULL;

        g_assert_cmpint(sd_event_add_io(fixture->event, &busy, readable, EPOLLIN, on_busy, NULL),
                        >=, 0);
        g_assert_cmpint(try_connect(path), ==, 0);
        for (int i = 0; i < 10; i++)
                g_assert_cmpint(sd_event_run(fixture->event, 0), >, 0);
        g_assert_cmpint(try_connect(path), ==, -ECONNREFUSED);
        sd_event_source_disable_unref(busy);
        fixture_free(fixture);
        fixture_folder_free(folder);
}

/* The only process of a program ends and starts again by itself. */
static void test_over_restarts(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        GroupConfig *group = group_with_socket(folder);
        ProcessConfig *config = group->processes->pdata[0];
        Fixture *fixture = fixture_new(group, NULL);
        Process *process = fixture_process(fixture, "f", "f0");
        ino_t inode;

        config->autorestart = AUTORESTART_TRUE;
        config->start_interval = 0.2;
        process_start(process);
        inode = stdin_of(process);
        process_signal(process, SIGKILL);
        fixture_run_until(fixture, process, PROCESS_EXITED);
        g_assert_cmpint(try_connect(path), ==, 0);
        fixture_run_until(fixture, process, PROCESS_RUNNING);
        g_assert_cmpuint(stdin_of(process), ==, inode);
        process_signal(process, SIGKILL);
        fixture_free(fixture);
        fixture_folder_free(folder);
}

static void test_spawn_error(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = socket_path(folder);
        GroupConfig *group = group_with_socket(folder);
        Fixture *fixture;
        Process *process;

        g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
        fixture = fixture_new(group, NULL);
        process = fixture_process(fixture, "f", "f0");
        process_start(process);
        g_assert_cmpint(process_state(process), ==, PROCESS_BACKOFF);
        g_assert_true(g_str_has_prefix(
                        process_spawn_error(process), "Could not create FastCGI socket unix://"));
        unlink(path);
        fixture_run_until(fixture, process, PROCESS_RUNNING);
        process_signal(process, SIGKILL);
        fixture_free(fixture);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/fcgi-socket/unix", test_unix);
        g_test_add_func("/fcgi-socket/in-use", test_in_use);
        g_test_add_func("/fcgi-socket/in-the-way", test_in_the_way);
        g_test_add_func("/fcgi-socket/owner", test_owner);
        g_test_add_func("/fcgi-socket/tcp", test_tcp);
        g_test_add_func("/fcgi-socket/adjust", test_adjust);
        g_test_add_func("/fcgi-socket/adjust-replaced", test_adjust_replaced);
        g_test_add_func("/fcgi-sockets/shared", test_shared);
        g_test_add_func("/fcgi-sockets/busy-loop", test_busy_loop);
        g_test_add_func("/fcgi-sockets/over-restarts", test_over_restarts);
        g_test_add_func("/fcgi-sockets/spawn-error", test_spawn_error);
        return g_test_run();
}
