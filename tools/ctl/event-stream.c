/* Calls are synchronous: while the log is read, signals wait in sd-bus's queue, which keeps the
 * order without a queue of ours. Matches come before the question where the stream stands, so that
 * no event can fall between the two. */

#include "tools/ctl/event-stream.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/follow.h"
#include "tools/ctl/output.h"

#define CONNECT_AGAIN_USEC (500 * 1000)

#define LOG_ACTION       "read the event log"
#define SUBSCRIBE_ACTION "subscribe to events"

struct EventStream {
        Client *client; /* borrowed */
        sd_event *loop;
        const char *const *types; /* borrowed; never empty */
        EventTypeSet wanted;
        EventStreamHandler handler;
        void *userdata;
        Follow follow;
        bool is_away;                   /* the daemon is, and that was told */
        sd_event_source *connect_again; /* on while there is no connection */
};

/* What the daemon sends to everybody. */
static const char *const broadcast_types[] = {
                "PROCESS_STATE", "PROCESS_GROUP", "SUPERVISOR_STATE_CHANGE", "TICK", NULL};

static bool has_restricted(EventTypeSet types)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if ((types & event_type_bit(type)) && event_type_is_restricted(type))
                        return true;
        return false;
}

EventStream *event_stream_new(Client *client, sd_event *loop, const char *const *types,
                EventStreamHandler handler, void *userdata)
{
        EventStream *stream = g_new0(EventStream, 1);
        const char *unknown;

        stream->client = client;
        stream->loop = sd_event_ref(loop);
        stream->types = types[0] ? types : broadcast_types;
        g_assert(event_type_set_from_strings(stream->types, &stream->wanted, &unknown));
        stream->follow.has_restricted = has_restricted(stream->wanted);
        stream->handler = handler;
        stream->userdata = userdata;
        return stream;
}

EventStream *event_stream_free(EventStream *stream)
{
        if (!stream)
                return NULL;
        sd_event_source_disable_unref(stream->connect_again);
        sd_event_unref(stream->loop);
        follow_clear(&stream->follow);
        g_free(stream);
        return NULL;
}

static void show(EventStream *stream, const Event *event)
{
        follow_advance(&stream->follow, event);
        if (stream->wanted & event_type_bit(event->type))
                stream->handler(event, stream->userdata);
}

/* Once, whether first the daemon or first its bus goes. */
static void tell_away(EventStream *stream)
{
        if (!stream->is_away)
                output_error("lost busvisord, waiting for it");
        stream->is_away = true;
}

static void lose_connection(EventStream *stream)
{
        int enabled;

        if (sd_event_source_get_enabled(stream->connect_again, &enabled) > 0)
                return;
        tell_away(stream);
        sd_event_source_set_time_relative(stream->connect_again, CONNECT_AGAIN_USEC);
        sd_event_source_set_enabled(stream->connect_again, SD_EVENT_ONESHOT);
}

/* The connection goes on when only this one call went wrong. */
static void handle_failure(EventStream *stream, const GError *error)
{
        if (g_error_matches(error, FAILURE, FAILURE_LOST))
                lose_connection(stream);
        else
                output_error(error->message);
}

static int new_page_call(EventStream *stream, uint64_t after, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = client_new_call(stream->client, BUS_INTERFACE_EVENTS, "EventsSince", &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "t", after);
        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(call, (char **)stream->types);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "u", (uint32_t)0);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

static void tell_what_is_gone(uint64_t after, uint64_t oldest)
{
        g_autofree char *text = NULL;

        if (after == 0 || oldest <= after + 1)
                return;
        text = g_strdup_printf("events %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                               " are no longer in the event log",
                        after + 1, oldest - 1);
        output_error(text);
}

static int read_events(EventStream *stream, sd_bus_message *page, uint64_t *position)
{
        uint64_t previous;
        int r = sd_bus_message_enter_container(page, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")");

        while (r >= 0) {
                g_autoptr(Event) event = NULL;

                r = event_message_read_item(page, &event, &previous);
                if (r <= 0)
                        break;
                *position = event->serial;
                if (follow_logged(&stream->follow, event) == FOLLOW_NEXT)
                        show(stream, event);
        }
        return r;
}

/* Shows what is in the page after that serial, and sets it to the last one. 0 when the page was
 * empty. */
static int read_page(EventStream *stream, sd_bus_message *page, uint64_t *position)
{
        uint64_t oldest, next, after = *position;
        const char *run_id;
        int r = sd_bus_message_read(page, "tts", &oldest, &next, &run_id);

        if (r < 0)
                return r;
        tell_what_is_gone(after, oldest);
        r = read_events(stream, page, position);
        if (r < 0)
                return r;
        if (*position < after)
                return -EBADMSG; /* would go on for ever */
        if (*position == after)
                follow_advance_to(&stream->follow, next);
        return *position > after;
}

