/* What Supervisor checks when it reads the file is checked here, with its defaults; what only shows
 * when the socket is made is left to daemon/process/fcgi-socket. */

#include "daemon/config/build-socket.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config/value.h"

/* tcp://HOST:PORT; the host becomes lower case. */
static bool finish_tcp_socket(SocketConfig *socket, GError **error)
{
        const char *host = socket->url + strlen("tcp://");
        const char *colon = strrchr(host, ':');
        g_autofree char *lower = NULL;
        char *url;
        int64_t port;

        if (!colon || colon == host || strpbrk(host, " \t\r\n") || strchr(host, ':') != colon ||
                        colon[1 + strspn(colon + 1, "0123456789")] != '\0' ||
                        !value_integer(colon + 1, &port, NULL) || port < 1 || port > 65535)
                return value_error(error, "'%s' is no TCP address; write tcp://HOST:PORT",
                                socket->url);
        if (socket->uid != (uid_t)-1 || socket->mode != -1)
                return value_error(error, "socket_owner and socket_mode are only for UNIX sockets");
        lower = g_utf8_strdown(host, colon - host);
        url = g_strdup_printf("tcp://%s:%d", lower, (int)port);
        g_free(socket->url);
        socket->url = url;
        return true;
}

/* A socket without an owner of its own belongs to the user of the program. */
static void give_socket_to_user(SocketConfig *socket, uid_t user)
{
        struct passwd *entry;

        if (socket->uid == (uid_t)-1 && user != (uid_t)-1 && user != getuid()) {
                entry = getpwuid(user);
                socket->uid = user;
                socket->gid = entry ? entry->pw_gid : (gid_t)-1;
        }
}

static bool finish_unix_socket(SocketConfig *socket, uid_t user, GError **error)
{
        const char *path = socket->url + strlen("unix://");
        g_autofree char *absolute = NULL;

        if (*path != '/')
                return value_error(error, "'%s' has no absolute path; write unix:///PATH",
                                socket->url);
        absolute = value_absolute_path(path);
        g_free(socket->url);
        socket->url = g_strconcat("unix://", absolute, NULL);
        if (socket->mode == -1)
                socket->mode = 0700;
        give_socket_to_user(socket, user);
        return true;
}

static bool finish_socket(SocketConfig *socket, uid_t user, GError **error)
{
        if (!socket->url || !*socket->url)
                return value_error(error, "is required; write tcp://HOST:PORT or unix:///PATH");
        if (g_str_has_prefix(socket->url, "unix://"))
                return finish_unix_socket(socket, user, error);
        if (g_str_has_prefix(socket->url, "tcp://"))
                return finish_tcp_socket(socket, error);
        return value_error(error, "'%s' is neither tcp://HOST:PORT nor unix:///PATH", socket->url);
}

/* There may be no process to ask: numprocs can be 0. */
static bool read_user(const Build *build, const Section *section, const Expansions *names,
                uid_t *ret, GError **error)
{
        g_autoptr(ProcessConfig) process = process_config_new();
        const Option *user = option_find(SECTION_FCGI_PROGRAM, "user");

        if (!build_option(build, section, user, names, process, error))
                return false;
        *ret = process->uid;
        return true;
}

bool build_socket(const Build *build, const Section *section, SocketConfig **ret, GError **error)
{
        g_autoptr(SocketConfig) socket = socket_config_new();
        g_autoptr(Expansions) names = expansions_new(build->common);
        const char *header_name;
        uid_t user;

        (void)section_kind_from_header(section->name, &header_name);
        if (!value_name(header_name, &socket->program, error))
                return place_prefix_error(error, section->place, "[%s] ", section->name);
        expansions_set(names, "program_name", socket->program);
        if (!build_options(build, section, SECTION_FCGI_PROGRAM, TARGET_SOCKET, false, names,
                            socket, error) ||
                        !read_user(build, section, names, &user, error))
                return false;
        if (!finish_socket(socket, user, error))
                return place_prefix_error(error, build_place(build, section, "socket"),
                                "[%s] socket: ", section->name);
        *ret = g_steal_pointer(&socket);
        return true;
}
