/* A unique name never comes back, so any change of its owner is its end. */

#include "daemon/face/name-watch.h"

#include <glib.h>

int name_watch_new(sd_bus *bus, const char *name, sd_bus_message_handler_t on_gone, void *userdata,
                sd_bus_slot **ret)
{
        g_autofree char *match = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        name);

        return sd_bus_add_match_async(bus, ret, match, on_gone, NULL, userdata);
}