static bool catch_up(EventStream *stream, GError **error)
{
        uint64_t position = follow_position(&stream->follow);
        int r;

        do {
                g_autoptr(sd_bus_message) call = NULL;
                g_autoptr(sd_bus_message) page = NULL;

                r = new_page_call(stream, position, &call);
                if (r < 0)
                        break;
                if (!client_call(stream->client, call, CLIENT_TIMEOUT, LOG_ACTION, &page, error))
                        return false;
                r = read_page(stream, page, &position);
        } while (r > 0);
        if (r < 0)
                client_set_error(NULL, r, LOG_ACTION, error);
        return r >= 0;
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        EventStream *stream = userdata;
        g_autoptr(Event) event = NULL;
        g_autoptr(GError) error = NULL;
        uint64_t previous;

        /* Other members are of a later daemon; before the first answer nothing counts. */
        if (!stream->follow.run_id || event_message_read_signal(message, &event, &previous) < 0)
                return 0;
        if (follow_signal(&stream->follow, event, previous) == FOLLOW_GAP &&
                        !catch_up(stream, &error)) {
                handle_failure(stream, error);
                if (g_error_matches(error, FAILURE, FAILURE_LOST))
                        return 0; /* read together with what comes after it */
        }
        if (follow_signal(&stream->follow, event, 0) == FOLLOW_NEXT)
                show(stream, event);
        return 0;
}

/* A subscription asks for what is not sent to everybody; it costs a right that most callers lack.
 */
static bool subscribe(EventStream *stream, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r;

        if (!stream->follow.has_restricted)
                return true;
        r = client_new_call(stream->client, BUS_INTERFACE_EVENTS, "Subscribe", &call);
        if (r >= 0)
                r = sd_bus_message_append_strv(call, (char **)stream->types);
        if (r < 0) {
                client_set_error(NULL, r, SUBSCRIBE_ACTION, error);
                return false;
        }
        return client_call(stream->client, call, CLIENT_TIMEOUT, SUBSCRIBE_ACTION, &reply, error);
}

/* The daemon is there, for the first time or again. */
static bool begin(EventStream *stream, GError **error)
{
        g_autoptr(sd_bus_message) run_reply = NULL;
        g_autoptr(sd_bus_message) next_reply = NULL;
        const char *run_id;
        uint64_t next;

        if (!subscribe(stream, error))
                return false;
        if (!client_get_property(stream->client, BUS_INTERFACE_MANAGER, "RunId", &run_reply, error,
                            "s", &run_id))
                return false;
        stream->is_away = false;
        if (stream->follow.run_id) {
                follow_run(&stream->follow, run_id);
                return catch_up(stream, error);
        }
        if (!client_get_property(stream->client, BUS_INTERFACE_EVENTS, "NextSerial", &next_reply,
                            error, "t", &next))
                return false;
        follow_begin(&stream->follow, run_id, next, g_get_real_time());
        return true;
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        EventStream *stream = userdata;
        g_autoptr(GError) error = NULL;
        const char *name, *old_owner, *new_owner;

        if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) < 0)
                return 0;
        if (!*new_owner)
                tell_away(stream);
        else if (stream->follow.run_id && !begin(stream, &error))
                handle_failure(stream, error);
        return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        lose_connection(userdata);
        return 0;
}

static int add_matches(EventStream *stream)
{
        sd_bus *bus = client_bus(stream->client);
        const char *bus_name = client_bus_name(stream->client);
        g_autofree char *owner_rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        bus_name);
        int r;

        r = sd_bus_match_signal(bus, NULL, bus_name, BUS_PATH, BUS_INTERFACE_EVENTS, NULL,
                        on_signal, stream);
        if (r < 0)
                return r;
        r = sd_bus_add_match(bus, NULL, owner_rule, on_owner_changed, stream);
        if (r < 0)
                return r;
        return sd_bus_match_signal(bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, stream);
}

static bool attach(EventStream *stream, GError **error)
{
        int r = sd_bus_attach_event(
                        client_bus(stream->client), stream->loop, SD_EVENT_PRIORITY_NORMAL);

        if (r >= 0)
                r = add_matches(stream);
        if (r < 0) {
                client_set_error(NULL, r, SUBSCRIBE_ACTION, error);
                return false;
        }
        return begin(stream, error);
}

static int on_connect_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        EventStream *stream = userdata;
        g_autoptr(GError) error = NULL;

        if (client_connect(stream->client, &error) && attach(stream, &error))
                return 0;
        sd_event_source_set_time_relative(source, CONNECT_AGAIN_USEC);
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

bool event_stream_start(EventStream *stream, GError **error)
{
        int r = sd_event_add_time_relative(stream->loop, &stream->connect_again, CLOCK_MONOTONIC, 0,
                        0, on_connect_again, stream);

        if (r >= 0)
                r = sd_event_source_set_enabled(stream->connect_again, SD_EVENT_OFF);
        if (r < 0) {
                client_set_error(NULL, r, "watch the bus", error);
                return false;
        }
        return attach(stream, error);
}
