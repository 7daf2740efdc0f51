/* A unique name never comes back, so any change of its owner is its end. The question after the
 * match catches what ended before the match was there. */

#include "daemon/face/name-watch.h"

#include <stdbool.h>

#include "bus/cleanup.h"

struct NameWatch {
        sd_bus_slot *match, *question;
        void (*on_gone)(void *userdata);
        void *userdata;
};

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        NameWatch *watch = userdata;

        watch->on_gone(watch->userdata);
        return 0;
}

/* Without this sd-bus would close the whole connection when the bus takes too long over the rule.
 * Who cannot be watched is taken for gone. */
static int on_installed(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        NameWatch *watch = userdata;

        if (sd_bus_message_is_method_error(reply, NULL))
                watch->on_gone(watch->userdata);
        return 0;
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        NameWatch *watch = userdata;
        int has_owner = true;

        if (sd_bus_message_read(reply, "b", &has_owner) >= 0 && !has_owner)
                watch->on_gone(watch->userdata);
        return 0;
}

int name_watch_new(sd_bus *bus, const char *name, void (*on_gone)(void *userdata), void *userdata,
                NameWatch **ret)
{
        g_autoptr(NameWatch) watch = g_new0(NameWatch, 1);
        g_autofree char *match = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        name);
        int r;

        watch->on_gone = on_gone;
        watch->userdata = userdata;
        r = sd_bus_add_match_async(
                        bus, &watch->match, match, on_owner_changed, on_installed, watch);
        if (r < 0)
                return r;
        r = sd_bus_call_method_async(bus, &watch->question, "org.freedesktop.DBus",
                        "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", on_answer,
                        watch, "s", name);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&watch);
        return 0;
}

NameWatch *name_watch_free(NameWatch *watch)
{
        if (!watch)
                return NULL;
        sd_bus_slot_unref(watch->match);
        sd_bus_slot_unref(watch->question);
        g_free(watch);
        return NULL;
}
