/* Every failure takes the same way out: the lanes are told that nobody is there, and one timer
 * brings the next attempt, which does what is missing by then: a connection, or attaching.
 * Attaching twice does no harm, so nothing has to be known about what exactly failed.
 *
 * Signals count only when they come from the owner of the daemon's name: a bus delivers to us what
 * anybody sends to us directly. */

#include "listener-host/subscriber.h"

#include <errno.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "bus/cleanup.h"
#include "bus/connection.h"
#include "bus/host-log.h"
#include "bus/names.h"
#include "listener-host/attachment.h"
#include "listener-host/call.h"
#include "listener-host/lane.h"
#include "listener-host/relay.h"

#define RETRY_FIRST_USEC    (100 * UINT64_C(1000))
#define RETRY_MAX_USEC      (5 * UINT64_C(1000000))
#define RETRY_ACCURACY_USEC (10 * 1000)

/* As long without trouble, and the next trouble counts as the first. */
#define QUIET_USEC (10 * UINT64_C(1000000))

struct Subscriber {
        sd_event *loop; /* borrowed */
        char *address;
        char *bus_name;
        char *token;
        sd_bus *bus;
        CallQueue *calls;
        Peer peer;   /* what the lanes see: bus is set while we are attached */
        char *owner; /* unique name of the daemon; NULL = it is not there */
        char *run_id;
        Relay *relay;
        GHashTable *lanes; /* pool name to Lane */
        sd_bus_slot *owner_call;
        QueuedCall *attach_call;
        sd_event_source *retry_timer;
        uint64_t retry_delay;
        uint64_t last_trouble_usec;
        char *last_trouble;
};

static void attach(Subscriber *subscriber);
static void connect_to_bus(Subscriber *subscriber);

static int on_retry_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Subscriber *subscriber = userdata;

        if (!subscriber->bus || sd_bus_is_open(subscriber->bus) <= 0)
                connect_to_bus(subscriber);
        else if (subscriber->owner && !subscriber->attach_call)
                attach(subscriber);
        return 0;
}

static int arm_retry_timer(Subscriber *subscriber)
{
        int r;

        if (!subscriber->retry_timer)
                return sd_event_add_time_relative(subscriber->loop, &subscriber->retry_timer,
                                CLOCK_MONOTONIC, subscriber->retry_delay, RETRY_ACCURACY_USEC,
                                on_retry_timer, subscriber);
        r = sd_event_source_set_time_relative(subscriber->retry_timer, subscriber->retry_delay);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(subscriber->retry_timer, SD_EVENT_ONESHOT);
}

static bool is_retrying(const Subscriber *subscriber)
{
        return subscriber->retry_timer &&
               sd_event_source_get_enabled(subscriber->retry_timer, NULL) > 0;
}

/* A trouble that stays is said once. */
static void log_trouble(Subscriber *subscriber, const char *what, const char *why)
{
        g_autofree char *text = g_strdup_printf("%s: %s", what, why);

        if (g_strcmp0(text, subscriber->last_trouble) == 0) {
                log_debug("%s", text);
                return;
        }
        log_warn("%s; trying again", text);
        g_free(subscriber->last_trouble);
        subscriber->last_trouble = g_steal_pointer(&text);
}

static void handle_trouble(const char *what, const char *why, void *userdata)
{
        Subscriber *subscriber = userdata;
        uint64_t now = 0;
        int r;

        subscriber->peer.bus = NULL;
        /* At the end of the host nothing comes back any more. */
        if (is_retrying(subscriber) || sd_event_get_state(subscriber->loop) == SD_EVENT_FINISHED)
                return;
        log_trouble(subscriber, what, why);
        sd_event_now(subscriber->loop, CLOCK_MONOTONIC, &now);
        subscriber->retry_delay =
                        now - subscriber->last_trouble_usec > QUIET_USEC
                                        ? RETRY_FIRST_USEC
                                        : MIN(subscriber->retry_delay * 2, RETRY_MAX_USEC);
        subscriber->last_trouble_usec = now;
        r = arm_retry_timer(subscriber);
        if (r < 0)
                log_error("cannot set a timer: %s", g_strerror(-r));
}

