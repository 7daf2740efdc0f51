/* The timer is made with the first setting, and then switched on and off: most processes of a
 * daemon never wait for anything. A time that has come needs none, which would cost two more system
 * calls. */

#include "daemon/process/deadline.h"

#include "bus/clock.h"

#define USEC_PER_SEC  UINT64_C(1000000)
#define ACCURACY_USEC UINT64_C(1000)

struct Deadline {
        Turns *turns; /* borrowed */
        Turn turn;
        sd_event_source *timer;
};

Deadline *deadline_new(Turns *turns, DeadlinePassed on_passed, void *userdata)
{
        Deadline *deadline = g_new0(Deadline, 1);

        deadline->turns = turns;
        turn_init(&deadline->turn, on_passed, userdata);
        return deadline;
}

Deadline *deadline_free(Deadline *deadline)
{
        if (!deadline)
                return NULL;
        turns_remove(deadline->turns, &deadline->turn);
        sd_event_source_disable_unref(deadline->timer);
        g_free(deadline);
        return NULL;
}

bool deadline_is_set(const Deadline *deadline)
{
        return deadline->turn.waits ||
               (deadline->timer && sd_event_source_get_enabled(deadline->timer, NULL) > 0);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        Deadline *deadline = userdata;

        turns_add(deadline->turns, &deadline->turn);
        return 0;
}

static int set_timer(Deadline *deadline, uint64_t at_usec)
{
        int r;

        if (!deadline->timer)
                return sd_event_add_time(turns_event(deadline->turns), &deadline->timer,
                                CLOCK_MONOTONIC, at_usec, ACCURACY_USEC, on_time, deadline);
        r = sd_event_source_set_time(deadline->timer, at_usec);
        return r < 0 ? r : sd_event_source_set_enabled(deadline->timer, SD_EVENT_ONESHOT);
}

void deadline_set(Deadline *deadline, uint64_t at_usec)
{
        int r;

        deadline_cancel(deadline);
        if (at_usec <= clock_now_usec(CLOCK_MONOTONIC)) {
                turns_add(deadline->turns, &deadline->turn);
                return;
        }
        r = set_timer(deadline, at_usec);
        /* Nothing of this can fail but for want of memory, where GLib would not let us live either.
         */
        g_assert(r >= 0);
}

void deadline_set_seconds(Deadline *deadline, int64_t seconds)
{
        deadline_set(deadline,
                        clock_now_usec(CLOCK_MONOTONIC) +
                                        (uint64_t)CLAMP(seconds, 0, INT32_MAX) * USEC_PER_SEC);
}

void deadline_cancel(Deadline *deadline)
{
        turns_remove(deadline->turns, &deadline->turn);
        if (deadline->timer)
                (void)sd_event_source_set_enabled(deadline->timer, SD_EVENT_OFF);
}
