/* sd_bus_open_* would do for one-shot tools, but daemons want a description, the Connected signal
 * and an address in the same form for all kinds of bus. */

#include "bus/connection.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "bus/cleanup.h"

#define DEFAULT_SYSTEM_ADDRESS "unix:path=/run/dbus/system_bus_socket"

char *connection_address_of_socket(const char *path)
{
        GString *address = g_string_new("unix:path=");

        for (const char *c = path; *c; c++)
                if (g_ascii_isalnum(*c) || strchr("-_/.*", *c))
                        g_string_append_c(address, *c);
                else
                        g_string_append_printf(address, "%%%02x", (unsigned char)*c);
        return g_string_free(address, false);
}

/* sd-bus knows this default too, but does not tell. */
static char *session_address(void)
{
        const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
        const char *runtime = g_getenv("XDG_RUNTIME_DIR");
        g_autofree char *path = NULL;

        if (address && *address)
                return g_strdup(address);
        if (!runtime || !*runtime)
                return NULL;
        path = g_build_filename(runtime, "bus", NULL);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
                return NULL;
        return connection_address_of_socket(path);
}

char *connection_address(const char *address)
{
        if (strcmp(address, "system") == 0) {
                const char *system = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");

                return g_strdup(system && *system ? system : DEFAULT_SYSTEM_ADDRESS);
        }
        if (strcmp(address, "user") == 0)
                return session_address();
        return g_strdup(address);
}

int connection_open(const char *address, const char *name, sd_bus_message_handler_t on_connected,
                void *userdata, sd_bus **ret)
{
        g_autofree char *resolved = connection_address(address);
        g_autoptr(sd_bus) bus = NULL;
        int r;

        if (!resolved)
                return -ENOENT;
        r = sd_bus_new(&bus);
        if (r < 0)
                return r;
        r = sd_bus_set_description(bus, name);
        if (r < 0)
                return r;
        r = sd_bus_set_address(bus, resolved);
        if (r < 0)
                return r;
        r = sd_bus_set_bus_client(bus, true);
        if (r < 0)
                return r;
        /* A program that carries the bytes elsewhere takes no descriptors, though our end of its
         * pipe is a socket. */
        r = sd_bus_negotiate_fds(bus, !g_str_has_prefix(resolved, "unixexec:"));
        if (r < 0)
                return r;
        /* At its own end the loop would wait for a bus that takes nothing. */
        r = sd_bus_set_close_on_exit(bus, false);
        if (r < 0)
                return r;
        r = sd_bus_set_connected_signal(bus, true);
        if (r < 0)
                return r;
        if (on_connected) {
                r = sd_bus_match_signal_async(bus, NULL, "org.freedesktop.DBus.Local",
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Connected", on_connected, NULL, userdata);
                if (r < 0)
                        return r;
        }
        r = sd_bus_start(bus);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&bus);
        return 0;
}
