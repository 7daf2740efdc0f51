/* Remains: the members of a process group whose leader has ended, until the last of them has.
 *
 * A group is known by the number of its leader. The kernel gives a number to no new process while a
 * group of that number has members; once it is empty, the number may be anybody's. So a group of
 * ours has ended, too, when a process of its number exists again, and nothing is sent to it then.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/process/orphans.h"

/* Has the group of a leader that was reaped any members left? The dead that their own parents have
 * not reaped yet count. */
bool remains_exist(pid_t group);

typedef struct Remains Remains;

/* From the loop, when the last one was reaped, unless its parent lives and does that: see
 * remains_live(). The remains may be freed in it. */
typedef void (*RemainsGone)(void *userdata);

/* orphans is borrowed. The group must exist. */
Remains *remains_new(Orphans *orphans, pid_t group, RemainsGone on_gone, void *userdata);
Remains *remains_free(Remains *remains);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Remains, remains_free)

pid_t remains_group(const Remains *remains);
/* Is anybody in it who is not dead? A look at all processes of the machine. */
bool remains_live(const Remains *remains);
/* "17 (sh), 18 (sleep)". Likewise. Caller frees with g_free. */
char *remains_to_string(const Remains *remains);
/* SIGKILL to all of them. Negative errno. */
int remains_kill(const Remains *remains);
