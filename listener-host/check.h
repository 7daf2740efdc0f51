/* Check: runs a listener by itself and holds a conversation with it that tests whether it keeps to
 * the protocol. The mode of the listener-host for those who write listeners. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "bus/event.h"
#include "listener-host/payload.h"

typedef struct CheckOptions {
        char **command;        /* with its arguments; NULL-terminated */
        const char *replay;    /* the file of events, "-" for stdin; NULL = those of check-events */
        EventTypeSet types;    /* only these */
        uint64_t timeout_usec; /* for each word of the listener */
        PayloadStyle style;
        bool relays;  /* its results are lines to be printed */
        bool strict;  /* stop where Supervisor would */
        bool verbose; /* tell of each event */
        bool json;
} CheckOptions;

/* Prints the report to stdout. The loop must end with the program's signals; SIGPIPE must be
 * ignored. Answers the exit status, see check-report.h. */
int check_run(sd_event *loop, const CheckOptions *options);
