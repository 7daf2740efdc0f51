/* One process is asked by its object, so that only exact names count; a group too; everything by
 * the Manager, which has a word for it. Results come in the order in which processes get there. */

#include "tools/rpc-host/methods-process.h"

#include <inttypes.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/rpc-host/process-name.h"
#include "tools/rpc-host/results.h"

static void fail(MethodCall *call, const sd_bus_error *error)
{
        method_call_fail(call, results_fault(error, method_call_string(call, 0), NULL));
}

static void on_done(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (error)
                fail(call, error);
        else
                method_call_answer(call, value_new_boolean(true));
}

static void answer_results(MethodCall *call, Value *results, int r)
{
        if (r < 0)
                method_call_fail_errno(call, r);
        else
                method_call_answer(call, results);
}

static void on_results(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Value *results = NULL;
        int r;

        if (error) {
                fail(call, error);
                return;
        }
        r = results_read(reply, &results);
        answer_results(call, results, r);
}

/* Start and stop. */

static uint64_t flags_of(const MethodCall *call, size_t i)
{
        return method_call_truth(call, i, true) ? 0 : BUS_FLAG_NO_WAIT;
}

static void do_to_group(MethodCall *call, const ProcessName *name, const char *member)
{
        g_autofree char *path = process_name_path(name);
        MethodQuestion question = { path, BUS_INTERFACE_GROUP, member, true, on_results };

        method_call_ask(call, &question, "t", flags_of(call, 1) | BUS_FLAG_AS_COMPLETED);
}

static void do_to_process(MethodCall *call, const char *member)
{
        g_auto(ProcessName) name = {};
        g_autofree char *path = NULL;
        MethodQuestion question = { NULL, BUS_INTERFACE_PROCESS, member, true, on_done };

        process_name_parse(method_call_string(call, 0), &name);
        if (!name.process) {
                do_to_group(call, &name, member);
                return;
        }
        path = process_name_path(&name);
        question.path = path;
        method_call_ask(call, &question, "t", flags_of(call, 1));
}

/* Here the name is that of a group, whatever is in it. */
static void do_to_named_group(MethodCall *call, const char *member)
{
        ProcessName name = { .group = (char *)method_call_string(call, 0) };

        do_to_group(call, &name, member);
}

static void do_to_all(MethodCall *call, const char *member)
{
        MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, member, true, on_results };

        method_call_ask(call, &question, "ast", 1, "all",
                        flags_of(call, 0) | BUS_FLAG_AS_COMPLETED);
}

void method_start_process(MethodCall *call)
{
        do_to_process(call, "Start");
}

void method_start_process_group(MethodCall *call)
{
        do_to_named_group(call, "Start");
}

void method_start_all_processes(MethodCall *call)
{
        do_to_all(call, "Start");
}

void method_stop_process(MethodCall *call)
{
        do_to_process(call, "Stop");
}

void method_stop_process_group(MethodCall *call)
{
        do_to_named_group(call, "Stop");
}

void method_stop_all_processes(MethodCall *call)
{
        do_to_all(call, "Stop");
}

/* Signals. */

/* A parameter as text. Caller frees with g_free. */
static char *signal_of(const MethodCall *call, size_t i)
{
        const Value *value = method_call_value(call, i);

        if (value_kind(value) == VALUE_STRING)
                return g_strdup(value_string(value, NULL));
        return g_strdup_printf("%" PRId64, method_call_int(call, i));
}

/* What the daemon reads: Supervisor passes over blanks. */
static char *bare_signal_of(const MethodCall *call, size_t i)
{
        return g_strstrip(signal_of(call, i));
}

static void on_signalled(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        g_autofree char *signal = signal_of(call, 1);

        if (error)
                method_call_fail(call, results_fault(error, method_call_string(call, 0), signal));
        else
                method_call_answer(call, value_new_boolean(true));
}

/* Where many are to be signalled, each of those that could be has a result of its own to say that
 * there is no such signal. Which they are tells the signal 0, which does nothing. */
