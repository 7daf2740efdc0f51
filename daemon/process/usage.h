/* Usage: what a process takes of the machine at the moment: itself with its threads, not what it
 * has started. A system call or two for each answer, and nothing is kept. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Where there is no such process, or nobody can tell. */
#define USAGE_UNKNOWN UINT64_MAX

/* Time on processors since it was executed, in nanoseconds. A pid of 0 is no process. */
uint64_t usage_cpu_nsec(pid_t pid);
/* Bytes of memory that are in use (resident), those included that it shares with others. */
uint64_t usage_memory_bytes(pid_t pid);
