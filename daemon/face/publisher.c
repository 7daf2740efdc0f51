/* Signals go out as the events happen, one each; changes of properties are gathered. */

#include "daemon/face/publisher.h"

#include <errno.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "daemon/face/audience.h"
#include "daemon/face/changes.h"
#include "daemon/face/events-bus.h"
#include "daemon/face/name-watch.h"
#include "daemon/face/pool-status-bus.h"
#include "daemon/face/process-bus.h"
#include "daemon/face/process-option-bus.h"

#define MAX_SUBSCRIBERS 256
/* Header, names and the fixed arguments of a signal, generously. */
#define MESSAGE_OVERHEAD 512

typedef struct Subscriber {
        Publisher *publisher; /* borrowed */
        NameWatch *watch;     /* ends the subscription with the connection */
        char *name;
        EventTypeSet types;
        EventTypeSet awaited; /* to be told of the next of each, once */
        uint64_t previous;
} Subscriber;

struct Publisher {
        EventLog *log;        /* borrowed */
        const HostSeat *seat; /* borrowed */
        sd_bus *bus;          /* borrowed */
        Outbox *outbox;       /* while there is a bus */
        Audience *audience;   /* the same */
        uint64_t previous, unsent;
        GHashTable *subscribers; /* char * (borrowed from the value) to Subscriber * */
        Changes *changes;        /* of processes and pools */
        Changes *configured;     /* of the options of processes */
};

static Subscriber *subscriber_free(Subscriber *subscriber)
{
        name_watch_free(subscriber->watch);
        g_free(subscriber->name);
        g_free(subscriber);
        return NULL;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Subscriber, subscriber_free)

static void free_subscriber(gpointer subscriber)
{
        subscriber_free(subscriber);
}

Publisher *publisher_new(sd_event *event, EventLog *log, const HostSeat *seat)
{
        Publisher *publisher = g_new0(Publisher, 1);

        publisher->log = log;
        publisher->seat = seat;
        publisher->subscribers =
                        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_subscriber);
        publisher->changes = changes_new(event, seat);
        publisher->configured = changes_new(event, seat);
        return publisher;
}

Publisher *publisher_free(Publisher *publisher)
{
        if (!publisher)
                return NULL;
        publisher_set_bus(publisher, NULL);
        g_hash_table_unref(publisher->subscribers);
        changes_free(publisher->changes);
        changes_free(publisher->configured);
        g_free(publisher);
        return NULL;
}

void publisher_set_bus(Publisher *publisher, sd_bus *bus)
{
        ChangesBus where;

        g_hash_table_remove_all(publisher->subscribers);
        changes_set_bus(publisher->changes, NULL);
        changes_set_bus(publisher->configured, NULL);
        publisher->outbox = outbox_free(publisher->outbox);
        publisher->audience = audience_free(publisher->audience);
        publisher->bus = bus;
        if (!bus)
                return;
        publisher->outbox = outbox_new(bus);
        publisher->audience = audience_new(bus);
        where = (ChangesBus){ bus, publisher->outbox, publisher->audience };
        changes_set_bus(publisher->changes, &where);
        changes_set_bus(publisher->configured, &where);
}

/* to: a unique name, or NULL for everybody. */
static int send_event(Publisher *publisher, const Event *event, const char *to, uint64_t previous)
{
        g_autoptr(sd_bus_message) message = NULL;
        int r;

        event_log_flush(publisher->log);
        r = event_message_new_signal(publisher->bus, event, previous, &message);
        if (r < 0)
                return r;
        if (to) {
                r = sd_bus_message_set_destination(message, to);
                if (r < 0)
                        return r;
        }
        return outbox_send(publisher->outbox, message, event_size(event) + MESSAGE_OVERHEAD);
}

/* The chain goes on over a signal that is not sent, so that the next one shows its audience the
 * gap. */
static void publish(Publisher *publisher, const Event *event, const char *to, uint64_t *previous)
{
        if (!publisher->bus || send_event(publisher, event, to, *previous) < 0)
                publisher->unsent++;
        *previous = event->serial;
}

static int send_pending(Publisher *publisher, const Event *event, const char *to)
{
        g_autoptr(sd_bus_message) message = NULL;
        int r;

        event_log_flush(publisher->log);
        r = sd_bus_message_new_signal(publisher->bus, &message, BUS_PATH, BUS_INTERFACE_EVENTS,
                        BUS_MEMBER_EVENTS_PENDING);
        if (r < 0)
                return r;
        r = sd_bus_message_append(message, "t", event->serial);
        if (r < 0)
                return r;
        r = sd_bus_message_set_destination(message, to);
        if (r < 0)
                return r;
        return outbox_send(publisher->outbox, message, MESSAGE_OVERHEAD);
}

/* What cannot be sent now is tried with the next event of the type. */
static void tell_pending(Publisher *publisher, const Event *event, Subscriber *subscriber)
{
        if (publisher->bus && send_pending(publisher, event, subscriber->name) >= 0)
                subscriber->awaited &= ~event_type_bit(event->type);
}

