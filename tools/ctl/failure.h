/* Failure: why a command could not do its work, and the exit status that tells a script so.
 *
 * The numbers are those of Supervisor's supervisorctl, which took them from two tables of the LSB:
 * one for `status`, one for everything else. 3 and 4 therefore mean two things each. */
#pragma once

#include <glib.h>

typedef enum ExitStatus {
        EXIT_STATUS_FINE = 0,
        EXIT_STATUS_GENERIC = 1,
        EXIT_STATUS_INVALID_ARGUMENTS = 2,
        EXIT_STATUS_SOME_STOPPED = 3, /* status: a listed process is stopped */
        EXIT_STATUS_UNREACHABLE = 4,  /* no daemon; status: unknown name */
        EXIT_STATUS_NOT_RUNNING = 7,  /* a process did not start, is not running, has no pid */
        EXIT_STATUS_TIMED_OUT =
                        124, /* --timeout is over; not one of Supervisor's, but timeout(1)'s */
} ExitStatus;

/* The domain of all GErrors of busvisorctl; their messages are whole lines for people. */
#define FAILURE (failure_quark())

typedef enum Failure {
        FAILURE_USAGE,        /* what the caller typed cannot be meant */
        FAILURE_UNREACHABLE,  /* there is no daemon to talk to */
        FAILURE_LOST,         /* the connection broke before the answer came */
        FAILURE_REFUSED,      /* the daemon or the bus does not allow it */
        FAILURE_CLOSING,      /* the daemon is shutting down */
        FAILURE_NO_SUCH_NAME, /* neither a process nor a group, whichever it had to be */
        FAILURE_ALREADY_ADDED,
        FAILURE_STILL_RUNNING,
        FAILURE_NO_FILE,
        FAILURE_NOT_RUNNING,
        FAILURE_FAILED,            /* the daemon tried and could not */
        FAILURE_BAD_SIGNAL,        /* the daemon knows no such signal */
        FAILURE_BAD_CONFIGURATION, /* the message is only what is wrong where in the file */
        FAILURE_STALE,             /* the plan does not fit any more */
        FAILURE_TIMED_OUT,         /* by --timeout */
        FAILURE_OTHER,
        _FAILURE_MAX,
} Failure;

GQuark failure_quark(void);

/* For errors of this domain only. */
ExitStatus failure_exit_status(const GError *error);
