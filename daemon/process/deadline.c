/* The sources of the loop are made with the first setting, and then switched on and off: most
 * processes of a daemon never wait for anything. A time that has come needs no timer, which would
 * cost two more system calls. */

#include "daemon/process/deadline.h"

#include "bus/clock.h"

#define USEC_PER_SEC  UINT64_C(1000000)
#define ACCURACY_USEC UINT64_C(1000)

struct Deadline {
        sd_event *event; /* borrowed */
        sd_event_source *timer, *at_once;
        DeadlinePassed on_passed;
        void *userdata;
};

Deadline *deadline_new(sd_event *event, DeadlinePassed on_passed, void *userdata)
{
        Deadline *deadline = g_new0(Deadline, 1);

        deadline->event = event;
        deadline->on_passed = on_passed;
        deadline->userdata = userdata;
        return deadline;
}

Deadline *deadline_free(Deadline *deadline)
{
        if (!deadline)
                return NULL;
        sd_event_source_disable_unref(deadline->timer);
        sd_event_source_disable_unref(deadline->at_once);
        g_free(deadline);
        return NULL;
}

static bool is_on(sd_event_source *source)
{
        return source && sd_event_source_get_enabled(source, NULL) > 0;
}

bool deadline_is_set(const Deadline *deadline)
{
        return is_on(deadline->timer) || is_on(deadline->at_once);
}

static int on_defer(sd_event_source *source, void *userdata)
{
        Deadline *deadline = userdata;

        deadline->on_passed(deadline->userdata);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        return on_defer(source, userdata);
}

static int set_at_once(Deadline *deadline)
{
        if (!deadline->at_once)
                return sd_event_add_defer(deadline->event, &deadline->at_once, on_defer, deadline);
        return sd_event_source_set_enabled(deadline->at_once, SD_EVENT_ONESHOT);
}

static int set_timer(Deadline *deadline, uint64_t at_usec)
{
        int r;

        if (!deadline->timer)
                return sd_event_add_time(deadline->event, &deadline->timer, CLOCK_MONOTONIC,
                                at_usec, ACCURACY_USEC, on_time, deadline);
        r = sd_event_source_set_time(deadline->timer, at_usec);
        return r < 0 ? r : sd_event_source_set_enabled(deadline->timer, SD_EVENT_ONESHOT);
}

void deadline_set(Deadline *deadline, uint64_t at_usec)
{
        int r;

        deadline_cancel(deadline);
        if (at_usec <= clock_now_usec(CLOCK_MONOTONIC))
                r = set_at_once(deadline);
        else
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

static void switch_off(sd_event_source *source)
{
        if (source)
                sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

void deadline_cancel(Deadline *deadline)
{
        switch_off(deadline->timer);
        switch_off(deadline->at_once);
}
