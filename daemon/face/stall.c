/* What was sent lies in the queue of sd-bus first, and then in the socket until the other end has
 * read it: the first is counted in messages, the second the kernel tells in bytes. A socket takes
 * some hundred kilobytes, more than a stalled connection may ever be sent, so the queue alone tells
 * nothing.
 *
 * Both are looked at in each round of the loop, and can still look as if nothing moved when they
 * are filled as fast as they are emptied. Then the answer to a call shows that they do. */

#include "daemon/face/stall.h"

#include <linux/sockios.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#include "bus/cleanup.h"

typedef struct UnderWay {
        uint64_t messages; /* in the queue */
        int bytes;         /* in the socket */
} UnderWay;

struct Stall {
        sd_bus *bus;            /* borrowed */
        sd_event_source *timer; /* for ever far away while nothing is under way */
        uint64_t interval_usec;
        bool watching;
        UnderWay before;  /* as it was last looked at */
        bool moved;       /* since the timer came */
        unsigned n_still; /* intervals in which nothing has moved */
        sd_bus_slot *question;
        void (*on_stalled)(void *userdata);
        void *userdata;
};

static UnderWay look(sd_bus *bus)
{
        UnderWay now = { 0 };

        (void)sd_bus_get_n_queued_write(bus, &now.messages);
        (void)ioctl(sd_bus_get_fd(bus), SIOCOUTQ, &now.bytes);
        return now;
}

static bool is_nothing(const UnderWay *what)
{
        return what->messages == 0 && what->bytes == 0;
}

static int look_later(Stall *stall)
{
        return sd_event_source_set_time_relative(stall->timer, stall->interval_usec);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Stall *stall = userdata;

        stall->question = sd_bus_slot_unref(stall->question);
        stall->n_still = 0;
        return 0;
}

/* Where even this cannot be sent, what moves is the only sign. */
static void ask(Stall *stall)
{
        if (!stall->question)
                (void)sd_bus_call_method_async(stall->bus, &stall->question, "org.freedesktop.DBus",
                                "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer", "Ping",
                                on_answer, stall, NULL);
}

static void note(Stall *stall, const UnderWay *now)
{
        if (now->messages < stall->before.messages || now->bytes < stall->before.bytes)
                stall->moved = true;
        stall->before = *now;
}

static void count(Stall *stall)
{
        stall->n_still = stall->moved ? 0 : stall->n_still + 1;
        if (!stall->moved)
                ask(stall);
        stall->moved = false;
        stall->before = look(stall->bus);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Stall *stall = userdata;
        UnderWay now = look(stall->bus);

        if (is_nothing(&now)) {
                stall->watching = false;
                return sd_event_source_set_time(source, UINT64_MAX);
        }
        note(stall, &now);
        count(stall);
        if (stall->n_still < STALL_INTERVALS)
                return look_later(stall);
        stall->on_stalled(stall->userdata);
        return 0;
}

static int before_round(sd_event_source *source, void *userdata)
{
        Stall *stall = userdata;
        UnderWay now = look(stall->bus);

        note(stall, &now);
        if (stall->watching || is_nothing(&now))
                return 0;
        stall->watching = true;
        stall->moved = false;
        stall->n_still = 0;
        return look_later(stall);
}

int stall_new(sd_bus *bus, uint64_t interval_usec, void (*on_stalled)(void *userdata),
                void *userdata, Stall **ret)
{
        g_autoptr(Stall) stall = g_new0(Stall, 1);
        int r;

        stall->bus = bus;
        stall->interval_usec = interval_usec;
        stall->on_stalled = on_stalled;
        stall->userdata = userdata;
        r = sd_event_add_time(sd_bus_get_event(bus), &stall->timer, CLOCK_MONOTONIC, UINT64_MAX,
                        interval_usec / 4, on_timer, stall);
        if (r >= 0)
                r = sd_event_source_set_enabled(stall->timer, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_source_set_prepare(stall->timer, before_round);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&stall);
        return 0;
}

Stall *stall_free(Stall *stall)
{
        if (!stall)
                return NULL;
        sd_event_source_disable_unref(stall->timer);
        sd_bus_slot_unref(stall->question);
        g_free(stall);
        return NULL;
}
