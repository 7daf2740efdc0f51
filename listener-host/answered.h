/* Answered: serials of events of a pool that are dealt with while an older one is not. So many are
 * remembered at most. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct Answered Answered;

/* Begins with these, in any order. */
Answered *answered_new(size_t max, const uint64_t *serials, size_t n_serials);
Answered *answered_free(Answered *answered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answered, answered_free)

bool answered_has(const Answered *answered, uint64_t serial);
bool answered_is_full(const Answered *answered);
/* All of them, ascending; borrowed until the next change. */
const uint64_t *answered_list(const Answered *answered, size_t *ret_n);

/* Not when it is full. */
void answered_note(Answered *answered, uint64_t serial);
/* Everything below this serial is dealt with. */
void answered_forget_below(Answered *answered, uint64_t serial);
