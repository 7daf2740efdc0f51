/* Leftovers: tells, in the main log, which processes a program has left behind in its process group
 * when it ended.
 *
 * Soon after, not at once: whatever is about to end with its leader may do so, and many ends cost
 * one look at the processes of the machine. */
#pragma once

#include <sys/types.h>

#include <glib.h>

#include "daemon/process/turns.h"

typedef struct Leftovers Leftovers;

/* turns is borrowed. */
Leftovers *leftovers_new(Turns *turns);
Leftovers *leftovers_free(Leftovers *leftovers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Leftovers, leftovers_free)

/* The program of this name has ended, and remains_exist() of its group. */
void leftovers_note(Leftovers *leftovers, const char *name, pid_t group);
