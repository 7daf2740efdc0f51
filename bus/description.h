/* Description: the text that people see beside a process in a status list.
 *
 * Word for word that of Supervisor's XML-RPC (getProcessInfo, field "description"). */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "bus/state.h"

/* Times in microseconds of CLOCK_REALTIME, 0 = never; spawn_error may be NULL or "". The stop time
 * is shown as local time in English. Caller frees with g_free; "" for states without a text. */
char *process_description(const char *name, ProcessState state, pid_t pid, uint64_t start_usec,
                uint64_t stop_usec, uint64_t now_usec, const char *spawn_error);
