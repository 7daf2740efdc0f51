/* dbus-daemon is given a configuration of its own: no service activation, no users but ours. What
 * lies in one queue is bounded, and what comes from one connection far beyond that: who never reads
 * fills a queue, and as many of them as there may be must not keep the daemon from sending to the
 * others. A queue holds several of the largest messages, so that a few of those turn nobody away.
 * However many connections the hosts' user has, there is room for the others'.
 * Descriptors have room for what a listener-host takes over at its start, and many times for what
 * one of the others may have under way; the daemon itself is sent none.
 * For each call, and each answer, dbus-daemon looks through all calls that are not answered yet, so
 * that thousands of them would slow it down to a crawl: a connection may have as many as any of our
 * own programs needs, and some more. And where more than 64 descriptors have something for it, and
 * connections come and go, it forgets some of them for seconds: so few may be on their way in. The
 * price is that some dozens of connections of the hosts' user that never say who they are keep new
 * ones out, until auth_timeout is over; those that are in already notice nothing. */

#include "daemon/private-bus.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/connection.h"
#include "bus/names.h"
#include "daemon/helper.h"
#include "daemon/instance-folder.h"
#include "daemon/output/main-log.h"

#define BACKLOG 1024

struct PrivateBus {
        const RuntimeFolder *folder; /* borrowed */
        const HostUser *hosts;       /* borrowed */
        Helper *helper;
        int socket_fd;
        char *socket_path, *config_path, *bus_name;
        char *pid_variable; /* in environment; "LISTEN_PID=" and room for a pid */
        GPtrArray *arguments, *environment;
};

static const char config_template[] =
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
                " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
                "<!-- Written by busvisord at each start: its private bus. -->\n"
                "<busconfig>\n"
                "  <listen>systemd:</listen>\n"
                "  <auth>EXTERNAL</auth>\n"
                "  <policy context=\"default\">\n"
                "    <deny user=\"*\"/>\n"
                "    <allow user=\"root\"/>\n"
                "    <allow user=\"%1$u\"/>\n"
                "    <allow user=\"%2$u\"/>\n"
                "    <allow send_destination=\"*\" eavesdrop=\"false\"/>\n"
                "    <allow receive_sender=\"*\"/>\n"
                "    <deny send_destination=\"%3$s\" min_fds=\"1\"/>\n"
                "  </policy>\n"
                "  <policy user=\"root\"><allow own=\"*\"/></policy>\n"
                "  <policy user=\"%1$u\"><allow own=\"*\"/></policy>\n"
                "  <limit name=\"max_incoming_bytes\">68719476736</limit>\n"
                "  <limit name=\"max_outgoing_bytes\">67108864</limit>\n"
                "  <limit name=\"max_incoming_unix_fds\">1024</limit>\n"
                "  <limit name=\"max_outgoing_unix_fds\">1024</limit>\n"
                "  <limit name=\"max_replies_per_connection\">1024</limit>\n"
                "  <limit name=\"max_message_size\">16777216</limit>\n"
                "  <limit name=\"auth_timeout\">5000</limit>\n"
                "  <limit name=\"max_incomplete_connections\">48</limit>\n"
                "  <limit name=\"max_completed_connections\">4096</limit>\n"
                "  <limit name=\"max_connections_per_user\">1024</limit>\n"
                "</busconfig>\n";

static bool system_error(GError **error, const char *what, const char *path)
{
        int saved_errno = errno;

        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved_errno), "cannot %s %s: %s",
                        what, path, g_strerror(saved_errno));
        return false;
}

/* The folder decides who gets in, and the policy besides. */
static bool admit_hosts(const PrivateBus *bus, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(bus->socket_path);
        gid_t gid = bus->hosts->gid;
        int r = instance_folder_let_pass(runtime_folder_path(bus->folder), gid);

        if (r >= 0)
                r = instance_folder_let_pass(folder, gid);
        errno = -r;
        if (r < 0)
                return system_error(error, "let the hosts pass to", bus->socket_path);
        if (chown(bus->socket_path, (uid_t)-1, gid) < 0 || chmod(bus->socket_path, 0660) < 0)
                return system_error(error, "give the hosts", bus->socket_path);
        return true;
}

static bool bind_socket(PrivateBus *bus, GError **error)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        if (strlen(bus->socket_path) >= sizeof address.sun_path) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG,
                                "the path %s is too long for a socket; set RUNTIME_DIRECTORY or "
                                "XDG_RUNTIME_DIR to a shorter one",
                                bus->socket_path);
                return false;
        }
        strcpy(address.sun_path, bus->socket_path);
        bus->socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bus->socket_fd < 0)
                return system_error(error, "make the socket", bus->socket_path);
        (void)unlink(bus->socket_path);
        if (bind(bus->socket_fd, (struct sockaddr *)&address, sizeof address) < 0)
                return system_error(error, "bind", bus->socket_path);
        if (listen(bus->socket_fd, BACKLOG) < 0)
                return system_error(error, "listen on", bus->socket_path);
        return !bus->hosts->is_other || admit_hosts(bus, error);
}

