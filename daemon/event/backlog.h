/* Backlog: which events of the log somebody is still to be given.
 *
 * Filled as events happen and emptied as a cursor moves, so that it can be told at any time how
 * many there are and which is the oldest without going through the log. Takes one bit for each
 * serial between the cursor and the end of the log. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct Backlog Backlog;

Backlog *backlog_new(void);
Backlog *backlog_free(Backlog *backlog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Backlog, backlog_free)

/* Without those in except, which are ascending and each there once. */
uint64_t backlog_count(const Backlog *backlog, const uint64_t *except, size_t n_except);
/* The oldest of those; 0 when there is none. */
uint64_t backlog_first(const Backlog *backlog, const uint64_t *except, size_t n_except);

/* Serials come in ascending order. */
void backlog_add(Backlog *backlog, uint64_t serial);
/* Those up to this serial are dealt with, or gone. */
void backlog_forget_up_to(Backlog *backlog, uint64_t serial);
