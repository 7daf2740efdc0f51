/* A timer that fires too early sets itself again: it is not worth being moved for each event. */

#include "listener-host/patience-timer.h"

#include <time.h>

#include "bus/host-log.h"

#define ACCURACY_USEC UINT64_C(500000)

struct PatienceTimer {
        sd_event *loop;          /* borrowed */
        const char *name;        /* borrowed */
        sd_event_source *source; /* NULL = nothing has lasted so far */
        Patience patience;
};

static int on_time(sd_event_source *source, uint64_t usec, void *userdata);

static void set_source(PatienceTimer *timer)
{
        uint64_t due = patience_next_due(&timer->patience), set = PATIENCE_NEVER;

        if (due == PATIENCE_NEVER)
                return;
        if (!timer->source) {
                (void)sd_event_add_time(timer->loop, &timer->source, CLOCK_MONOTONIC, due,
                                ACCURACY_USEC, on_time, timer);
                return;
        }
        if (sd_event_source_get_enabled(timer->source, NULL) > 0)
                (void)sd_event_source_get_time(timer->source, &set);
        if (set <= due)
                return;
        (void)sd_event_source_set_time(timer->source, due);
        (void)sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        PatienceTimer *timer = userdata;
        const char *text;

        while ((text = patience_take(&timer->patience, usec)))
                log_warn("%s: %s", timer->name, text);
        set_source(timer);
        return 0;
}

void patience_timer_note(PatienceTimer *timer, Nuisance what, bool lasts)
{
        uint64_t now = 0;

        if (!lasts) {
                patience_end(&timer->patience, what);
                return;
        }
        (void)sd_event_now(timer->loop, CLOCK_MONOTONIC, &now);
        patience_begin(&timer->patience, what, now);
        set_source(timer);
}

PatienceTimer *patience_timer_new(sd_event *loop, const char *name)
{
        PatienceTimer *timer = g_new0(PatienceTimer, 1);

        timer->loop = loop;
        timer->name = name;
        return timer;
}

PatienceTimer *patience_timer_free(PatienceTimer *timer)
{
        if (!timer)
                return NULL;
        sd_event_source_disable_unref(timer->source);
        g_free(timer);
        return NULL;
}
