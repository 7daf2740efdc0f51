/* 60 and 3600 are multiples of 5, so one timer on the wall clock's five-second marks serves all.
 * The kernel keeps such a timer right when the clock is set; a slice is reported whenever it
 * differs from the last one. */

#include "daemon/event/tick.h"

#include <time.h>

#define USEC_PER_SEC  UINT64_C(1000000)
#define ACCURACY_USEC UINT64_C(1000)

static const unsigned periods[] = { 5, 60, 3600 };

struct Ticker {
        EventLog *log; /* borrowed */
        sd_event_source *timer;
        uint64_t slices[G_N_ELEMENTS(periods)];
};

uint64_t tick_slice(uint64_t seconds, unsigned period_seconds)
{
        return seconds - seconds % period_seconds;
}

static uint64_t next_mark(uint64_t seconds)
{
        return (tick_slice(seconds, periods[0]) + periods[0]) * USEC_PER_SEC;
}

/* Not time(2): its coarse clock may still be before the mark that the timer was set for. */
static uint64_t now_seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec;
}

/* With a NULL log only takes note of them. */
static void note_slices(Ticker *ticker, EventLog *log, uint64_t seconds)
{
        for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
                uint64_t slice = tick_slice(seconds, periods[i]);

                if (log && slice != ticker->slices[i])
                        event_log_append(log, event_new_tick(periods[i], slice));
                ticker->slices[i] = slice;
        }
}

void ticker_note(Ticker *ticker, uint64_t seconds)
{
        note_slices(ticker, ticker->log, seconds);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Ticker *ticker = userdata;
        uint64_t seconds = now_seconds();
        int r;

        ticker_note(ticker, seconds);
        r = sd_event_source_set_time(source, next_mark(seconds));
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int ticker_new(sd_event *event, EventLog *log, Ticker **ret)
{
        g_autoptr(Ticker) ticker = g_new0(Ticker, 1);
        uint64_t seconds = now_seconds();
        int r;

        ticker->log = log;
        note_slices(ticker, NULL, seconds);
        r = sd_event_add_time(event, &ticker->timer, CLOCK_REALTIME, next_mark(seconds),
                        ACCURACY_USEC, on_timer, ticker);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&ticker);
        return 0;
}

Ticker *ticker_free(Ticker *ticker)
{
        if (!ticker)
                return NULL;
        sd_event_source_disable_unref(ticker->timer);
        g_free(ticker);
        return NULL;
}
