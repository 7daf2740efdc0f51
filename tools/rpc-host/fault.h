/* Fault: how a method says that it failed: Supervisor's numbers, and a text that begins with their
 * names. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef enum FaultCode {
        FAULT_UNKNOWN_METHOD = 1,
        FAULT_INCORRECT_PARAMETERS = 2,
        FAULT_BAD_ARGUMENTS = 3,
        FAULT_SIGNATURE_UNSUPPORTED = 4,
        FAULT_SHUTDOWN_STATE = 6,
        FAULT_BAD_NAME = 10,
        FAULT_BAD_SIGNAL = 11,
        FAULT_NO_FILE = 20,
        FAULT_NOT_EXECUTABLE = 21,
        FAULT_FAILED = 30,
        FAULT_ABNORMAL_TERMINATION = 40,
        FAULT_SPAWN_ERROR = 50,
        FAULT_ALREADY_STARTED = 60,
        FAULT_NOT_RUNNING = 70,
        FAULT_SUCCESS = 80, /* the status in a list of results, never a fault */
        FAULT_ALREADY_ADDED = 90,
        FAULT_STILL_RUNNING = 91,
        FAULT_CANT_REREAD = 92,
} FaultCode;

typedef struct Fault {
        int code;
        char *text; /* "NAME" or "NAME: DETAIL" */
} Fault;

/* detail may be NULL: none. */
Fault *fault_new(FaultCode code, const char *detail);
/* Of what the daemon answered. An error of no fault's is FAILED, with the error's own text where
 * there is no detail. */
Fault *fault_from_bus_error(const sd_bus_error *error, const char *detail);
Fault *fault_free(Fault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fault, fault_free)

/* FAULT_FAILED for an error of no fault's. */
FaultCode fault_code_from_bus_error(const char *error_name);
/* "BAD_NAME"; NULL for a number that is none. */
const char *fault_name(int code);
