/* Admission: what a request is refused for by its head alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tools/rpc-host/request.h"
#include "tools/rpc-host/routes.h"
#include "tools/rpc-host/servers.h"

typedef struct Admission {
        const Server *server; /* NULL = not known what it is */
        bool is_stranger;     /* the user at the other end is not to be served */
        bool is_tcp;
        const char *machine; /* its name; NULL = unknown */
        const char *trouble; /* why nothing is known of the server */
} Admission;

/* What is refused has been answered then, and NULL is returned. */
const Route *admission_check(Request *request, const Admission *admission);

/* How many bytes of a body are announced; false = a body of any length, or none, may come. */
bool admission_get_length(const Request *request, uint64_t *ret);
