/* Attempts: how often events of a pool were delivered in vain, for those that were. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct Attempts Attempts;

typedef struct Attempt {
        uint64_t serial;
        uint32_t n_failed;
} Attempt;

Attempts *attempts_new(void);
Attempts *attempts_free(Attempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attempts, attempts_free)

/* 0 for an event that nothing is known of. */
uint32_t attempts_find(const Attempts *attempts, uint64_t serial);
/* All of them by serial; borrowed until the next change. */
const Attempt *attempts_list(const Attempts *attempts, size_t *ret_n);

/* Replaces what was known of the event. */
void attempts_note(Attempts *attempts, uint64_t serial, uint32_t n_failed);
void attempts_forget(Attempts *attempts, uint64_t serial);
/* Events below this serial are past. */
void attempts_forget_below(Attempts *attempts, uint64_t serial);
