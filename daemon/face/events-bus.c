/* The signals are only declared here; Publisher sends them. Who may subscribe to a restricted type
 * may read it from the log, and nobody else: both go through the same check. */

#include "daemon/face/events-bus.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"

/* Leaves room for the head of the message and one event of the size of the last one that fitted. */
#define PAGE_BYTES     (BUS_MESSAGE_MAX_BYTES / 2)
#define EVENT_OVERHEAD 256

static EventLog *log_of(const Face *face)
{
        return manager_events(face_manager(face));
}

static int get_oldest_serial(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", event_log_oldest(log_of(userdata)));
}

static int get_next_serial(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", event_log_next(log_of(userdata)));
}

static int get_unsent_signals(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", publisher_unsent(face_publisher(userdata)));
}

/* Reads an array of type names; no names at all are an empty set. */
static int read_types(sd_bus_message *call, EventTypeSet *ret, sd_bus_error *error)
{
        g_auto(GStrv) names = NULL;
        const char *unknown;
        int r = sd_bus_message_read_strv(call, &names);

        if (r < 0)
                return r;
        *ret = 0;
        if (!names || event_type_set_from_strings((const char *const *)names, ret, &unknown))
                return 0;
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                        "'%s' is not an event type; PROCESS_STATE and TICK_60 are examples",
                        unknown);
}

static int granted_subscribe(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        EventTypeSet types;
        int r;

        r = sd_bus_message_rewind(call, true);
        if (r < 0)
                return r;
        r = read_types(call, &types, error);
        if (r < 0)
                return r;
        r = publisher_subscribe(face_publisher(userdata), sd_bus_message_get_sender(call),
                        types & event_types_restricted());
        if (r < 0)
                return r;
        return sd_bus_reply_method_return(call, NULL);
}

/* Broadcasts come to everybody anyway, so only the other types need a right. */
static int subscribe(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        EventTypeSet types;
        int r = read_types(call, &types, error);

        if (r < 0)
                return r;
        if (!(types & event_types_restricted()))
                return sd_bus_reply_method_return(call, NULL);
        return access_require(call, face_access(userdata),
                        "subscribing to output and communication events", granted_subscribe,
                        userdata, error);
}

static int unsubscribe(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        publisher_unsubscribe(face_publisher(userdata), sd_bus_message_get_sender(call));
        return sd_bus_reply_method_return(call, NULL);
}

