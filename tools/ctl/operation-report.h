/* Operation report: tells how an operation on processes went, as lines in Supervisor's words or as
 * JSON. */
#pragma once

#include "tools/ctl/command.h"
#include "tools/ctl/results.h"

typedef struct OperationReport {
        Operation operation;
        bool waited;              /* until it was done; else it is under way */
        char *const *words;       /* what was named */
        const GPtrArray *results; /* of Result */
        const GPtrArray *
                        before; /* of ProcessEntry, as they were; NULL where that does not matter */
} OperationReport;

/* The exit status is that of the last failure. What a pattern stands for and has nothing to do is
 * not told of, as for a group. */
ExitStatus operation_report(const Context *context, const OperationReport *report);
