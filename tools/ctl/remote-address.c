/* What ssh is given is one word for the shell of the user there, whichever that is; so it only
 * starts sh. That looks where the instance has its socket, since only there RUNTIME_DIRECTORY and
 * the rest are known. */

#include "tools/ctl/remote-address.h"

#include <string.h>

#include "bus/connection.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"

#define SSH "ssh"

#define BRIDGE                                                                                     \
        "p=systemd-stdio-bridge; command -v $p >/dev/null || { "                                   \
        "echo \"busvisorctl: there is no $p on $(uname -n), it comes with systemd\" >&2; "         \
        "exit 127; }; "

/* "m" is what was looked for before. */
#define SYSTEM_BUS                                                                                 \
        "s=/run/dbus/system_bus_socket; [ -n \"$DBUS_SYSTEM_BUS_ADDRESS\" ] || [ -S $s ] || { "    \
        "echo \"busvisorctl: ${m}there is no system bus on $(uname -n)\" >&2; exit 1; }; "         \
        "exec $p --bus-path=\"${DBUS_SYSTEM_BUS_ADDRESS:-unix:path=$s}\""

/* The parts of a host as it was written. */
typedef struct Host {
        char *user_and_name, *port, *container; /* the last two may be NULL */
} Host;

static void host_clear(Host *host)
{
        g_free(host->user_and_name);
        g_free(host->port);
        g_free(host->container);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Host, host_clear)

/* The name and the rest behind it; without the brackets, which ssh does not want. */
static char *read_name(const char *text, const char **ret_rest)
{
        const char *bracket = *text == '[' ? strchr(text, ']') : NULL;
        const char *slash = strchrnul(text, '/'), *colon = strchr(text, ':');

        if (bracket) {
                *ret_rest = bracket + 1;
                return g_strndup(text + 1, bracket - text - 1);
        }
        /* Several are an address. */
        if (!colon || colon > slash || (strchr(colon + 1, ':') && strchr(colon + 1, ':') < slash))
                colon = slash;
        *ret_rest = colon;
        return g_strndup(text, colon - text);
}

static bool read_port(const char **rest, char **ret)
{
        size_t length;
        guint64 number;

        if (**rest != ':')
                return true;
        length = strcspn(*rest + 1, "/");
        *ret = g_strndup(*rest + 1, length);
        *rest += 1 + length;
        return g_ascii_string_to_unsigned(*ret, 10, 1, 65535, &number, NULL);
}

static bool host_parse(const char *text, Host *ret)
{
        const char *at = strrchr(text, '@');
        g_autofree char *user = at ? g_strndup(text, at + 1 - text) : g_strdup("");
        const char *rest;
        g_autofree char *name = read_name(at ? at + 1 : text, &rest);

        if (!*name || strpbrk(name, "[]") || at == text)
                return false;
        ret->user_and_name = g_strconcat(user, name, NULL);
        if (!read_port(&rest, &ret->port))
                return false;
        if (*rest == '/' && rest[1])
                ret->container = g_strdup(rest + 1);
        return !*rest || ret->container;
}

/* Of the options that systemd-stdio-bridge has. An instance without a bus of its own may be on that
 * of the system. */
static char *bridge_of_instance(const char *identifier)
{
        g_autofree char *folder = g_strdelimit(g_strdup(identifier), "/", '_');
        g_autofree char *relative = g_build_filename(folder, BUS_PRIVATE_SOCKET, NULL);
        g_autofree char *address = connection_address_of_socket(relative);
        g_autofree char *quoted = g_shell_quote(relative);
        g_autofree char *escaped = g_shell_quote(strchr(address, '=') + 1);
        g_autofree char *named = g_shell_quote(identifier);

        return g_strdup_printf("m=\"instance \"%s' has no '; "
                               "for d in \"${RUNTIME_DIRECTORY:-/run/busvisor}\" "
                               "\"${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/busvisor\"; do "
                               "[ -S \"$d\"/%s ] && exec $p --bus-path=\"unix:path=$d/\"%s; "
                               "m=\"$m$d/\"%s', '; done; m=\"${m}and \"; " SYSTEM_BUS,
                        named, quoted, escaped, quoted);
}

/* The bridge's own --user means nothing to it but with --machine. */
#define BRIDGE_TO_USER                                                                             \
        "exec $p --bus-path=\"${DBUS_SESSION_BUS_ADDRESS:-"                                        \
        "unix:path=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/bus}\""

static char *bridge_script(const RemotePlace *place, const Host *host)
{
        g_autofree char *quoted = NULL;

        if (host->container) {
                quoted = g_shell_quote(host->container);
                return g_strconcat("exec $p --machine=", quoted, NULL);
        }
        if (place->address && strcmp(place->address, "user") == 0)
                return g_strdup(BRIDGE_TO_USER);
        if (place->address && strcmp(place->address, "system") != 0) {
                quoted = g_shell_quote(place->address);
                return g_strconcat("exec $p --bus-path=", quoted, NULL);
        }
        return place->identifier && !place->address ? bridge_of_instance(place->identifier)
                                                    : g_strdup(SYSTEM_BUS);
}

static void append_argument(GString *address, unsigned *n, const char *text)
{
        g_string_append_printf(address, ",argv%u=", ++*n);
        for (const char *c = text; *c; c++)
                if (g_ascii_isalnum(*c) || strchr("-_/.", *c))
                        g_string_append_c(address, *c);
                else
                        g_string_append_printf(address, "%%%02x", (unsigned char)*c);
}

static bool check(const RemotePlace *place, const Host *host, GError **error)
{
        g_autofree char *ssh = g_find_program_in_path(SSH);

        if (host->container && (place->address || place->identifier)) {
                g_set_error_literal(error, FAILURE, FAILURE_USAGE,
                                "of a container on another machine only the system bus can be "
                                "reached");
                return false;
        }
        if (!ssh) {
                g_set_error_literal(error, FAILURE, FAILURE_UNREACHABLE,
                                "--host needs " SSH ", and there is none in PATH");
                return false;
        }
        return true;
}

char *remote_address(const RemotePlace *place, GError **error)
{
        g_auto(Host) host = { 0 };
        g_autoptr(GString) address = g_string_new("unixexec:path=" SSH);
        g_autofree char *bridge = NULL, *script = NULL, *quoted = NULL, *command = NULL;
        unsigned n = 0;

        if (!host_parse(place->host, &host)) {
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "'%s' is no host; write [USER@]HOST[:PORT][/CONTAINER]",
                                place->host);
                return NULL;
        }
        if (!check(place, &host, error))
                return NULL;
        bridge = bridge_script(place, &host);
        script = g_strconcat(BRIDGE, bridge, NULL);
        quoted = g_shell_quote(script);
        command = g_strconcat("exec sh -c ", quoted, NULL);
        append_argument(address, &n, "-xT");
        if (place->is_unattended)
                append_argument(address, &n, "-qoBatchMode=yes");
        if (host.port) {
                append_argument(address, &n, "-p");
                append_argument(address, &n, host.port);
        }
        append_argument(address, &n, "--");
        append_argument(address, &n, host.user_and_name);
        append_argument(address, &n, command);
        return g_strdup(address->str);
}
