/* All failures lead to one place, which tells that the daemon is not there and sets a timer; when
 * that elapses, what is missing is done, a connection or the call. Where the bus says that the
 * daemon has come, nobody waits for the timer. */

#include "tools/rpc-host/uplink.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/connection.h"
#include "bus/host-log.h"
#include "bus/names.h"
#include "tools/rpc-host/servers.h"

#define RETRY_FIRST_USEC (G_USEC_PER_SEC / 10)
#define RETRY_MAX_USEC   (5 * G_USEC_PER_SEC)
#define CALL_USEC        (25 * G_USEC_PER_SEC)

struct Uplink {
        sd_event *loop; /* borrowed */
        char *address, *bus_name, *token;
        UplinkHandler handler;
        sd_bus *bus;
        sd_bus_slot *owner_match, *loss_match, *change_match, *attaching;
        bool is_up, has_told, is_holding;
        sd_event_source *retry;
        uint64_t delay_usec;
        char *last_trouble;
};

static void connect_to_bus(Uplink *uplink);

static void disconnect(Uplink *uplink)
{
        uplink->owner_match = sd_bus_slot_unref(uplink->owner_match);
        uplink->loss_match = sd_bus_slot_unref(uplink->loss_match);
        uplink->change_match = sd_bus_slot_unref(uplink->change_match);
        uplink->attaching = sd_bus_slot_unref(uplink->attaching);
        uplink->bus = sd_bus_close_unref(uplink->bus);
}

static void try_later(Uplink *uplink)
{
        (void)sd_event_source_set_time_relative(uplink->retry, uplink->delay_usec);
        (void)sd_event_source_set_enabled(uplink->retry, SD_EVENT_ONESHOT);
        uplink->delay_usec = MIN(uplink->delay_usec * 2, RETRY_MAX_USEC);
}

/* A trouble that stays is said once. */
static void log_trouble(Uplink *uplink, const char *what, const char *why)
{
        g_autofree char *text = g_strdup_printf("%s: %s", what, why);

        if (g_strcmp0(text, uplink->last_trouble) == 0)
                return;
        log_warn("%s; trying again", text);
        g_free(uplink->last_trouble);
        uplink->last_trouble = g_steal_pointer(&text);
}

static void go_down(Uplink *uplink)
{
        bool is_news = uplink->is_up || !uplink->has_told;

        uplink->is_up = false;
        uplink->has_told = true;
        if (is_news)
                uplink->handler.on_down(uplink->handler.userdata);
}

static void fail(Uplink *uplink, const char *what, const char *why)
{
        log_trouble(uplink, what, why);
        go_down(uplink);
        try_later(uplink);
}

/* Attaching. */

static int take_attachment(Uplink *uplink, sd_bus_message *reply)
{
        g_autoptr(GPtrArray) servers = NULL;
        const char *identifier, *version;
        bool was_up;
        int r = sd_bus_message_read(reply, "ss", &identifier, &version);

        if (r >= 0)
                r = servers_read(reply, &servers);
        if (r < 0)
                return r;
        log_debug("attached to %s, version %s, with %u servers", identifier, version, servers->len);
        was_up = uplink->is_up;
        uplink->is_up = uplink->has_told = true;
        uplink->delay_usec = RETRY_FIRST_USEC;
        g_clear_pointer(&uplink->last_trouble, g_free);
        if (was_up)
                uplink->handler.on_servers(servers, uplink->handler.userdata);
        else
                uplink->handler.on_up(uplink->bus, identifier, servers, uplink->handler.userdata);
        return 0;
}

static int on_attached(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        Uplink *uplink = userdata;
        int r;

        uplink->attaching = sd_bus_slot_unref(uplink->attaching);
        if (sd_bus_message_is_method_error(reply, NULL)) {
                fail(uplink, "AttachRpcHost", sd_bus_message_get_error(reply)->message);
                return 0;
        }
        r = take_attachment(uplink, reply);
        if (r < 0)
                fail(uplink, "AttachRpcHost", g_strerror(-r));
        return 0;
}

static int call_attach(Uplink *uplink)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = sd_bus_message_new_method_call(uplink->bus, &call, uplink->bus_name, BUS_PATH,
                        BUS_INTERFACE_MANAGER, "AttachRpcHost");

        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", uplink->token);
        if (r >= 0)
                r = sd_bus_call_async(uplink->bus, &uplink->attaching, call, on_attached, uplink,
                                CALL_USEC);
        return r;
}