static void reset_lanes(Subscriber *subscriber)
{
        GHashTableIter iter;
        gpointer lane;

        g_hash_table_iter_init(&iter, subscriber->lanes);
        while (g_hash_table_iter_next(&iter, NULL, &lane))
                lane_reset(lane);
}

static void lose_daemon(Subscriber *subscriber)
{
        subscriber->peer.bus = NULL;
        g_clear_pointer(&subscriber->owner, g_free);
        subscriber->owner_call = sd_bus_slot_unref(subscriber->owner_call);
        subscriber->attach_call = queued_call_cancel(subscriber->attach_call);
        reset_lanes(subscriber);
        (void)sd_notify(false, "STATUS=waiting for busvisord");
}

/* Attaching. */

static const AttachedPool *find_pool(const Attachment *attachment, const Lane *lane)
{
        for (unsigned i = 0; i < attachment->pools->len; i++)
                if (lane_fits(lane, attachment->pools->pdata[i]))
                        return attachment->pools->pdata[i];
        return NULL;
}

static gboolean is_outdated(gpointer name, gpointer lane, gpointer attachment)
{
        const AttachedPool *pool = find_pool(attachment, lane);

        if (pool)
                lane_adjust(lane, pool);
        return !pool;
}

static void add_lanes(Subscriber *subscriber, const Attachment *attachment)
{
        for (unsigned i = 0; i < attachment->pools->len; i++) {
                const AttachedPool *pool = attachment->pools->pdata[i];
                Lane *lane;

                if (g_hash_table_contains(subscriber->lanes, pool->name))
                        continue;
                lane = lane_new(subscriber->loop, &subscriber->peer, subscriber->relay, attachment,
                                pool, handle_trouble, subscriber);
                g_hash_table_insert(subscriber->lanes, g_strdup(pool->name), lane);
        }
}

static void take_attachment(Subscriber *subscriber, const Attachment *attachment)
{
        GHashTableIter iter;
        gpointer lane;

        if (g_strcmp0(subscriber->run_id, attachment->run_id) != 0)
                g_hash_table_remove_all(subscriber->lanes);
        g_free(subscriber->run_id);
        subscriber->run_id = g_strdup(attachment->run_id);
        g_hash_table_foreach_remove(subscriber->lanes, is_outdated, (gpointer)attachment);
        subscriber->peer.bus = subscriber->bus;
        add_lanes(subscriber, attachment);
        reset_lanes(subscriber);
        g_hash_table_iter_init(&iter, subscriber->lanes);
        while (g_hash_table_iter_next(&iter, NULL, &lane))
                lane_set_listeners(lane, attachment->listeners);
        log_debug("attached to %s: %u pools, %u listeners", attachment->identifier,
                        attachment->pools->len, attachment->listeners->len);
        (void)sd_notifyf(false, "STATUS=serving %u pools of %s", attachment->pools->len,
                        attachment->identifier);
}

static void on_attached(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Subscriber *subscriber = userdata;
        g_autoptr(Attachment) attachment = NULL;
        int r;

        subscriber->attach_call = NULL;
        if (error) {
                handle_trouble("AttachListenerHost", error->message, subscriber);
                return;
        }
        r = attachment_read(reply, &attachment);
        if (r < 0)
                handle_trouble("AttachListenerHost", g_strerror(-r), subscriber);
        else
                take_attachment(subscriber, attachment);
}

static int request_attachment(Subscriber *subscriber)
{
        const Peer daemon = { subscriber->bus, subscriber->bus_name, subscriber->calls };
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(&daemon, BUS_PATH, BUS_INTERFACE_MANAGER, "AttachListenerHost", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "s", subscriber->token);
        if (r < 0)
                return r;
        r = sd_bus_message_sensitive(call);
        if (r < 0)
                return r;
        return call_send(&daemon, call, on_attached, subscriber, &subscriber->attach_call);
}

static void attach(Subscriber *subscriber)
{
        int r = request_attachment(subscriber);

        if (r < 0)
                handle_trouble("AttachListenerHost", g_strerror(-r), subscriber);
}

