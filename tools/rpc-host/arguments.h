/* Arguments: the command line of the rpc-host. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Arguments {
        char *address;      /* NULL = not given */
        char *bus_name;     /* likewise */
        int token_fd;       /* -1 = not given */
        uint64_t idle_usec; /* 0 = never */
        bool debug;
} Arguments;

/* False when the program has to end; *ret_status says how. What is in *ret stays as long as the
 * program. */
bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status);