static void attach(Uplink *uplink)
{
        int r;

        uplink->attaching = sd_bus_slot_unref(uplink->attaching);
        r = call_attach(uplink);
        if (r < 0)
                fail(uplink, "AttachRpcHost", g_strerror(-r));
}

/* The connection. */

static int on_owner_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        Uplink *uplink = userdata;
        const char *name, *old_owner, *new_owner;

        if (sd_bus_message_read(signal, "sss", &name, &old_owner, &new_owner) < 0)
                return 0;
        if (*old_owner && uplink->is_up) {
                log_trouble(uplink, "busvisord", "it has left the bus");
                go_down(uplink);
        }
        if (*new_owner)
                attach(uplink);
        return 0;
}

/* Also where an answer is under way: it may be from before the change. */
static int on_servers_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        Uplink *uplink = userdata;

        if (!uplink->is_holding)
                attach(uplink);
        return 0;
}

static int on_lost(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        fail(userdata, "bus", "the connection is lost");
        return 0;
}

static int open_bus(Uplink *uplink)
{
        g_autofree char *rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        uplink->bus_name);
        int r = connection_open(uplink->address, "rpc-host", NULL, NULL, &uplink->bus);

        if (r >= 0)
                r = sd_bus_attach_event(uplink->bus, uplink->loop, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_match_signal_async(uplink->bus, &uplink->loss_match, NULL,
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_lost, NULL, uplink);
        if (r >= 0)
                r = sd_bus_add_match_async(uplink->bus, &uplink->owner_match, rule,
                                on_owner_changed, NULL, uplink);
        if (r >= 0)
                r = sd_bus_match_signal_async(uplink->bus, &uplink->change_match, uplink->bus_name,
                                BUS_PATH, BUS_INTERFACE_MANAGER, BUS_MEMBER_HTTP_SERVERS_CHANGED,
                                on_servers_changed, NULL, uplink);
        return r;
}

static void connect_to_bus(Uplink *uplink)
{
        int r;

        disconnect(uplink);
        r = open_bus(uplink);
        if (r < 0) {
                disconnect(uplink);
                fail(uplink, uplink->address, g_strerror(-r));
                return;
        }
        attach(uplink);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        Uplink *uplink = userdata;

        if (!uplink->bus || sd_bus_is_open(uplink->bus) <= 0)
                connect_to_bus(uplink);
        else if (!uplink->is_up && !uplink->attaching)
                attach(uplink);
        return 0;
}

/* Life. */

Uplink *uplink_new(sd_event *loop, const char *address, const char *bus_name, const char *token,
                const UplinkHandler *handler)
{
        Uplink *uplink = g_new0(Uplink, 1);
        int r;

        uplink->loop = loop;
        uplink->address = g_strdup(address);
        uplink->bus_name = g_strdup(bus_name);
        uplink->token = g_strdup(token);
        uplink->handler = *handler;
        uplink->delay_usec = RETRY_FIRST_USEC;
        r = sd_event_add_time_relative(
                        loop, &uplink->retry, CLOCK_MONOTONIC, 0, 0, on_retry, uplink);
        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(uplink->retry, SD_EVENT_OFF);
        return uplink;
}

Uplink *uplink_free(Uplink *uplink)
{
        if (!uplink)
                return NULL;
        disconnect(uplink);
        sd_event_source_disable_unref(uplink->retry);
        g_free(uplink->address);
        g_free(uplink->bus_name);
        g_free(uplink->token);
        g_free(uplink->last_trouble);
        g_free(uplink);
        return NULL;
}

bool uplink_is_up(const Uplink *uplink)
{
        return uplink->is_up;
}

sd_bus *uplink_bus(const Uplink *uplink)
{
        return uplink->is_up ? uplink->bus : NULL;
}

const char *uplink_bus_name(const Uplink *uplink)
{
        return uplink->bus_name;
}

const char *uplink_trouble(const Uplink *uplink)
{
        if (!uplink->address)
                return "busvisord has found no message bus so far, by which requests reach it.";
        return "busvisord cannot be reached over its message bus at the moment.";
}

/* An answer that is under way may be of after. */
void uplink_hold(Uplink *uplink)
{
        uplink->is_holding = true;
        if (uplink->is_up)
                uplink->attaching = sd_bus_slot_unref(uplink->attaching);
}

void uplink_start(Uplink *uplink)
{
        if (uplink->address)
                connect_to_bus(uplink);
        else
                go_down(uplink);
}
