/* Dead letters: events that a listener pool has given up, kept to be looked at and to be tried
 * again.
 *
 * Each has a copy of the event, since the event log forgets it one day. Of each pool so many
 * letters and bytes are kept; then those with the lowest serials go, with a warning. A letter that
 * is being tried again stays until it is dropped, so nothing is lost when that comes to nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

#define DEAD_LETTERS_MAX       1000
#define DEAD_LETTERS_MAX_BYTES (16 * 1024 * 1024)

typedef struct DeadLetter {
        Event *event;
        uint64_t poolserial;
        unsigned n_attempts;    /* all that failed */
        uint64_t realtime_usec; /* when it was given up, for the last time */
        char *process;          /* the listener of the last attempt */
        char *reason;           /* why that one failed, for people */
        bool is_retried;        /* it is being tried again */
} DeadLetter;

/* Takes a reference of its own; strings are copied. It is not being tried again. */
DeadLetter *dead_letter_new(const Event *event, uint64_t poolserial, unsigned n_attempts,
                const char *process, const char *reason);
DeadLetter *dead_letter_copy(const DeadLetter *letter);
DeadLetter *dead_letter_free(DeadLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeadLetter, dead_letter_free)

typedef struct DeadLetters DeadLetters;

DeadLetters *dead_letters_new(size_t max_letters, size_t max_bytes);
DeadLetters *dead_letters_free(DeadLetters *letters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeadLetters, dead_letters_free)

/* Told of each change that is not in memory alone; what it is told of may be gone afterwards. */
typedef struct DeadLettersObserver {
        void (*added)(const char *pool, const DeadLetter *letter, void *userdata);
        void (*retried)(const char *pool, uint64_t serial, void *userdata);
        void (*dropped)(const char *pool, uint64_t serial, void *userdata);
} DeadLettersObserver;

/* One at most, borrowed. */
void dead_letters_set_observer(
                DeadLetters *letters, const DeadLettersObserver *observer, void *userdata);

unsigned dead_letters_count(const DeadLetters *letters, const char *pool);
/* By position, in the order of the serials; NULL after the last. Borrowed until the next change. */
const DeadLetter *dead_letters_at(const DeadLetters *letters, const char *pool, unsigned position);
/* NULL when there is none of that serial. */
const DeadLetter *dead_letters_find(const DeadLetters *letters, const char *pool, uint64_t serial);

/* Takes it over; one of the same serial is replaced. */
void dead_letters_add(DeadLetters *letters, const char *pool, DeadLetter *letter);
/* It is to be tried again. False when there is none of that serial, or it is already. */
bool dead_letters_retry(DeadLetters *letters, const char *pool, uint64_t serial);
/* False when there is none of that serial. */
bool dead_letters_drop(DeadLetters *letters, const char *pool, uint64_t serial);

/* Of one pool, in memory alone: takes over a letter that is kept elsewhere already, and forgets
 * all of them. */
void dead_letters_recall(DeadLetters *letters, const char *pool, DeadLetter *letter);
void dead_letters_forget(DeadLetters *letters, const char *pool);