static int append_page(sd_bus_message *reply, const EventLog *log, uint64_t after,
                EventTypeSet types, uint32_t max)
{
        const EventFilter filter = { .types = types };
        const Event *event;
        size_t bytes = 0;
        int r = sd_bus_message_open_container(reply, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")");

        for (uint32_t n = 0; r >= 0 && (max == 0 || n < max); n++) {
                event = event_log_find_after(log, after, &filter);
                if (!event)
                        break;
                bytes += event_size(event) + EVENT_OVERHEAD;
                if (bytes > PAGE_BYTES && n > 0)
                        break;
                r = event_message_append_item(reply, event, after);
                after = event->serial;
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

typedef struct PageRequest {
        uint64_t after;
        EventTypeSet types;
        uint32_t max;
} PageRequest;

/* Who has read all that is not broadcast is told when there is more of it. */
static int await_more(sd_bus_message *call, const Face *face, const PageRequest *request)
{
        const EventFilter filter = { .types = request->types };
        EventTypeSet types = request->types & event_types_restricted();

        if (types == 0 || event_log_find_after(log_of(face), request->after, &filter))
                return 0;
        return publisher_await(face_publisher(face), sd_bus_message_get_sender(call), types);
}

static int reply_page(sd_bus_message *call, const Face *face, const PageRequest *request)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const EventLog *log = log_of(face);
        int r;

        r = await_more(call, face, request);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tts", event_log_oldest(log), event_log_next(log),
                        event_log_run_id(log));
        if (r < 0)
                return r;
        r = append_page(reply, log, request->after, request->types, request->max);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int read_page_request(sd_bus_message *call, PageRequest *ret, sd_bus_error *error)
{
        int r = sd_bus_message_read(call, "t", &ret->after);

        if (r < 0)
                return r;
        r = read_types(call, &ret->types, error);
        if (r < 0)
                return r;
        return sd_bus_message_read(call, "u", &ret->max);
}

static int granted_events_since(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        PageRequest request;
        int r;

        r = sd_bus_message_rewind(call, true);
        if (r < 0)
                return r;
        r = read_page_request(call, &request, error);
        if (r < 0)
                return r;
        if (request.types == 0)
                request.types = event_type_covers(EVENT_ANY);
        return reply_page(call, userdata, &request);
}

static int events_since(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        PageRequest request;
        int r = read_page_request(call, &request, error);

        if (r < 0)
                return r;
        if (request.types == 0 && !access_is_trusted(face_access(userdata)))
                request.types = event_type_covers(EVENT_ANY) & ~event_types_restricted();
        if (request.types != 0 && !(request.types & event_types_restricted()))
                return reply_page(call, userdata, &request);
        return access_require(call, face_access(userdata),
                        "reading output and communication events", granted_events_since, userdata,
                        error);
}

static int granted_send_remote(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        EventLog *log = log_of(userdata);
        const char *type;
        const void *data;
        Event *event;
        size_t size;
        int r;

        r = sd_bus_message_read(call, "s", &type);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(call, 'y', &data, &size);
        if (r < 0)
                return r;
        if (strlen(type) + size > EVENT_DATA_MAX_BYTES)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%zu bytes of type and data are too many, at most %d fit in an "
                                "event",
                                strlen(type) + size, EVENT_DATA_MAX_BYTES);
        event = event_new_remote(type, data, size);
        event->asked_by = g_strdup(sd_bus_message_get_sender(call));
        event_log_append(log, event);
        return sd_bus_reply_method_return(call, "t", event_log_next(log) - 1);
}

static int send_remote_communication(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return access_require(call, face_access(userdata), "raising events", granted_send_remote,
                        userdata, error);
}

const sd_bus_vtable events_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("OldestSerial", "t", get_oldest_serial, 0, 0),
        SD_BUS_PROPERTY("NextSerial", "t", get_next_serial, 0, 0),
        SD_BUS_PROPERTY("UnsentSignals", "t", get_unsent_signals, 0, 0),
        SD_BUS_METHOD_WITH_ARGS("Subscribe", SD_BUS_ARGS("as", types), SD_BUS_NO_RESULT, subscribe,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unsubscribe", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, unsubscribe,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EventsSince", SD_BUS_ARGS("t", after, "as", types, "u", max),
                        SD_BUS_RESULT("t", oldest, "t", next, "s", run_id, "a(sv)", events),
                        events_since, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SendRemoteCommunication", SD_BUS_ARGS("s", type, "ay", data),
                        SD_BUS_RESULT("t", serial), send_remote_communication,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS(BUS_MEMBER_EVENTS_PENDING, SD_BUS_ARGS("t", serial), 0),
        SD_BUS_SIGNAL_WITH_ARGS("ProcessStateChanged",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        group, "s", process, "s", state, "s", from_state, "u", pid,
                                        "u", tries, "b", expected, "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("ProcessLog",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        group, "s", process, "u", pid, "s", channel, "ay", data,
                                        "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("ProcessCommunication",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        group, "s", process, "u", pid, "s", channel, "ay", data,
                                        "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("RemoteCommunication",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        type, "ay", data, "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("SupervisorStateChanged",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        state, "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("Tick",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "u",
                                        period, "t", when, "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("ProcessGroupAdded",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        group, "a{sv}", extras),
                        0),
        SD_BUS_SIGNAL_WITH_ARGS("ProcessGroupRemoved",
                        SD_BUS_ARGS("t", serial, "t", previous, "t", realtime, "t", monotonic, "s",
                                        group, "a{sv}", extras),
                        0),
        SD_BUS_VTABLE_END,
};
