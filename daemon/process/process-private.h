/* Process, inside: for the files that make up Process, and for nobody else. */
#pragma once

#include "daemon/output/outlet.h"
#include "daemon/process/deadline.h"
#include "daemon/process/process-log.h"
#include "daemon/process/process.h"
#include "daemon/process/run.h"
#include "daemon/process/stopping.h"

struct Process {
        const ProcessConfig *config;   /* borrowed */
        const ProcessContext *context; /* borrowed */
        bool is_listener;
        ProcessLog output_log, error_log;
        OutputLoss *loss;

        ProcessState state;
        GQueue inputs; /* of ProcessInput */
        bool handling;
        Deadline *deadline;
        Stopping stopping;

        Run *run;
        pid_t ended_pid; /* of a run whose end no state tells of yet */
        uint64_t generation, leased_generation;
        uint64_t start_usec, start_monotonic, stop_usec;
        ChildExit last_exit;
        int failed_start; /* exit status that stands for the last one; 0 = there was a run */
        char *spawn_error;
        unsigned tries, restarts;
        char *asked_by; /* who asked for the start or stop that is under way */

        WatchList *watches;
};
