/* An empty page says that there is nothing more, so a slice that has found nothing goes on in the
 * next round of the loop. Callers take turns; there is one slice in a round, however many wait. */

#include "daemon/face/events-since.h"

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "daemon/event/reader.h"
#include "daemon/face/quota.h"

/* Leaves room for the head of the message and one event of the size of the last one that fitted. */
#define PAGE_BYTES     (BUS_MESSAGE_MAX_BYTES / 2)
#define EVENT_OVERHEAD 256
/* Of the files of the event log; less than a millisecond. */
#define SLICE_BYTES      (512 * 1024)
#define MAX_WAITING_EACH 16
#define MAX_WAITING      128

typedef struct Caller {
        sd_bus_message *call;
        PageRequest request;
        EventReader *reader;
        Quota *quota; /* borrowed; NULL = it does not wait */
} Caller;

struct EventsSince {
        sd_event *event;       /* borrowed */
        EventLog *log;         /* borrowed */
        Publisher *publisher;  /* borrowed */
        GQueue waiting;        /* of Caller, whose turn it is first */
        Quota *quota;          /* a unit for each of them */
        sd_event_source *turn; /* enabled while there are some */
};

static Caller *caller_free(Caller *caller)
{
        event_reader_free(caller->reader);
        if (caller->quota)
                quota_give_back(caller->quota, sd_bus_message_get_sender(caller->call), 1);
        sd_bus_message_unref(caller->call);
        g_free(caller);
        return NULL;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Caller, caller_free)

static void free_caller(gpointer caller)
{
        caller_free(caller);
}

EventsSince *events_since_new(sd_event *event, EventLog *log, Publisher *publisher)
{
        EventsSince *since = g_new0(EventsSince, 1);

        since->event = event;
        since->log = log;
        since->publisher = publisher;
        g_queue_init(&since->waiting);
        since->quota = quota_new(MAX_WAITING_EACH, MAX_WAITING);
        return since;
}

EventsSince *events_since_free(EventsSince *since)
{
        if (!since)
                return NULL;
        events_since_clear(since);
        quota_unref(since->quota);
        g_free(since);
        return NULL;
}

void events_since_clear(EventsSince *since)
{
        since->turn = sd_event_source_disable_unref(since->turn);
        g_queue_clear_full(&since->waiting, free_caller);
}

static int begin_reply(const EventsSince *since, const Caller *caller, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) reply = NULL;
        int r = sd_bus_message_new_method_return(caller->call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tts", event_reader_oldest(caller->reader),
                        event_log_next(since->log), event_log_run_id(since->log));
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "(" EVENT_MESSAGE_PAGE_ITEM ")");
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&reply);
        return 0;
}

/* The first one, and those behind it. */
static int append_events(const Caller *caller, const Event *event, sd_bus_message *reply)
{
        const uint32_t max = caller->request.max ? caller->request.max : UINT32_MAX;
        uint64_t after = caller->request.after;
        size_t bytes = 0;

        for (uint32_t n = 0; event && n < max; n++) {
                int r;

                bytes += event_size(event) + EVENT_OVERHEAD;
                if (bytes > PAGE_BYTES && n > 0) {
                        event_reader_put_back(caller->reader);
                        break;
                }
                r = event_message_append_item(reply, event, after);
                if (r < 0)
                        return r;
                after = event->serial;
                event = n + 1 < max ? event_reader_next(caller->reader) : NULL;
        }
        return sd_bus_message_close_container(reply);
}

/* Who has read all that is not broadcast is told when there is more of it. */
static int await_more(const EventsSince *since, const Caller *caller)
{
        EventTypeSet types = caller->request.types & event_types_restricted();

        if (types == 0)
                return 0;
        return publisher_await(since->publisher, sd_bus_message_get_sender(caller->call), types);
}

/* 1 = it is answered, 0 = it has to go on. */
static int read_slice(const EventsSince *since, Caller *caller)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const Event *first;
        int r;

        event_log_flush(since->log);
        event_reader_set_budget(caller->reader, SLICE_BYTES);
        first = event_reader_next(caller->reader);
        if (!first && event_reader_is_paused(caller->reader))
                return 0;
        r = first ? 0 : await_more(since, caller);
        if (r < 0)
                return r;
        r = begin_reply(since, caller, &reply);
        if (r < 0)
                return r;
        r = append_events(caller, first, reply);
        if (r < 0)
                return r;
        r = sd_bus_send(NULL, reply, NULL);
        return r < 0 ? r : 1;
}

static int on_turn(sd_event_source *source, void *userdata)
{
        EventsSince *since = userdata;
        g_autoptr(Caller) caller = g_queue_pop_head(&since->waiting);
        int r = read_slice(since, caller);

        if (r == 0)
                g_queue_push_tail(&since->waiting, g_steal_pointer(&caller));
        else if (r < 0)
                (void)sd_bus_reply_method_errno(caller->call, r, NULL);
        if (g_queue_is_empty(&since->waiting))
                since->turn = sd_event_source_disable_unref(since->turn);
        return 0;
}

static int put_off(EventsSince *since, Caller *caller)
{
        int r = 0;

        if (!since->turn) {
                r = sd_event_add_defer(since->event, &since->turn, on_turn, since);
                if (r >= 0)
                        r = sd_event_source_set_enabled(since->turn, SD_EVENT_ON);
        }
        if (r < 0)
                return r;
        quota_take(since->quota, sd_bus_message_get_sender(caller->call), 1);
        caller->quota = since->quota;
        g_queue_push_tail(&since->waiting, caller);
        return 0;
}

int events_since_answer(EventsSince *since, sd_bus_message *call, const PageRequest *request,
                sd_bus_error *error)
{
        const EventFilter filter = { .types = request->types };
        g_autoptr(Caller) caller = NULL;
        int r;

        if (!quota_has_room(since->quota, sd_bus_message_get_sender(call)))
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "too many calls are looking through the event log already");
        caller = g_new0(Caller, 1);
        caller->call = sd_bus_message_ref(call);
        caller->request = *request;
        caller->reader = event_reader_new(since->log, request->after, &filter);
        event_reader_stop_at_gaps(caller->reader);
        r = read_slice(since, caller);
        if (r != 0)
                return r;
        r = put_off(since, caller);
        if (r < 0)
                return r;
        g_steal_pointer(&caller);
        return 1;
}
