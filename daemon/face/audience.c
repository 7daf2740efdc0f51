/* Whoever comes is announced by the bus. Whoever goes may have become a monitor, which has no name
 * and still hears, so then the connections are counted anew. A bus with many from the beginning is
 * none to be alone on: what comes and goes there is not worth a wake-up. */

#include "daemon/face/audience.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "bus/cleanup.h"

#define MANY 4

struct Audience {
        sd_bus *bus; /* borrowed */
        sd_bus_slot *match, *question;
        unsigned n_others; /* at most; MANY = any number */
};

static int count_connections(Audience *audience);

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Audience *audience = userdata;
        const char *name, *before, *after;

        if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || *name != ':')
                return 0;
        if (*after)
                audience->n_others = MIN(audience->n_others + 1, MANY);
        else
                (void)count_connections(audience);
        return 0;
}

/* Of a dictionary of numbers and other values. */
static int read_number(sd_bus_message *reply, const char *wanted, uint32_t *ret)
{
        const char *name;
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(reply, 'e', "sv");
                if (r == 0)
                        return -ENODATA;
                if (r > 0)
                        r = sd_bus_message_read(reply, "s", &name);
                if (r >= 0 && strcmp(name, wanted) == 0)
                        return sd_bus_message_read(reply, "v", "u", ret);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r;
}

static int on_counted(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Audience *audience = userdata;
        uint32_t count = MANY;

        if (!sd_bus_message_is_method_error(reply, NULL))
                (void)read_number(reply, "ActiveConnections", &count);
        audience->n_others = MIN(count - 1, MANY); /* one is ours */
        if (count >= MANY)
                audience->match = sd_bus_slot_unref(audience->match);
        return 0;
}

static int count_connections(Audience *audience)
{
        audience->question = sd_bus_slot_unref(audience->question);
        return sd_bus_call_method_async(audience->bus, &audience->question, "org.freedesktop.DBus",
                        "/org/freedesktop/DBus", "org.freedesktop.DBus.Debug.Stats", "GetStats",
                        on_counted, audience, NULL);
}

Audience *audience_new(sd_bus *bus)
{
        Audience *audience = g_new0(Audience, 1);
        int r;

        audience->bus = bus;
        audience->n_others = MANY;
        r = sd_bus_match_signal_async(bus, &audience->match, "org.freedesktop.DBus",
                        "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                        on_owner_changed, NULL, audience);
        if (r >= 0)
                (void)count_connections(audience);
        return audience;
}

Audience *audience_free(Audience *audience)
{
        if (!audience)
                return NULL;
        sd_bus_slot_unref(audience->match);
        sd_bus_slot_unref(audience->question);
        g_free(audience);
        return NULL;
}

/* Has the bus said something that we have not read yet? */
static bool has_unread(sd_bus *bus)
{
        struct pollfd input = { .fd = sd_bus_get_fd(bus), .events = POLLIN };
        uint64_t queued = 0;

        return input.fd < 0 || sd_bus_get_n_queued_read(bus, &queued) < 0 || queued > 0 ||
               poll(&input, 1, 0) != 0;
}

/* Whoever is so far that it may expect the next signal has been announced by then. */
bool audience_has_at_most(const Audience *audience, unsigned n_others)
{
        return audience->n_others <= n_others && !has_unread(audience->bus);
}
