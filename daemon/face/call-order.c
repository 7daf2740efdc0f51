/* A filter takes each call out of sd-bus's hands, and in its turn it is put back into what sd-bus
 * has read, where the filter lets it pass. A call that is alone passes at once.
 *
 * A message may have brought descriptors with it, of which sd-bus does not tell; so it is looked at
 * how far the lowest number that is free goes up while it is read. What goes on between, such as
 * programs that are started, opens others. */

#include "daemon/face/call-order.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/face/call-size.h"
#include "daemon/face/fair-queue.h"
#include "daemon/face/name-watch.h"

/* Two thousand calls without large arguments, and the largest one that a bus lets through. */
#define MAX_BYTES_EACH  (2 * 1024 * 1024)
#define MAX_BYTES       (64 * 1024 * 1024)
#define MAX_DESCRIPTORS 256
/* The kernel lets one message bring no more. */
#define MAX_DESCRIPTORS_EACH 253
/* Of whom so much waits it is looked out for the end, as nobody would hear the answers; and of so
 * many at a time. */
#define WATCHED_BYTES (32 * 1024)
#define MAX_WATCHED   256
/* Messages, before the next call is handled. */
#define READ_AHEAD 64
/* What a call costs besides: us. */
#define OVERHEAD_USEC 10
/* While signals are made faster than the bus takes them there is always something to be written: a
 * call that has waited for so long is handled all the same, unless more messages wait than this. */
#define PATIENCE_USEC UINT64_C(20000)
#define MAX_UNSENT    16

typedef struct Watched {
        CallOrder *order; /* borrowed */
        char *name;
        NameWatch *watch;
} Watched;

typedef struct Waiting {
        CallOrder *order; /* borrowed */
        sd_bus_message *call;
        int n_descriptors;
} Waiting;

struct CallOrder {
        sd_bus *bus;     /* borrowed; NULL = it is over */
        sd_event *event; /* borrowed */
        sd_bus_slot *filter;
        sd_event_source *watch; /* never comes itself: for what is to be done before each round */
        sd_event_source *turn;  /* while somebody waits whose call can be handled */
        FairQueue *calls;       /* of Waiting */
        sd_bus_message *next;   /* put back, and not yet come by */
        uint64_t begin_usec;    /* when the present one was let pass; 0 = there is none */
        uint64_t end_usec;      /* when the last one was done with */
        bool refused;           /* a call, since this was last looked at */
        int n_descriptors;      /* that wait */
        int free_descriptor;    /* the lowest before a message is read; -1 = nobody has looked */
        GHashTable *watched;    /* char * (borrowed from the value) to Watched */
};

static void free_watched(void *data)
{
        Watched *watched = data;

        name_watch_free(watched->watch);
        g_free(watched->name);
        g_free(watched);
}

static void on_gone(void *userdata)
{
        Watched *watched = userdata;
        CallOrder *order = watched->order;

        fair_queue_drop(order->calls, watched->name);
        g_hash_table_remove(order->watched, watched->name);
}

static void watch(CallOrder *order, const char *name)
{
        Watched *watched;

        if (g_hash_table_contains(order->watched, name) ||
                        g_hash_table_size(order->watched) >= MAX_WATCHED)
                return;
        watched = g_new0(Watched, 1);
        watched->order = order;
        watched->name = g_strdup(name);
        if (name_watch_new(order->bus, name, on_gone, watched, &watched->watch) < 0)
                free_watched(watched);
        else
                g_hash_table_insert(order->watched, watched->name, watched);
}

static void free_waiting(void *data)
{
        Waiting *waiting = data;

        waiting->order->n_descriptors -= waiting->n_descriptors;
        sd_bus_message_unref(waiting->call);
        g_free(waiting);
}

static bool is_readable(const CallOrder *order)
{
        int bytes = 0;

        return ioctl(sd_bus_get_fd(order->bus), FIONREAD, &bytes) >= 0 && bytes > 0;
}

/* Can the next call be answered without adding to what waits to be written? */
static bool can_answer(const CallOrder *order)
{
        uint64_t queued = 0;

        if (sd_bus_get_n_queued_write(order->bus, &queued) < 0 || queued == 0)
                return true;
        return queued <= MAX_UNSENT &&
               clock_now_usec(CLOCK_MONOTONIC) >= order->end_usec + PATIENCE_USEC;
}

static int lowest_free_descriptor(const CallOrder *order)
{
        autofd fd = fcntl(sd_bus_get_fd(order->bus), F_DUPFD_CLOEXEC, 0);

        return fd < 0 ? INT_MAX : fd;
}

static bool has_room(const CallOrder *order, const char *caller)
{
        return order->n_descriptors < MAX_DESCRIPTORS && fair_queue_has_room(order->calls, caller);
}

/* By the message that has just been read. */
static int count_descriptors(const CallOrder *order)
{
        return order->free_descriptor < 0
                               ? 0
                               : CLAMP(lowest_free_descriptor(order) - order->free_descriptor, 0,
                                                 MAX_DESCRIPTORS_EACH);
}

static void push(CallOrder *order, const char *caller, sd_bus_message *call)
{
        Waiting *waiting = g_new(Waiting, 1);

        *waiting = (Waiting){ order, sd_bus_message_ref(call), count_descriptors(order) };
        order->n_descriptors += waiting->n_descriptors;
        fair_queue_push(order->calls, caller, waiting, call_size(call, MAX_BYTES_EACH));
}

