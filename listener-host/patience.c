/* Those that make a listener useless come with what would help. */

#include "listener-host/patience.h"

#include <stddef.h>

#define SECOND UINT64_C(1000000)

static const struct {
        uint64_t after_usec;
        const char *text;
} rows[_NUISANCE_MAX] = {
        [NUISANCE_NOT_READY] = { 60 * SECOND,
                        "has not said READY for a minute, and gets no event until it does; does it "
                        "flush its output?" },
        [NUISANCE_UNREAD] = { 5 * SECOND,
                        "answers without reading its events, and gets no more until it has read "
                        "what it has" },
        [NUISANCE_STDIN_CLOSED] = { 5 * SECOND,
                        "has closed its stdin, and gets no event until it is restarted" },
        [NUISANCE_STDOUT_CLOSED] = { 5 * SECOND,
                        "has closed its stdout, and gets no event until it is restarted" },
};

void patience_begin(Patience *patience, Nuisance what, uint64_t now_usec)
{
        if (patience->of[what].lasts)
                return;
        patience->of[what].lasts = true;
        patience->of[what].is_told = false;
        patience->of[what].due_usec = now_usec + rows[what].after_usec;
}

void patience_end(Patience *patience, Nuisance what)
{
        patience->of[what].lasts = false;
}

static bool is_open(const Patience *patience, int what)
{
        return patience->of[what].lasts && !patience->of[what].is_told;
}

uint64_t patience_next_due(const Patience *patience)
{
        uint64_t due = PATIENCE_NEVER;

        for (int what = 0; what < _NUISANCE_MAX; what++)
                if (is_open(patience, what) && patience->of[what].due_usec < due)
                        due = patience->of[what].due_usec;
        return due;
}

const char *patience_take(Patience *patience, uint64_t now_usec)
{
        for (int what = 0; what < _NUISANCE_MAX; what++) {
                if (!is_open(patience, what) || patience->of[what].due_usec > now_usec)
                        continue;
                patience->of[what].is_told = true;
                return rows[what].text;
        }
        return NULL;
}
