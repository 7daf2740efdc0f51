/* Calls of a multicall run one after the other: the next begins when the one before has answered,
 * which may be at once, so it is a loop and not a recursion. When nobody waits any more the rest is
 * left undone. */

#include "tools/rpc-host/methods-system.h"

#include <string.h>

#include "tools/rpc-host/method-table.h"

/* What all of the results of a multicall may take. */
#define ANSWER_MAX_BYTES (32 * 1024 * 1024)

void method_list_methods(MethodCall *call)
{
        Value *names = value_new_array();

        for (size_t i = 0; i < n_methods; i++)
                value_append(names, value_new_string(method_table[i].name));
        method_call_answer(call, names);
}

/* NULL when there is no such method: that has been answered then. */
static const MethodRow *find_described(MethodCall *call)
{
        const MethodRow *row = method_table_find(method_call_string(call, 0));

        if (!row)
                method_call_fault(call, FAULT_SIGNATURE_UNSUPPORTED, NULL);
        return row;
}

void method_method_help(MethodCall *call)
{
        const MethodRow *row = find_described(call);
        g_autofree char *help = row ? method_row_help(row) : NULL;

        if (row)
                method_call_answer(call, value_new_string(help));
}

void method_method_signature(MethodCall *call)
{
        const MethodRow *row = find_described(call);
        Value *types;

        if (!row)
                return;
        types = value_new_array();
        value_append(types, value_new_string(row->result));
        for (size_t i = 0, n = method_row_n_parameters(row); i < n; i++) {
                char type = method_row_parameter(row, i, NULL, NULL);

                value_append(types, value_new_string(method_type_name(type)));
        }
        method_call_answer(call, types);
}

/* Many calls. */

typedef struct Multicall {
        Value *results;
        size_t next;  /* of the calls */
        size_t bytes; /* that the results take, about */
        bool is_running, is_waiting;
        bool is_refused; /* together with what other calls keep they are too large */
} Multicall;

static void multicall_free(void *state)
{
        Multicall *multicall = state;

        value_free(multicall->results);
        g_free(multicall);
}

static Value *fault_to_value(Fault *fault)
{
        Value *value = value_new_struct();

        value_set(value, "faultCode", value_new_int(fault->code));
        value_set(value, "faultString", value_new_string(fault->text));
        fault_free(fault);
        return value;
}

/* Takes over result. */
static void add(MethodCall *call, Value *result)
{
        Multicall *multicall = method_call_state(call);
        size_t bytes = value_bytes(result);

        multicall->bytes += bytes;
        multicall->is_refused = !method_call_keep(call, bytes);
        value_append(multicall->results, result);
}

static void add_fault(MethodCall *call, FaultCode code, const char *detail)
{
        add(call, fault_to_value(fault_new(code, detail)));
}

static void run(MethodCall *call);

static void on_inner(Value *result, Fault *fault, void *userdata)
{
        MethodCall *call = userdata;
        Multicall *multicall = method_call_state(call);

        add(call, result ? result : fault_to_value(fault));
        multicall->is_waiting = false;
        run(call);
}

/* PHP's empty array is an empty struct. */
static bool is_empty_struct(const Value *value)
{
        return value && value_kind(value) == VALUE_STRUCT && value_length(value) == 0;
}

static void begin_inner(MethodCall *call, const Value *inner)
{
        Multicall *multicall = method_call_state(call);
        const Value *name = value_find(inner, "methodName");
        const Value *params = value_find(inner, "params");

        if (!name || value_kind(name) != VALUE_STRING)
                add_fault(call, FAULT_INCORRECT_PARAMETERS, "No methodName");
        else if (strcmp(value_string(name, NULL), "system.multicall") == 0)
                add_fault(call, FAULT_INCORRECT_PARAMETERS,
                                "a multicall cannot be part of another");
        else if (params && value_kind(params) != VALUE_ARRAY && !is_empty_struct(params))
                add_fault(call, FAULT_INCORRECT_PARAMETERS, "params is no array");
        else if (multicall->bytes > ANSWER_MAX_BYTES)
                add_fault(call, FAULT_FAILED, "the results are too large for one answer");
        else {
                multicall->is_waiting = true;
                (void)methods_call_inner(method_call_methods(call), value_string(name, NULL),
                                is_empty_struct(params) ? NULL : params, on_inner, call);
        }
}

static void run(MethodCall *call)
{
        Multicall *multicall = method_call_state(call);
        const Value *calls = method_call_value(call, 0);

        if (multicall->is_running)
                return;
        multicall->is_running = true;
        while (!multicall->is_waiting && multicall->next < value_length(calls) &&
                        !multicall->is_refused && !method_call_is_cancelled(call))
                begin_inner(call, value_at(calls, multicall->next++));
        multicall->is_running = false;
        if (multicall->is_refused)
                method_call_fault(call, FAULT_FAILED, METHODS_TOO_MUCH);
        else if (!multicall->is_waiting)
                method_call_answer(call, g_steal_pointer(&multicall->results));
}

void method_multicall(MethodCall *call)
{
        Multicall *multicall = g_new0(Multicall, 1);

        multicall->results = value_new_array();
        method_call_set_state(call, multicall, multicall_free);
        run(call);
}
