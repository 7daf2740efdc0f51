/* Arguments: the command line of the listener-host. */
#pragma once

#include <stdbool.h>

#include "bus/host-arguments.h"
#include "listener-host/check.h"

typedef struct Arguments {
        HostArguments host;
        bool is_check; /* a listener is to be checked, and nothing of the above counts */
        CheckOptions check;
} Arguments;

/* False when the program has to end; *ret_status says how. What is in *ret stays as long as the
 * program, as does argv. */
bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status);
