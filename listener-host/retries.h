/* Retries: dead letters that somebody wants to be tried again: from the daemon into the queue, a
 * few at a time, and word back when one was accepted.
 *
 * The daemon keeps a letter until then, so a crash of the host loses none. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "listener-host/call.h"
#include "listener-host/queue.h"

typedef struct Retries Retries;

typedef struct RetriesObserver {
        /* There are letters in the queue that were not there. */
        void (*arrived)(void *userdata);
        /* A call to the daemon went wrong; to be followed by retries_reset(). */
        void (*failed)(const char *what, const char *why, void *userdata);
} RetriesObserver;

/* peer, path (of the pool's object) and queue are borrowed. */
Retries *retries_new(const Peer *peer, const char *path, Queue *queue,
                const RetriesObserver *observer, void *userdata);
Retries *retries_free(Retries *retries);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Retries, retries_free)

/* There are more to be tried again than before. */
void retries_pending(Retries *retries);
/* Asks for those that the queue has room for, if there are any. */
void retries_fetch(Retries *retries);
/* This one was accepted. */
void retries_settle(Retries *retries, uint64_t serial);
/* The peer has come or gone. */
void retries_reset(Retries *retries);
