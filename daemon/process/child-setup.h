/* Child setup: all that a new process does between its birth and the program it is to run.
 *
 * A plain description, worked out beforehand by the parent. The child side runs on the parent's
 * memory (as after vfork), so it only makes system calls. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Descriptors that a child can have besides the first three. */
#define CHILD_EXTRA_MAX 64

typedef struct ChildSetup {
        const char *file;
        char *const *fallbacks; /* tried in order when this user may not execute what comes before;
                                   NULL = none */
        char *const *arguments;
        char *const *environment;
        int descriptors[3];           /* become 0, 1 and 2; -1 = /dev/null */
        const int *extra_descriptors; /* become 3 and on */
        size_t n_extra_descriptors;   /* CHILD_EXTRA_MAX at most */
        char *pid_text;          /* room for a pid in decimal, filled in by the child; or NULL */
        bool new_session;        /* setsid; else a process group of its own */
        int parent_death_signal; /* 0 = none; the kernel forgets it when a set-user-id program or
                                    one with capabilities is executed */
        bool change_user;
        uid_t uid;
        gid_t gid;
        const gid_t *groups;
        size_t n_groups;
        const char *directory;                 /* NULL = inherit */
        int umask;                             /* -1 = inherit */
        const struct rlimit *descriptor_limit; /* RLIMIT_NOFILE; NULL = inherit */
        const sigset_t *signal_mask;           /* to run the program with */
        uint64_t default_signals; /* 1 << (number - 1) for those whose action is the default one
                                     already; all others are reset, each at the cost of a call */
} ChildSetup;

/* The signals whose action is the default one now, as in default_signals. */
uint64_t child_setup_find_default_signals(void);

/* Where it failed. */
typedef enum ChildStep {
        CHILD_STEP_NONE,
        CHILD_STEP_SESSION,
        CHILD_STEP_DESCRIPTORS,
        CHILD_STEP_LIMITS,
        CHILD_STEP_USER,
        CHILD_STEP_DEATH_SIGNAL,
        CHILD_STEP_DIRECTORY,
        CHILD_STEP_EXEC,
} ChildStep;

typedef struct ChildFailure {
        ChildStep step;
        int error; /* errno */
} ChildFailure;

/* For functions that run in the child: the sanitizers keep state for each stack, which the child,
 * on another stack in the same memory, would leave in disorder. */
#define CHILD_SIDE __attribute__((no_sanitize("address", "undefined")))

/* Never returns: executes the program, or fills in *failure and exits with 127. To be called with
 * all signals blocked. parent: who made this process. */
_Noreturn void child_setup_run(const ChildSetup *setup, pid_t parent, ChildFailure *failure);

/* "couldn't exec /bin/x: EACCES" and the like, in Supervisor's words, with a hint where the
 * kernel's reason says little. Caller frees with g_free. */
char *child_failure_to_string(const ChildFailure *failure, const ChildSetup *setup);
