/* Log tail: the end of a log, and on request all that comes after it, on stdout. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tools/ctl/command.h"
#include "tools/ctl/log-access.h"

typedef struct LogTail {
        bool follow;
        uint64_t bytes; /* 0 = all of it */
} LogTail;

#define LOG_TAIL_DEFAULT ((LogTail){ .bytes = 1600 })

/* Reads "-f" or "-N". */
bool log_tail_parse(const char *word, LogTail *ret_tail);

/* name is for errors. */
ExitStatus log_tail_run(const Context *context, const LogTail *tail, const LogSource *source,
                const char *name);
/* The error, of the FAILURE domain, in Supervisor's words. */
ExitStatus log_tail_fail(const Context *context, const GError *error, const char *name);
