/* While pages of the log are read, signals are dropped: the page that is asked for next has their
 * events, and one that has none says so after all that was sent before it. So nothing piles up
 * here, however long the log is and however fast it grows. Matches come before the first page, so
 * that no event can fall between the two. */

#include "tools/ctl/event-stream.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "tools/ctl/event-log-page.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/follow.h"
#include "tools/ctl/loop.h"
#include "tools/ctl/output.h"
#include "tools/ctl/reconnect.h"

#define SUBSCRIBE_ACTION "subscribe to events"

struct EventStream {
        Client *client; /* borrowed */
        sd_event *loop;
        const char *const *types; /* borrowed */
        EventTypeSet wanted;
        EventStreamHandler handler;
        void *userdata;
        uint64_t after; /* where it begins */
        Follow follow;
        sd_bus_slot *page_call; /* NULL while there is none under way */
        uint64_t page_after;    /* what it asks for */
        bool is_away;           /* the daemon is, and that was told */
        bool is_beginning;      /* what comes meanwhile is in the pages that follow */
        bool is_there_again;    /* another daemon is, on the same bus */
        Reconnect *reconnect;
};

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
        stream->reconnect = reconnect_new(client, loop);
        stream->types = types;
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
        sd_bus_slot_unref(stream->page_call);
        reconnect_free(stream->reconnect);
        sd_event_unref(stream->loop);
        follow_clear(&stream->follow);
        g_free(stream);
        return NULL;
}

static void show(EventStream *stream, const Event *event)
{
        if (stream->wanted & event_type_bit(event->type)) {
                follow_show(&stream->follow, event);
                stream->handler(event, stream->userdata);
        } else {
                follow_advance(&stream->follow, event);
        }
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
        if (reconnect_begin(stream->reconnect))
                tell_away(stream);
}

/* The connection goes on when only this one call went wrong. */
static void handle_failure(EventStream *stream, const GError *error)
{
        if (g_error_matches(error, FAILURE, FAILURE_LOST))
                lose_connection(stream);
        else
                output_error(error->message);
}

static bool show_page(EventStream *stream, EventLogPage *page, GError **error)
{
        event_log_page_tell_gap(page);
        for (;;) {
                g_autoptr(Event) event = NULL;

                if (!event_log_page_next(page, &event, error))
                        return false;
                if (!event)
                        return true;
                if (follow_logged(&stream->follow, event) == FOLLOW_NEXT)
                        show(stream, event);
        }
}

static bool request_page(EventStream *stream, uint64_t after, GError **error);

static bool take_page(EventStream *stream, sd_bus_message *reply, GError **error)
{
        g_auto(EventLogPage) page = { 0 };
        uint64_t after = stream->page_after;

        if (!event_log_page_init(&page, after, reply, error) || !show_page(stream, &page, error))
                return false;
        if (page.after > after)
                return request_page(stream, page.after, error);
        follow_advance_to(&stream->follow, page.next);
        return true;
}

static int on_page(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        EventStream *stream = userdata;
        g_autoptr(GError) error = NULL;

        stream->page_call = sd_bus_slot_unref(stream->page_call);
        if (sd_bus_message_is_method_error(reply, NULL))
                client_set_error(sd_bus_message_get_error(reply), -sd_bus_message_get_errno(reply),
                                EVENT_LOG_PAGE_ACTION, &error);
        if (error || !take_page(stream, reply, &error))
                handle_failure(stream, error);
        return 0;
}

static bool request_page(EventStream *stream, uint64_t after, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = event_log_page_new_call(stream->client, after, stream->types, 0, &call);

        if (r >= 0)
                r = sd_bus_call_async(client_bus(stream->client), &stream->page_call, call, on_page,
                                stream, CLIENT_TIMEOUT);
        if (r < 0) {
                client_set_error(NULL, r, EVENT_LOG_PAGE_ACTION, error);
                return false;
        }
        stream->page_after = after;
        return true;
}

