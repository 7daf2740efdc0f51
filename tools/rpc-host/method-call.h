/* Method call: one method under way: what it was given, and how it asks the daemon and answers.
 *
 * For the files that implement methods. Its parameters are of the types that its row says. */
#pragma once

#include "tools/rpc-host/methods.h"

/* A row of the table of methods. */
typedef struct MethodRow {
        const char *name;       /* "supervisor.startProcess" */
        const char *result;     /* "boolean" */
        const char *parameters; /* "sname bwait": the first letter is the type, see below */
        size_t required;        /* so many of them must be given */
        void (*begin)(MethodCall *call);
        const char *help;
} MethodRow;

/* Types of parameters. */
#define METHOD_STRING 's'
#define METHOD_INT    'i' /* or a number in another form */
#define METHOD_TRUTH  'b' /* whatever can be taken for true or false, which is anything */
#define METHOD_SIGNAL 'g' /* a name or a number */
#define METHOD_ARRAY  'a'
#define METHOD_ANY    'v' /* a string, but another value is nothing worse than an unknown one */

/* What was given; a parameter that is not there is "", 0, NULL or the fallback. */
const char *method_call_string(const MethodCall *call, size_t i);
int64_t method_call_int(const MethodCall *call, size_t i);
bool method_call_truth(const MethodCall *call, size_t i, bool fallback);
const Value *method_call_value(const MethodCall *call, size_t i);

Methods *method_call_methods(const MethodCall *call);
/* Nobody waits for its answer any more. */
bool method_call_is_cancelled(const MethodCall *call);

/* What the method keeps until it has answered; freed then. */
void method_call_set_state(MethodCall *call, void *state, GDestroyNotify free_state);
void *method_call_state(const MethodCall *call);

/* Counts bytes that the call keeps until it has answered. False when all calls together keep too
 * much; a little is always allowed, as nobody is to be kept out by the others. */
bool method_call_keep(MethodCall *call, size_t bytes);
#define METHODS_TOO_MUCH "too much is being asked for at once"

/* One of reply and error is there; borrowed. Not called when the call has answered meanwhile. */
typedef void (*MethodReplied)(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error);

/* Asks the daemon. The call may have answered when this returns, if that was impossible. */
typedef struct MethodQuestion {
        const char *path, *interface, *member;
        bool may_take_long;
        MethodReplied replied;
} MethodQuestion;

void method_call_ask(MethodCall *call, const MethodQuestion *question, const char *types, ...);
/* The same in two steps. Negative errno. */
int method_call_new_message(MethodCall *call, const MethodQuestion *question, sd_bus_message **ret);
/* r: of what was appended to the message meanwhile. */
void method_call_send(
                MethodCall *call, const MethodQuestion *question, sd_bus_message *message, int r);

/* Answers, once. What is handed over belongs to it. */
void method_call_answer(MethodCall *call, Value *result);
void method_call_fail(MethodCall *call, Fault *fault);
void method_call_fault(MethodCall *call, FaultCode code, const char *detail);
/* For a reply that could not be read. */
void method_call_fail_errno(MethodCall *call, int r);

/* What the daemon says of itself; they hold while there is a bus. */
const char *methods_identifier(const Methods *methods);
const char *methods_log_file(const Methods *methods); /* "" = none */
uint32_t methods_pid(const Methods *methods);
/* It has been asked to end or to start anew: nothing is answered until its state is known again. */
void methods_look_again(Methods *methods);

/* As methods_call() for a call within another one, whose parameters it borrows. */
MethodCall *methods_call_inner(Methods *methods, const char *name, const Value *params,
                MethodAnswered answered, void *userdata);