typedef struct ManySignalled {
        char *path; /* of the group; NULL = everything */
        char *signal;
} ManySignalled;

static void many_free(void *state)
{
        ManySignalled *many = state;

        g_free(many->path);
        g_free(many->signal);
        g_free(many);
}

static void ask_many(MethodCall *call, const char *signal, MethodReplied replied)
{
        const ManySignalled *many = method_call_state(call);
        MethodQuestion question = { many->path ? many->path : BUS_PATH,
                many->path ? BUS_INTERFACE_GROUP : BUS_INTERFACE_MANAGER, "Signal", false,
                replied };

        if (many->path)
                method_call_ask(call, &question, "s", signal);
        else
                method_call_ask(call, &question, "ass", 1, "all", signal);
}

static void on_many_found(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        const ManySignalled *many = method_call_state(call);
        Value *results = NULL;
        int r;

        if (error) {
                fail(call, error);
                return;
        }
        r = results_read_bad_signal(reply, many->signal, &results);
        answer_results(call, results, r);
}

static void on_many_signalled(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (error && fault_code_from_bus_error(error->name) == FAULT_BAD_SIGNAL)
                ask_many(call, "0", on_many_found);
        else
                on_results(call, reply, error);
}

/* group: NULL = all. i: which parameter is the signal. */
static void signal_many(MethodCall *call, const char *group, size_t i)
{
        g_autofree char *bare = bare_signal_of(call, i);
        const ProcessName name = { .group = (char *)group };
        g_autofree char *path = group ? process_name_path(&name) : NULL;
        ManySignalled *many;

        if (group && !path) {
                method_call_fault(call, FAULT_BAD_NAME, method_call_string(call, 0));
                return;
        }
        many = g_new0(ManySignalled, 1);
        many->path = g_steal_pointer(&path);
        many->signal = signal_of(call, i);
        method_call_set_state(call, many, many_free);
        ask_many(call, bare, on_many_signalled);
}

void method_signal_process(MethodCall *call)
{
        g_auto(ProcessName) name = {};
        g_autofree char *signal = bare_signal_of(call, 1);
        g_autofree char *path = NULL;
        MethodQuestion question = { NULL, BUS_INTERFACE_PROCESS, "Signal", false, on_signalled };

        process_name_parse(method_call_string(call, 0), &name);
        if (!name.process) {
                signal_many(call, name.group, 1);
                return;
        }
        path = process_name_path(&name);
        question.path = path;
        method_call_ask(call, &question, "s", signal);
}

void method_signal_process_group(MethodCall *call)
{
        signal_many(call, method_call_string(call, 0), 1);
}

void method_signal_all_processes(MethodCall *call)
{
        signal_many(call, NULL, 0);
}

/* Stdin. */

static void on_written(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        const char *name = method_call_string(call, 0);

        if (error && fault_code_from_bus_error(error->name) == FAULT_NO_FILE)
                method_call_fault(call, FAULT_NO_FILE, name);
        else
                on_done(call, reply, error);
}

void method_send_process_stdin(MethodCall *call)
{
        g_auto(ProcessName) name = {};
        g_autofree char *path = NULL;
        g_autoptr(sd_bus_message) message = NULL;
        MethodQuestion question = { NULL, BUS_INTERFACE_PROCESS, "WriteStdin", false, on_written };
        const char *chars;
        size_t length;
        int r;

        process_name_parse(method_call_string(call, 0), &name);
        if (!name.process) {
                method_call_fault(call, FAULT_BAD_NAME, method_call_string(call, 0));
                return;
        }
        path = process_name_path(&name);
        question.path = path;
        chars = value_string(method_call_value(call, 1), &length);
        r = method_call_new_message(call, &question, &message);
        if (r >= 0)
                r = sd_bus_message_append_array(message, 'y', chars, length);
        method_call_send(call, &question, message, r);
}
