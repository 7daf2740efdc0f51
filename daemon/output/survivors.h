/* Survivors: the captures of programs that have ended, as long as their pipes have other writers or
 * their outlets have not taken everything.
 *
 * So what a program leaves running can go on writing to its log, and what a slow place had not
 * taken at a program's end is not lost. Of one channel of a process only some are kept; the oldest
 * make room. */
#pragma once

#include <glib.h>

#include "daemon/output/capture.h"

typedef struct Survivors Survivors;

Survivors *survivors_new(void);
/* With all of them. */
Survivors *survivors_free(Survivors *survivors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Survivors, survivors_free)

/* The program has ended: reads what is there, and keeps the capture if that is not all there will
 * be; else frees it. */
void survivors_take(Survivors *survivors, Capture *capture);
/* How many there are. */
guint survivors_count(const Survivors *survivors);
