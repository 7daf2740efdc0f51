/* Deadline: the one moment that somebody waits for, on CLOCK_MONOTONIC; may be set again and again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/process/turns.h"

typedef struct Deadline Deadline;

/* From the loop, in its turn, once each time it was set. */
typedef void (*DeadlinePassed)(void *userdata);

/* turns is borrowed. Costs next to nothing as long as it has never been set. */
Deadline *deadline_new(Turns *turns, DeadlinePassed on_passed, void *userdata);
Deadline *deadline_free(Deadline *deadline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Deadline, deadline_free)

bool deadline_is_set(const Deadline *deadline);
void deadline_set(Deadline *deadline, uint64_t at_usec);
/* A number of seconds from a configuration, which may be negative or absurd, from now on. */
void deadline_set_seconds(Deadline *deadline, int64_t seconds);
void deadline_cancel(Deadline *deadline);
