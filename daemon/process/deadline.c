/* The source of the loop is made with the first setting, and then switched on and off: most
 * processes of a daemon never wait for anything. */

#include "daemon/process/deadline.h"

#include "bus/clock.h"

#define USEC_PER_SEC  UINT64_C(1000000)
#define ACCURACY_USEC UINT64_C(1000)

struct Deadline {
        sd_event *event; /* borrowed */
        sd_event_source *source;
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
        sd_event_source_disable_unref(deadline->source);
        g_free(deadline);
        return NULL;
}

bool deadline_is_set(const Deadline *deadline)
{
        return deadline->source && sd_event_source_get_enabled(deadline->source, NULL) > 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        Deadline *deadline = userdata;

        deadline->on_passed(deadline->userdata);
        return 0;
}

void deadline_set(Deadline *deadline, uint64_t at_usec)
{
        int r;

        if (!deadline->source)
                r = sd_event_add_time(deadline->event, &deadline->source, CLOCK_MONOTONIC, at_usec,
                                ACCURACY_USEC, on_time, deadline);
        else
                r = sd_event_source_set_time(deadline->source, at_usec);
        if (r >= 0)
                r = sd_event_source_set_enabled(deadline->source, SD_EVENT_ONESHOT);
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
        if (deadline->source)
                sd_event_source_set_enabled(deadline->source, SD_EVENT_OFF);
}
