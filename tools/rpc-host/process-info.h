/* Process info: what is told of a process by getProcessInfo. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "bus/state.h"
#include "tools/rpc-host/value.h"

/* All borrowed; none of the texts is NULL. */
typedef struct ProcessInfo {
        const char *group, *process;
        ProcessState state;
        pid_t pid;                      /* 0 = none */
        uint64_t start_usec, stop_usec; /* CLOCK_REALTIME; 0 = never */
        const char *spawn_error;
        int exit_status;
        const char *stdout_log, *stderr_log; /* paths; "" = none */
} ProcessInfo;

/* As a struct, at that time of CLOCK_REALTIME. */
Value *process_info_to_value(const ProcessInfo *info, uint64_t now_usec);

/* A number as it fits in XML-RPC: of 32 bits, larger ones are the largest. */
Value *process_info_new_int(int64_t number);