/* The time of whatever was let pass is over. */
static void settle(CallOrder *order)
{
        if (order->begin_usec == 0)
                return;
        order->end_usec = clock_now_usec(CLOCK_MONOTONIC);
        fair_queue_charge(order->calls, order->end_usec - order->begin_usec + OVERHEAD_USEC);
        order->begin_usec = 0;
}

static int let_pass(CallOrder *order)
{
        order->next = sd_bus_message_unref(order->next);
        order->begin_usec = clock_now_usec(CLOCK_MONOTONIC);
        return 0;
}

/* Where there is no room what waits for nothing of the caller's own may still pass. */
static int put_off(CallOrder *order, sd_bus_message *call, sd_bus_error *error)
{
        const char *caller = sd_bus_message_get_sender(call);

        if (!has_room(order, caller)) {
                if (fair_queue_bytes(order->calls, caller) == 0)
                        return 0;
                order->refused = true;
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "too many calls of this connection wait to be handled already");
        }
        push(order, caller, call);
        if (fair_queue_bytes(order->calls, caller) >= WATCHED_BYTES)
                watch(order, caller);
        return 1;
}

/* 0 lets it pass, 1 takes it. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        CallOrder *order = userdata;
        uint8_t type;

        settle(order);
        if (message == order->next)
                return let_pass(order);
        if (sd_bus_message_get_type(message, &type) < 0 || type != SD_BUS_MESSAGE_METHOD_CALL ||
                        !sd_bus_message_get_sender(message))
                return 0;
        if (!order->next && fair_queue_is_empty(order->calls) && can_answer(order) &&
                        !is_readable(order)) {
                order->end_usec = clock_now_usec(CLOCK_MONOTONIC);
                return 0;
        }
        return put_off(order, message, error);
}

static void clear(void *data)
{
        CallOrder *order = data;

        g_hash_table_unref(order->watched);
        fair_queue_free(order->calls);
        sd_bus_message_unref(order->next);
}

static CallOrder *call_order_unref(CallOrder *order)
{
        g_rc_box_release_full(order, clear);
        return NULL;
}

/* False when the order is over. A broken connection is noticed by sd-bus's own sources. */
static bool process(CallOrder *order)
{
        g_autoptr(sd_bus) bus = sd_bus_ref(order->bus);

        (void)sd_bus_process(bus, NULL);
        return order->bus;
}

/* Refusals alone must not take all the way out. */
static bool read_ahead(CallOrder *order)
{
        order->refused = false;
        for (unsigned n = 0; n < READ_AHEAD && !order->refused && is_readable(order); n++) {
                order->free_descriptor = lowest_free_descriptor(order);
                if (!process(order))
                        return false;
        }
        return true;
}

static void put_back(CallOrder *order)
{
        Waiting *waiting = fair_queue_pop(order->calls);
        int r;

        if (!waiting)
                return;
        r = sd_bus_enqueue_for_read(order->bus, waiting->call);
        if (r >= 0) {
                order->next = sd_bus_message_ref(waiting->call);
        } else {
                (void)sd_bus_reply_method_errno(waiting->call, r, NULL);
                fair_queue_charge(order->calls, OVERHEAD_USEC);
        }
        free_waiting(waiting);
}

static int on_turn(sd_event_source *source, void *userdata)
{
        CallOrder *order = g_rc_box_acquire(userdata);

        order->turn = sd_event_source_disable_unref(order->turn);
        if (read_ahead(order) && !order->next && can_answer(order)) {
                settle(order);
                put_back(order);
                (void)process(order);
        }
        call_order_unref(order);
        return 0;
}

static int before_round(sd_event_source *source, void *userdata)
{
        CallOrder *order = userdata;

        settle(order);
        order->free_descriptor =
                        fair_queue_is_empty(order->calls) ? -1 : lowest_free_descriptor(order);
        if (order->turn || order->next || fair_queue_is_empty(order->calls) || !can_answer(order))
                return 0;
        return sd_event_add_defer(order->event, &order->turn, on_turn, order);
}

static int on_watch(sd_event_source *source, uint64_t usec, void *userdata)
{
        return 0;
}

int call_order_new(sd_bus *bus, CallOrder **ret)
{
        g_autoptr(CallOrder) order = g_rc_box_new0(CallOrder);
        int r;

        order->bus = bus;
        order->event = sd_bus_get_event(bus);
        order->calls = fair_queue_new(MAX_BYTES_EACH, MAX_BYTES, free_waiting);
        order->watched = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_watched);
        r = sd_bus_add_filter(bus, &order->filter, on_message, order);
        if (r >= 0)
                r = sd_event_add_time(order->event, &order->watch, CLOCK_MONOTONIC, UINT64_MAX, 0,
                                on_watch, order);
        if (r >= 0)
                r = sd_event_source_set_prepare(order->watch, before_round);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&order);
        return 0;
}

CallOrder *call_order_free(CallOrder *order)
{
        if (!order)
                return NULL;
        order->bus = NULL;
        order->filter = sd_bus_slot_unref(order->filter);
        order->watch = sd_event_source_disable_unref(order->watch);
        order->turn = sd_event_source_disable_unref(order->turn);
        g_hash_table_remove_all(order->watched);
        return call_order_unref(order);
}
