/* Fair queue: what callers want done, one thing after the other, and whose turn it is.
 *
 * Next is who has taken the least time since there was nothing to do at all; what one caller wants
 * stays in its order. Whoever comes anew begins where the others are, and has saved nothing up.
 * Knows no loop, no bus and no clock. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct FairQueue FairQueue;

/* At most so many bytes of a caller and of all of them wait; the last one may go beyond that,
 * however large it is. free_item is for what still waits at the end. */
FairQueue *fair_queue_new(size_t max_bytes_each, size_t max_bytes, GDestroyNotify free_item);
FairQueue *fair_queue_free(FairQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FairQueue, fair_queue_free)

bool fair_queue_is_empty(const FairQueue *queue);
/* What waits of this caller. */
size_t fair_queue_bytes(const FairQueue *queue, const char *caller);
bool fair_queue_has_room(const FairQueue *queue, const char *caller);

/* Takes the item over. */
void fair_queue_push(FairQueue *queue, const char *caller, void *item, size_t bytes);
/* The caller's again; NULL when it is empty. How long it took is to be said before the next one. */
void *fair_queue_pop(FairQueue *queue);
void fair_queue_charge(FairQueue *queue, uint64_t usec);
/* Frees all that waits of this caller. */
void fair_queue_drop(FairQueue *queue, const char *caller);
