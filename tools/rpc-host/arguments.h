/* Arguments: the command line of the rpc-host. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bus/host-arguments.h"
#include "tools/rpc-host/timeouts.h"

typedef struct Arguments {
        HostArguments host;
        uint64_t idle_usec; /* 0 = never */
        Timeouts timeouts;
} Arguments;

/* False when the program has to end; *ret_status says how. What is in *ret stays as long as the
 * program. */
bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status);
