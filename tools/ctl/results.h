/* Results: how an operation on processes went, one by one, in Supervisor's words and numbers. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/state.h"
#include "tools/ctl/failure.h"

typedef enum Operation {
        OPERATION_START,
        OPERATION_STOP,
        OPERATION_RESTART,
        OPERATION_SIGNAL,
        OPERATION_CLEAR, /* their logs */
        _OPERATION_MAX,
} Operation;

/* "start", and what it has done or is doing: "started", "starting". */
const char *operation_word(Operation operation);
const char *operation_outcome(Operation operation, bool waited);
/* "start processes", for errors. */
const char *operation_action(Operation operation);
/* Of org.busvisor1.Manager: "Start". */
const char *operation_method(Operation operation);

typedef struct Result {
        char *group;
        char *process; /* empty: the result is about the group */
        char *error;   /* one of bus/error.h; empty: it worked */
        char *message; /* of the daemon about the error */
} Result;

/* Strings are copied. */
Result *result_new(const char *group, const char *process, const char *error, const char *message);
/* The result of what a person called name: one error when it is a process, the other for GROUP:*.
 */
Result *result_new_of_name(const char *name, const char *process_error, const char *group_error);
void result_free(void *result);

/* The a(ssss) of an answer as an array of Result. Negative errno. */
int results_read(sd_bus_message *reply, GPtrArray **ret);

/* The line about it: "web:web_00: started", "cat: ERROR (no such process)". waited: the operation
 * has ended, it is not only on its way. Caller frees with g_free. */
char *result_text(Operation operation, bool waited, const Result *result);
/* Whether the exit status tells of it: starting what runs already, or stopping what does not run,
 * is no mistake. ret_status is set then. */
bool result_is_failure(Operation operation, const Result *result, ExitStatus *ret_status);

/* The error that an operation had whose answer was lost, told from the state in which its process
 * was found later. NULL: it is still on its way, look again later. */
const char *result_error_of_state(Operation operation, ProcessState state, bool has_spawn_error);
