/* Sandbox: what the host gives up for good once it is set up, so that whoever gets hold of it by
 * what a listener or a program has written gets little.
 *
 * No new privileges, no capabilities, no core, no process or thread of its own, no program, no
 * file and no socket but Unix ones: what it works with, it has, or gets as descriptors over the
 * bus. A file that it must not open is EPERM; an attempt to execute a program, or to look into
 * another process, ends it with SIGSYS. */
#pragma once

#include <stdbool.h>

/* Cannot be left again. What the kernel or a container does not offer is left out, with a line in
 * the log at level debug. */
void sandbox_enter(void);

/* Whether this build uses the list of system calls. The runtime of a sanitizer starts processes
 * and opens files, so a build with one does not; nor does one for another processor than x86-64 and
 * arm64. */
bool sandbox_has_filter(void);