/* An answer that is under way may be older than what has changed, so the question is put anew. */
static void attach_again(Subscriber *subscriber)
{
        subscriber->attach_call = queued_call_cancel(subscriber->attach_call);
        attach(subscriber);
}

/* Who has the daemon's name. */

/* owner: "" when nobody has it. */
static void set_owner(Subscriber *subscriber, const char *owner)
{
        if (g_strcmp0(subscriber->owner ? subscriber->owner : "", owner) == 0)
                return;
        lose_daemon(subscriber);
        if (!*owner)
                return;
        subscriber->owner = g_strdup(owner);
        attach(subscriber);
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        const char *name, *before, *after;

        if (sd_bus_message_read(m, "sss", &name, &before, &after) >= 0)
                set_owner(userdata, after);
        return 0;
}

/* An error means that there is none yet; the signal will tell. */
static int on_owner(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        Subscriber *subscriber = userdata;
        const char *owner;

        subscriber->owner_call = sd_bus_slot_unref(subscriber->owner_call);
        if (sd_bus_message_is_method_error(reply, NULL))
                log_debug("%s", sd_bus_message_get_error(reply)->message);
        else if (sd_bus_message_read(reply, "s", &owner) >= 0)
                set_owner(subscriber, owner);
        return 0;
}

/* The daemon's signals. */

static bool is_from_daemon(const Subscriber *subscriber, sd_bus_message *m)
{
        return subscriber->owner && g_strcmp0(sd_bus_message_get_sender(m), subscriber->owner) == 0;
}

static int on_manager_signal(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        Subscriber *subscriber = userdata;

        if (is_from_daemon(subscriber, m) &&
                        sd_bus_message_is_signal(m, BUS_INTERFACE_MANAGER, "PoolsChanged"))
                attach_again(subscriber);
        return 0;
}

static void pass_on_listener(sd_bus_message *m, Lane *lane)
{
        const char *process, *state;
        uint64_t generation;
        uint32_t pid;

        if (sd_bus_message_is_signal(m, BUS_INTERFACE_POOL, "ListenerChanged")) {
                if (sd_bus_message_read(m, "sts", &process, &generation, &state) >= 0)
                        lane_listener_changed(lane, process, generation,
                                        process_state_from_string(state));
        } else if (sd_bus_message_read(m, "sut", &process, &pid, &generation) < 0) {
                return;
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE_POOL, "ListenerStarted")) {
                lane_listener_started(lane, process, generation);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE_POOL, "ListenerEnded")) {
                lane_listener_ended(lane, process, generation);
        }
}

/* While an answer to AttachListenerHost is under way, what is told here is in it too; and the lanes
 * may be those of pools that are others by now. */
static int on_pool_signal(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        Subscriber *subscriber = userdata;
        g_autofree char *pool = NULL;
        Lane *lane;

        if (!is_from_daemon(subscriber, m) || subscriber->attach_call ||
                        !bus_path_parse_pool(sd_bus_message_get_path(m), &pool))
                return 0;
        lane = g_hash_table_lookup(subscriber->lanes, pool);
        if (!lane)
                return 0;
        if (sd_bus_message_is_signal(m, BUS_INTERFACE_POOL, BUS_MEMBER_EVENTS_ARRIVED))
                lane_arrived(lane, m);
        else if (sd_bus_message_is_signal(m, BUS_INTERFACE_POOL, "RetriesPending"))
                lane_retries_pending(lane);
        else
                pass_on_listener(m, lane);
        return 0;
}

/* The connection. */

static int add_owner_match(Subscriber *subscriber)
{
        g_autofree char *rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "path='/org/freedesktop/DBus',interface='org.freedesktop.DBus',"
                        "member='NameOwnerChanged',arg0='%s'",
                        subscriber->bus_name);

        return sd_bus_add_match_async(
                        subscriber->bus, NULL, rule, on_owner_changed, NULL, subscriber);
}

static int add_interface_match(
                Subscriber *subscriber, const char *interface, sd_bus_message_handler_t callback)
{
        g_autofree char *rule = g_strdup_printf("type='signal',sender='%s',interface='%s'",
                        subscriber->bus_name, interface);

        return sd_bus_add_match_async(subscriber->bus, NULL, rule, callback, NULL, subscriber);
}