static bool catch_up(EventStream *stream, GError **error)
{
        stream->page_call = sd_bus_slot_unref(stream->page_call);
        return request_page(stream, follow_position(&stream->follow), error);
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        EventStream *stream = userdata;
        g_autoptr(Event) event = NULL;
        g_autoptr(GError) error = NULL;
        uint64_t previous;

        /* Other members are of a later daemon. */
        if (stream->page_call || stream->is_beginning || stream->is_there_again ||
                        event_message_read_signal(message, &event, &previous) < 0)
                return 0;
        switch (follow_signal(&stream->follow, event, previous)) {
        case FOLLOW_NEXT:
                show(stream, event);
                break;
        case FOLLOW_GAP:
                if (!catch_up(stream, &error))
                        handle_failure(stream, error);
                break;
        case FOLLOW_SEEN:
                break;
        }
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

/* Of another run of the daemon. */
static bool ask_log(EventStream *stream, bool *ret_goes_on, GError **error)
{
        const Follow *follow = &stream->follow;
        uint64_t after = follow->shown_serial > 0 ? follow->shown_serial - 1
                                                  : follow_position(follow);
        g_auto(EventLogPage) page = { 0 };
        g_autoptr(Event) event = NULL;

        if (!event_log_page_read(stream->client, after, stream->types, 1, &page, error) ||
                        !event_log_page_next(&page, &event, error))
                return false;
        *ret_goes_on = follow_knows_log(follow, page.oldest, page.next, event);
        return true;
}

static bool take_run(EventStream *stream, const char *run_id, GError **error)
{
        bool goes_on = true;

        if (!stream->follow.run_id) {
                follow_begin(&stream->follow, run_id, stream->after + 1, g_get_real_time());
                return true;
        }
        if (strcmp(stream->follow.run_id, run_id) != 0 && !ask_log(stream, &goes_on, error))
                return false;
        if (!goes_on)
                output_error("busvisord has begun a new event log, its serials begin anew");
        follow_run(&stream->follow, run_id, goes_on);
        return true;
}

static bool begin_run(EventStream *stream, GError **error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const char *run_id;

        if (!subscribe(stream, error))
                return false;
        if (!client_get_property(stream->client, BUS_INTERFACE_MANAGER, "RunId", &reply, error, "s",
                            &run_id))
                return false;
        stream->is_away = false;
        return take_run(stream, run_id, error) && catch_up(stream, error);
}

/* The daemon is there, for the first time or again. At the top of the loop. */
static bool begin(EventStream *stream, GError **error)
{
        bool has_begun;

        stream->page_call = sd_bus_slot_unref(stream->page_call);
        stream->is_there_again = false;
        stream->is_beginning = true;
        has_begun = begin_run(stream, error);
        stream->is_beginning = false;
        return has_begun;
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        EventStream *stream = userdata;
        const char *name, *old_owner, *new_owner;

        if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) < 0)
                return 0;
        stream->is_there_again = *new_owner;
        if (!*new_owner)
                tell_away(stream);
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

        r = sd_bus_match_signal_async(bus, NULL, bus_name, BUS_PATH, BUS_INTERFACE_EVENTS, NULL,
                        on_signal, NULL, stream);
        if (r < 0)
                return r;
        r = sd_bus_add_match_async(bus, NULL, owner_rule, on_owner_changed, NULL, stream);
        if (r < 0)
                return r;
        return sd_bus_match_signal_async(bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, NULL,
                        stream);
}

static bool attach(EventStream *stream, GError **error)
{
        int r = add_matches(stream);

        if (r < 0) {
                client_set_error(NULL, r, SUBSCRIBE_ACTION, error);
                return false;
        }
        return begin(stream, error);
}

static void go_on_connected(EventStream *stream)
{
        if (attach(stream, NULL))
                reconnect_end(stream->reconnect);
        else
                reconnect_again(stream->reconnect);
}

static void work(void *userdata)
{
        EventStream *stream = userdata;
        g_autoptr(GError) error = NULL;

        if (reconnect_work(stream->reconnect))
                go_on_connected(stream);
        else if (stream->is_there_again && !reconnect_is_under_way(stream->reconnect) &&
                        !begin(stream, &error) && !loop_is_over(stream->loop))
                handle_failure(stream, error);
}

bool event_stream_start(EventStream *stream, uint64_t after, GError **error)
{
        stream->after = after;
        if (stream->reconnect)
                return attach(stream, error);
        client_set_error(NULL, -ENOMEM, "watch the bus", error);
        return false;
}

int event_stream_run(EventStream *stream)
{
        return loop_run(stream->loop, work, stream);
}
