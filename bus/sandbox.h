/* Sandbox: what a host gives up for good once it is set up, so that whoever gets hold of it by what
 * a program, a listener or a client has written gets little.
 *
 * No new privileges, no capabilities, no core, no process or thread of its own, no program, no
 * file and no new socket but Unix ones: what it works with, it has, or gets as descriptors. A file
 * that it must not open is EPERM; an attempt to execute a program, or to look into another process,
 * ends it with SIGSYS. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <seccomp.h>

/* A system call that is allowed. */
typedef struct SandboxRule {
        int number;
        unsigned n_conditions;
        struct scmp_arg_cmp condition;
} SandboxRule;

#define SANDBOX_ALLOW(call)                                                                        \
        {                                                                                          \
                SCMP_SYS(call), 0,                                                                 \
                {                                                                                  \
                        0                                                                          \
                }                                                                                  \
        }
/* Only with this value of the argument of that number. */
#define SANDBOX_ALLOW_WHERE(call, argument, value)                                                 \
        {                                                                                          \
                SCMP_SYS(call), 1,                                                                 \
                {                                                                                  \
                        (argument), SCMP_CMP_EQ, (value), 0                                        \
                }                                                                                  \
        }
/* Only where these bits of it are not set. */
#define SANDBOX_ALLOW_WITHOUT(call, argument, bits)                                                \
        {                                                                                          \
                SCMP_SYS(call), 1,                                                                 \
                {                                                                                  \
                        (argument), SCMP_CMP_MASKED_EQ, (bits), 0                                  \
                }                                                                                  \
        }

/* Cannot be left again. own: what this host needs besides a loop and a connection to the bus. What
 * the kernel or a container does not offer is left out, with a line in the log at level debug. */
void sandbox_enter(const SandboxRule *own, size_t n_own);

/* Whether this build uses the list of system calls. The runtime of a sanitizer starts processes
 * and opens files, so a build with one does not; nor does one for another processor than x86-64 and
 * arm64. */
bool sandbox_has_filter(void);