static void tell_subscriber(Publisher *publisher, const Event *event, Subscriber *subscriber)
{
        EventTypeSet bit = event_type_bit(event->type);

        if (subscriber->types & bit)
                publish(publisher, event, subscriber->name, &subscriber->previous);
        else if (subscriber->awaited & bit)
                tell_pending(publisher, event, subscriber);
}

/* The listener-host gets its events otherwise. */
static bool nobody_listens(const Publisher *publisher)
{
        return publisher->bus && audience_has_at_most(publisher->audience,
                                                 host_seat_is_ours(publisher->seat) ? 1 : 0);
}

static bool is_supervisor_state(EventType type)
{
        return event_type_covers(EVENT_SUPERVISOR_STATE_CHANGE) & event_type_bit(type);
}

static void broadcast(Publisher *publisher, const Event *event)
{
        if (nobody_listens(publisher)) {
                publisher->previous = event->serial;
                return;
        }
        publish(publisher, event, NULL, &publisher->previous);
        if (publisher->bus && is_supervisor_state(event->type))
                (void)sd_bus_emit_properties_changed(
                                publisher->bus, BUS_PATH, BUS_INTERFACE_MANAGER, "State", NULL);
}

void publisher_event(Publisher *publisher, const Event *event)
{
        GHashTableIter iterator;
        gpointer value;

        if (!event_type_is_restricted(event->type)) {
                broadcast(publisher, event);
                return;
        }
        g_hash_table_iter_init(&iterator, publisher->subscribers);
        while (g_hash_table_iter_next(&iterator, NULL, &value))
                tell_subscriber(publisher, event, value);
}

void publisher_disk_changed(Publisher *publisher)
{
        if (publisher->bus)
                (void)events_bus_emit_log_changed(publisher->bus);
}

static void emit_process(sd_bus *bus, const void *process)
{
        const ProcessConfig *config = process_config(process);
        g_autofree char *path = bus_path_process(config->group, config->name);

        (void)process_bus_emit_changed(bus, path);
}

void publisher_process_changed(Publisher *publisher, const Process *process)
{
        changes_note(publisher->changes, process, emit_process);
}

static void emit_configured(sd_bus *bus, const void *process)
{
        const ProcessConfig *config = process_config(process);
        g_autofree char *path = bus_path_process(config->group, config->name);

        (void)process_option_bus_emit_changed(bus, path);
}

void publisher_process_configured(Publisher *publisher, const Process *process)
{
        changes_note(publisher->configured, process, emit_configured);
}

void publisher_process_removed(Publisher *publisher, const Process *process)
{
        changes_forget(publisher->configured, process);
        changes_forget(publisher->changes, process);
}

static void emit_pool(sd_bus *bus, const void *pool)
{
        g_autofree char *path = bus_path_pool(group_config(pool)->name);

        (void)pool_status_bus_emit_changed(bus, path);
}

void publisher_pool_changed(Publisher *publisher, const Group *pool)
{
        changes_note(publisher->changes, pool, emit_pool);
}

void publisher_pool_removed(Publisher *publisher, const Group *pool)
{
        changes_forget(publisher->changes, pool);
}

static void on_subscriber_gone(void *userdata)
{
        Subscriber *subscriber = userdata;

        g_hash_table_remove(subscriber->publisher->subscribers, subscriber->name);
}

static int subscriber_new(Publisher *publisher, const char *name, Subscriber **ret)
{
        g_autoptr(Subscriber) subscriber = g_new0(Subscriber, 1);
        int r;

        subscriber->publisher = publisher;
        subscriber->name = g_strdup(name);
        r = name_watch_new(
                        publisher->bus, name, on_subscriber_gone, subscriber, &subscriber->watch);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&subscriber);
        return 0;
}

static int ensure_subscriber(Publisher *publisher, const char *name, Subscriber **ret)
{
        int r;

        *ret = g_hash_table_lookup(publisher->subscribers, name);
        if (*ret)
                return 0;
        if (g_hash_table_size(publisher->subscribers) >= MAX_SUBSCRIBERS)
                return -ENOBUFS;
        r = subscriber_new(publisher, name, ret);
        if (r < 0)
                return r;
        g_hash_table_insert(publisher->subscribers, (*ret)->name, *ret);
        return 0;
}

int publisher_subscribe(Publisher *publisher, const char *name, EventTypeSet types)
{
        Subscriber *subscriber;
        int r = ensure_subscriber(publisher, name, &subscriber);

        if (r >= 0)
                subscriber->types |= types;
        return r;
}

int publisher_await(Publisher *publisher, const char *name, EventTypeSet types)
{
        Subscriber *subscriber;
        int r = ensure_subscriber(publisher, name, &subscriber);

        if (r >= 0)
                subscriber->awaited |= types;
        return r;
}

void publisher_unsubscribe(Publisher *publisher, const char *name)
{
        g_hash_table_remove(publisher->subscribers, name);
}

Outbox *publisher_outbox(const Publisher *publisher)
{
        return publisher->outbox;
}

uint64_t publisher_unsent(const Publisher *publisher)
{
        return publisher->unsent;
}
