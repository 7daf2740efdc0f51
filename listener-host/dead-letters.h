/* Dead letters: events that the pool has given up, on their way to the daemon, which keeps them.
 *
 * Each is told until the daemon has it, over any number of lost connections; until then its item
 * stays in the queue, so that the cursor does not pass it. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "listener-host/call.h"
#include "listener-host/queue.h"

typedef struct DeadLetters DeadLetters;

typedef struct DeadLettersObserver {
        /* The daemon has it: the item is to be finished. */
        void (*taken)(QueueItem *item, void *userdata);
        /* The daemon did not answer, or not now; to be followed by dead_letters_reset(). */
        void (*failed)(const char *why, void *userdata);
} DeadLettersObserver;

/* peer and path (of the pool's object) are borrowed. */
DeadLetters *dead_letters_new(const Peer *peer, const char *path,
                const DeadLettersObserver *observer, void *userdata);
DeadLetters *dead_letters_free(DeadLetters *letters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeadLetters, dead_letters_free)

/* item is borrowed until it was taken. n_attempts: all of them; process and reason (for people): of
 * the last. */
void dead_letters_add(DeadLetters *letters, QueueItem *item, unsigned n_attempts,
                const char *process, const char *reason);
/* The peer has come or gone. */
void dead_letters_reset(DeadLetters *letters);