/* The matches come first: an owner that changes after the question was answered is heard of then.
 */
static int look_for_daemon(Subscriber *subscriber)
{
        int r;

        r = add_owner_match(subscriber);
        if (r < 0)
                return r;
        r = add_interface_match(subscriber, BUS_INTERFACE_POOL, on_pool_signal);
        if (r < 0)
                return r;
        r = add_interface_match(subscriber, BUS_INTERFACE_MANAGER, on_manager_signal);
        if (r < 0)
                return r;
        return sd_bus_call_method_async(subscriber->bus, &subscriber->owner_call,
                        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                        "GetNameOwner", on_owner, subscriber, "s", subscriber->bus_name);
}

static int on_connected(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        Subscriber *subscriber = userdata;
        int r = look_for_daemon(subscriber);

        if (r >= 0) {
                log_debug("connected to %s", subscriber->address);
                return 0;
        }
        sd_bus_close(subscriber->bus);
        handle_trouble(subscriber->address, g_strerror(-r), subscriber);
        return 0;
}

static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        Subscriber *subscriber = userdata;

        lose_daemon(subscriber);
        handle_trouble(subscriber->address, "the connection to the bus is gone", subscriber);
        return 0;
}

static int open_connection(Subscriber *subscriber)
{
        int r;

        r = connection_open(subscriber->address, "busvisor-listener-host", on_connected, subscriber,
                        &subscriber->bus);
        if (r < 0)
                return r;
        r = sd_bus_match_signal_async(subscriber->bus, NULL, "org.freedesktop.DBus.Local",
                        "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local", "Disconnected",
                        on_disconnected, NULL, subscriber);
        if (r < 0)
                return r;
        return sd_bus_attach_event(subscriber->bus, subscriber->loop, SD_EVENT_PRIORITY_NORMAL);
}

static void connect_to_bus(Subscriber *subscriber)
{
        int r;

        lose_daemon(subscriber);
        call_queue_set_bus(subscriber->calls, NULL);
        subscriber->bus = sd_bus_close_unref(subscriber->bus);
        r = open_connection(subscriber);
        if (r >= 0) {
                call_queue_set_bus(subscriber->calls, subscriber->bus);
                return;
        }
        subscriber->bus = sd_bus_close_unref(subscriber->bus);
        handle_trouble(subscriber->address, g_strerror(-r), subscriber);
}

static void free_lane(gpointer lane)
{
        lane_free(lane);
}

Subscriber *subscriber_new(
                sd_event *loop, const char *address, const char *bus_name, const char *token)
{
        Subscriber *subscriber = g_new0(Subscriber, 1);

        subscriber->loop = loop;
        subscriber->address = g_strdup(address);
        subscriber->bus_name = g_strdup(bus_name);
        subscriber->token = g_strdup(token);
        subscriber->calls = call_queue_new();
        subscriber->peer.name = subscriber->bus_name;
        subscriber->peer.calls = subscriber->calls;
        subscriber->retry_delay = RETRY_FIRST_USEC;
        subscriber->relay = relay_new(loop, "/dev/stdout");
        subscriber->lanes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_lane);
        return subscriber;
}

void subscriber_start(Subscriber *subscriber)
{
        connect_to_bus(subscriber);
}

static void flush_lane(gpointer name, gpointer lane, gpointer unused)
{
        lane_flush(lane);
}

Subscriber *subscriber_free(Subscriber *subscriber)
{
        if (!subscriber)
                return NULL;
        g_hash_table_foreach(subscriber->lanes, flush_lane, NULL);
        g_hash_table_unref(subscriber->lanes);
        relay_free(subscriber->relay);
        sd_event_source_disable_unref(subscriber->retry_timer);
        sd_bus_slot_unref(subscriber->owner_call);
        call_queue_free(subscriber->calls);
        sd_bus_close_unref(subscriber->bus);
        g_free(subscriber->last_trouble);
        g_free(subscriber->run_id);
        g_free(subscriber->owner);
        g_free(subscriber->token);
        g_free(subscriber->bus_name);
        g_free(subscriber->address);
        g_free(subscriber);
        return NULL;
}