static bool write_config(const PrivateBus *bus, GError **error)
{
        g_autofree char *name = g_markup_escape_text(bus->bus_name, -1); /* whatever it is */
        g_autofree char *text = g_strdup_printf(
                        config_template, (unsigned)geteuid(), (unsigned)bus->hosts->uid, name);

        return g_file_set_contents_full(
                        bus->config_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* Somebody may have tidied up our folder since the last start. */
static bool ensure_files(PrivateBus *bus, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(bus->socket_path);

        (void)g_mkdir_with_parents(folder, 0700);
        if (!write_config(bus, error))
                return false;
        if (bus->socket_fd >= 0 && access(bus->socket_path, F_OK) == 0)
                return true;
        bus->socket_fd = fd_close(bus->socket_fd);
        return bind_socket(bus, error);
}

static int prepare(ChildSetup *setup, void *userdata)
{
        g_autoptr(GError) error = NULL;
        PrivateBus *bus = userdata;

        if (!ensure_files(bus, &error)) {
                log_error("%s", error->message);
                return -EIO;
        }
        setup->arguments = (char *const *)bus->arguments->pdata;
        setup->environment = (char *const *)bus->environment->pdata;
        setup->extra_descriptors = &bus->socket_fd;
        setup->n_extra_descriptors = 1;
        setup->pid_text = bus->pid_variable + strlen("LISTEN_PID=");
        return 0;
}

static void fill_arguments(PrivateBus *bus)
{
        const char *path = g_getenv("PATH");

        bus->arguments = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(bus->arguments, g_strdup("dbus-daemon"));
        g_ptr_array_add(bus->arguments, g_strdup_printf("--config-file=%s", bus->config_path));
        g_ptr_array_add(bus->arguments, g_strdup("--nofork"));
        g_ptr_array_add(bus->arguments, g_strdup("--nopidfile"));
        g_ptr_array_add(bus->arguments, NULL);
        bus->pid_variable = g_strdup("LISTEN_PID=00000000000000000000");
        bus->environment = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(bus->environment, bus->pid_variable);
        g_ptr_array_add(bus->environment, g_strdup("LISTEN_FDS=1"));
        if (path)
                g_ptr_array_add(bus->environment, g_strdup_printf("PATH=%s", path));
        g_ptr_array_add(bus->environment, NULL);
}

static char *find_dbus_daemon(GError **error)
{
        g_autofree char *found = g_find_program_in_path("dbus-daemon");

        if (!found)
                g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                                "dbus-daemon was not found in PATH; install it (Debian: apt-get "
                                "install dbus-daemon), or name another bus with --bus");
        return g_steal_pointer(&found);
}

bool private_bus_new(sd_event *event, const char *bus_name, const RuntimeFolder *folder,
                const HostUser *hosts, const sigset_t *signal_mask, PrivateBus **ret,
                GError **error)
{
        g_autoptr(PrivateBus) bus = g_new0(PrivateBus, 1);
        g_autofree char *file = find_dbus_daemon(error);
        HelperPlan plan = {
                .name = "dbus-daemon",
                .log_level = LOG_LEVEL_DEBUG, /* talkative, and of use only when it does not
                                                 work */
                .file = file,
                .signal_mask = signal_mask,
                .prepare = prepare,
                .userdata = bus,
        };

        bus->bus_name = g_strdup(bus_name);
        bus->folder = folder;
        bus->hosts = hosts;
        bus->socket_fd = -1;
        if (!file)
                return false;
        bus->socket_path = runtime_folder_file(folder, BUS_PRIVATE_SOCKET);
        bus->config_path = runtime_folder_file(folder, "bus.conf");
        if (!ensure_files(bus, error))
                return false;
        fill_arguments(bus);
        bus->helper = helper_new(event, &plan);
        helper_start(bus->helper);
        *ret = g_steal_pointer(&bus);
        return true;
}

PrivateBus *private_bus_free(PrivateBus *bus)
{
        if (!bus)
                return NULL;
        helper_free(bus->helper);
        fd_close(bus->socket_fd);
        if (bus->socket_path)
                (void)unlink(bus->socket_path);
        if (bus->arguments)
                g_ptr_array_unref(bus->arguments);
        if (bus->environment)
                g_ptr_array_unref(bus->environment);
        g_free(bus->bus_name);
        g_free(bus->socket_path);
        g_free(bus->config_path);
        g_free(bus);
        return NULL;
}

char *private_bus_address(const RuntimeFolder *folder)
{
        g_autofree char *path = runtime_folder_file(folder, BUS_PRIVATE_SOCKET);

        return connection_address_of_socket(path);
}
