/* Results: what became of processes, as the bus tells it, in the words of Supervisor. */
#pragma once

#include <systemd/sd-bus.h>

#include "tools/rpc-host/fault.h"
#include "tools/rpc-host/value.h"

/* What an error is to who asked for the process or group of that name; signal may be NULL. Caller
 * owns it. */
Fault *results_fault(const sd_bus_error *error, const char *name, const char *signal);
/* Reads a(ssss), as of Manager.Start, as an array of structs. Negative errno. */
int results_read(sd_bus_message *reply, Value **ret);
/* The same where nothing was done because there is no such signal. */
int results_read_bad_signal(sd_bus_message *reply, const char *signal, Value **ret);
