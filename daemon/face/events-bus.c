/* The signals are only declared here; Publisher sends them. Who may subscribe to a restricted type
 * may read it from the log, and nobody else: both go through the same check. */

#include "daemon/face/events-bus.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/face/manager-option-bus.h"
#include "daemon/face/string-array.h"

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

static int get_log_path(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const EventStore *store = event_log_store(log_of(userdata));

        return sd_bus_message_append(reply, "s", store ? event_store_path(store) : "");
}

static int get_log_persistent(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "b", (int)event_log_is_persistent(log_of(userdata)));
}

static int get_log_bytes(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const EventStore *store = event_log_store(log_of(userdata));

        return sd_bus_message_append(reply, "t", store ? event_store_size(store) : 0);
}

/* Reads an array of type names; no names at all are an empty set. */
static int read_types(sd_bus_message *call, EventTypeSet *ret, sd_bus_error *error)
{
        g_auto(GStrv) names = NULL;
        const char *unknown;
        int r = string_array_read(call, &names, error);

        if (r < 0)
                return r;
        *ret = 0;
        if (event_type_set_from_strings((const char *const *)names, ret, &unknown))
                return 0;
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                        "'%.64s' is not an event type; PROCESS_STATE and TICK_60 are examples",
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
        return events_since_answer(face_events_since(userdata), call, &request, error);
}

static int events_since(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        PageRequest request;
        int r = read_page_request(call, &request, error);

        if (r < 0)
                return r;
        if (request.types == 0 && !access_is_private(face_access(userdata)))
                request.types = event_type_covers(EVENT_ANY) & ~event_types_restricted();
        if (request.types != 0 && !(request.types & event_types_restricted()))
                return events_since_answer(face_events_since(userdata), call, &request, error);
        return access_require(call, face_access(userdata),
                        "reading output and communication events", granted_events_since, userdata,
                        error);
}

static int find_serial(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        uint64_t usec;
        int r = sd_bus_message_read(call, "t", &usec);

        if (r < 0)
                return r;
        return sd_bus_reply_method_return(call, "t", event_log_find_time(log_of(userdata), usec));
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
        event_log_flush(log);
        return sd_bus_reply_method_return(call, "t", event_log_next(log) - 1);
}

static int send_remote_communication(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return access_require(call, face_access(userdata), "raising events", granted_send_remote,
                        userdata, error);
}

int events_bus_emit_log_changed(sd_bus *bus)
{
        return sd_bus_emit_properties_changed(
                        bus, BUS_PATH, BUS_INTERFACE_EVENTS, "LogPersistent", NULL);
}

const sd_bus_vtable events_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("OldestSerial", "t", get_oldest_serial, 0, 0),
        SD_BUS_PROPERTY("NextSerial", "t", get_next_serial, 0, 0),
        SD_BUS_PROPERTY("UnsentSignals", "t", get_unsent_signals, 0, 0),
        SD_BUS_PROPERTY("LogPath", "s", get_log_path, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("LogPersistent", "b", get_log_persistent, 0,
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("LogBytes", "t", get_log_bytes, 0, 0),
        SD_BUS_PROPERTY("LogMaxBytes", "t", manager_option_bus_get, 0,
                        SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("LogMaxAgeUSec", "t", manager_option_bus_get, 0,
                        SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("LogSync", "b", manager_option_bus_get, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_METHOD_WITH_ARGS("Subscribe", SD_BUS_ARGS("as", types), SD_BUS_NO_RESULT, subscribe,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unsubscribe", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, unsubscribe,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EventsSince", SD_BUS_ARGS("t", after, "as", types, "u", max),
                        SD_BUS_RESULT("t", oldest, "t", next, "s", run_id, "a(sv)", events),
                        events_since, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("FindSerial", SD_BUS_ARGS("t", realtime),
                        SD_BUS_RESULT("t", serial), find_serial, SD_BUS_VTABLE_UNPRIVILEGED),
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
