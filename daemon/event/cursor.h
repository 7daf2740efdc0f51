/* Cursors: how far each listener pool has come in the event log.
 *
 * A cursor is a low-water serial, all of the pool's events up to it having been dealt with, and the
 * few above it that were dealt with out of order; and how often others above it were delivered in
 * vain. The listener-host commits them; a new host goes on from there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/event/log.h"

/* More out-of-order answers than this are refused: no honest host has so many events in hand. */
#define CURSOR_ANSWERED_MAX 16384
/* Likewise for events that failed. */
#define CURSOR_ATTEMPTS_MAX 4096

typedef struct CursorAttempts {
        uint64_t serial;
        uint32_t n_failed; /* deliveries so far */
} CursorAttempts;

typedef struct Cursor {
        uint64_t begun;   /* the last event before the pool came: tells pools of one name apart */
        uint64_t serial;  /* everything up to it is done */
        GArray *answered; /* of uint64_t, ascending, all above serial */
        GArray *given_up; /* of uint64_t: those of answered that no commit has had yet */
        GArray *attempts; /* of CursorAttempts, as committed, all above serial */
        uint64_t poolserial; /* of the pool's first event above serial */
} Cursor;

/* What the listener-host says of a pool; in any order, also below the serial. */
typedef struct CursorCommit {
        uint64_t serial;
        const uint64_t *answered;
        size_t n_answered;
        uint64_t poolserial;
        const CursorAttempts *attempts;
        size_t n_attempts;
} CursorCommit;

/* At this serial, with nothing above it. */
Cursor *cursor_new(uint64_t serial);
Cursor *cursor_copy(const Cursor *cursor);
Cursor *cursor_free(Cursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cursor, cursor_free)

bool cursor_has_answered(const Cursor *cursor, uint64_t serial);
/* False, and nothing is changed, when the serial goes back, or when there are too many answered
 * serials or attempts. */
bool cursor_commit(Cursor *cursor, const CursorCommit *commit);
/* The event of this serial is a dead letter, which is as good as answered, also while commits that
 * were made before do not say so. */
void cursor_note_given_up(Cursor *cursor, uint64_t serial);
/* Goes forward to the serial, whatever is between; answers how many events that are which were not
 * answered. */
uint64_t cursor_skip(Cursor *cursor, uint64_t serial);

typedef struct Cursors Cursors;

Cursors *cursors_new(void);
Cursors *cursors_free(Cursors *cursors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cursors, cursors_free)

/* Told of each commit; one observer at most. */
void cursors_set_observer(Cursors *cursors, void (*committed)(const char *pool, void *userdata),
                void *userdata);

/* Borrowed; NULL when the pool has none. */
const Cursor *cursors_find(const Cursors *cursors, const char *pool);

/* The pool has dealt with the event of this serial, or had no need to. False for a pool without a
 * cursor. */
bool cursors_is_done(const Cursors *cursors, const char *pool, uint64_t serial);
/* Events that pass the filter are in the log which the pool has not dealt with; or so much of the
 * log is behind the cursor that there may be. False for a pool without a cursor. */
bool cursors_is_behind(const Cursors *cursors, const char *pool, const EventLog *log,
                const EventFilter *filter);

/* A pool begins: it is to get what comes after this serial. Replaces an older cursor of that name.
 */
void cursors_begin(Cursors *cursors, const char *pool, uint64_t serial);
/* Likewise, but it goes on from a cursor that it had once. */
void cursors_resume(Cursors *cursors, const char *pool, uint64_t begun, const Cursor *from);
/* The pool is gone. */
void cursors_end(Cursors *cursors, const char *pool);
/* See cursor_commit(); false also when the pool has no cursor. */
bool cursors_commit(Cursors *cursors, const char *pool, const CursorCommit *commit);
/* See cursor_note_given_up(). */
void cursors_note_given_up(Cursors *cursors, const char *pool, uint64_t serial);
