/* Methods as far as no daemon is needed: the table, what parameters are taken for, and the
 * namespace system. */

#include "tools/rpc-host/methods.h"

#include <string.h>

#include "tools/rpc-host/method-table.h"
#include "tools/rpc-host/parameters.h"

typedef struct Answer {
        unsigned n;
        Value *result;
        Fault *fault;
} Answer;

static void answer_clear(Answer *answer)
{
        value_free(answer->result);
        fault_free(answer->fault);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void on_answered(Value *result, Fault *fault, void *userdata)
{
        Answer *answer = userdata;

        g_assert_true(!result != !fault);
        answer->n++;
        answer->result = result;
        answer->fault = fault;
}

static void free_value(void *value)
{
        value_free(value);
}

static GPtrArray *new_params(void)
{
        return g_ptr_array_new_with_free_func(free_value);
}

/* Of what is answered at once; params are taken over, NULL = none. */
static void call(Methods *methods, const char *name, GPtrArray *params, Answer *ret)
{
        MethodCall *pending = methods_call(
                        methods, name, params ? params : new_params(), on_answered, ret);

        g_assert_null(pending);
        g_assert_cmpuint(ret->n, ==, 1);
}

static GPtrArray *one(Value *value)
{
        GPtrArray *params = new_params();

        g_ptr_array_add(params, value);
        return params;
}

/* Compares the fault's text; NULL = it worked. */
static void expect(Methods *methods, const char *name, GPtrArray *params, const char *fault)
{
        g_auto(Answer) answer = {};

        call(methods, name, params, &answer);
        g_assert_cmpstr(answer.fault ? answer.fault->text : NULL, ==, fault);
}

static void test_table(void)
{
        g_assert_cmpuint(n_methods, ==, 41);
        for (size_t i = 0; i < n_methods; i++) {
                const MethodRow *row = &method_table[i];
                size_t n = method_row_n_parameters(row);

                if (i > 0)
                        g_assert_cmpstr(method_table[i - 1].name, <, row->name);
                g_assert_true(method_table_find(row->name) == row);
                g_assert_cmpuint(row->required, <=, n);
                g_assert_true(method_row_takes(row, n));
                g_assert_false(method_row_takes(row, n + 1));
                g_assert_cmpuint(strlen(row->help), >, 10);
        }
        g_assert_null(method_table_find(""));
        g_assert_null(method_table_find("supervisor"));
        g_assert_null(method_table_find("supervisor.getpid"));
}

static void test_signatures(void)
{
        static const struct {
                const char *name, *types;
        } signatures[] = {
                { "supervisor.startProcess", "boolean string boolean" },
                { "supervisor.startAllProcesses", "array boolean" },
                { "supervisor.signalProcess", "boolean string string" },
                { "supervisor.readProcessLog", "string string int int" },
                { "supervisor.tailProcessStderrLog", "array string int int" },
                { "supervisor.getPID", "int" },
                { "supervisor.getState", "struct" },
                { "system.methodSignature", "array string" },
                { "system.multicall", "array array" },
        };
        g_autoptr(CallQueue) queue = call_queue_new();
        g_autoptr(Methods) methods = methods_new(queue);

        for (size_t i = 0; i < G_N_ELEMENTS(signatures); i++) {
                g_auto(Answer) answer = {};
                g_autoptr(GString) types = g_string_new(NULL);

                call(methods, "system.methodSignature", one(value_new_string(signatures[i].name)),
                                &answer);
                for (size_t k = 0; k < value_length(answer.result); k++)
                        g_string_append_printf(types, "%s%s", k ? " " : "",
                                        value_string(value_at(answer.result, k), NULL));
                g_assert_cmpstr(types->str, ==, signatures[i].types);
        }
        expect(methods, "system.methodSignature", one(value_new_string("no.such")),
                        "SIGNATURE_UNSUPPORTED");
        expect(methods, "system.methodSignature", one(value_new_int(5)), "SIGNATURE_UNSUPPORTED");
        expect(methods, "system.methodHelp", one(value_new_array()), "SIGNATURE_UNSUPPORTED");
}

static void test_help(void)
{
        g_autofree char *help = method_row_help(method_table_find("supervisor.startProcess"));

        g_assert_nonnull(
                        strstr(help, "\n@param string name\n@param boolean wait\n@return boolean"));
}

static void test_refused(void)
{
        g_autoptr(CallQueue) queue = call_queue_new();
        g_autoptr(Methods) methods = methods_new(queue);
        static const char *const unknown[] = { "", "getPID", "supervisor.", "supervisor._update",
                "supervisor.getPID.__class__", "supervisor.supervisord.options.mood", "System.x" };

        for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
                expect(methods, unknown[i], NULL, "UNKNOWN_METHOD");
        expect(methods, "system.listMethods", one(value_new_int(1)), "INCORRECT_PARAMETERS");
        expect(methods, "supervisor.startProcess", NULL, "INCORRECT_PARAMETERS");
        expect(methods, "system.multicall", one(value_new_int(1)), "INCORRECT_PARAMETERS: 1");
        expect(methods, "supervisor.getPID", NULL, "FAILED: there is no connection to the daemon");
}

static void test_numbers(void)
{
        static const struct {
                const char *text;
                int64_t number; /* -1 = none */
        } texts[] = { { "5", 5 }, { " 7\n", 7 }, { "", -1 }, { "x", -1 }, { "1.5", -1 },
                { "99999999999999999999", -1 } };
        g_autoptr(Value) real = value_new_double(2.9), huge = value_new_double(1e300),
                         truth = value_new_boolean(true), array = value_new_array();
        int64_t number = -1;

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(Value) value = value_new_string(texts[i].text);

                number = -1;
                g_assert_true(parameter_to_int(value, &number) == (texts[i].number >= 0));
                g_assert_cmpint(number, ==, texts[i].number);
        }
        g_assert_true(parameter_to_int(real, &number));
        g_assert_cmpint(number, ==, 2);
        g_assert_true(parameter_to_int(truth, &number));
        g_assert_cmpint(number, ==, 1);
        g_assert_false(parameter_to_int(huge, &number));
        g_assert_false(parameter_to_int(array, &number));
}

static void test_truth(void)
{
        Value *yes[] = { value_new_int(-1), value_new_boolean(true), value_new_double(0.5),
                value_new_string("0"), value_new_array() };
        Value *no[] = { value_new_int(0), value_new_boolean(false), value_new_double(0),
                value_new_string(""), value_new_array() };

        value_append(yes[4], value_new_int(0));
        for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
                g_assert_true(parameter_to_truth(yes[i]));
                g_assert_false(parameter_to_truth(no[i]));
                value_free(yes[i]);
                value_free(no[i]);
        }
}

static Value *new_call(const char *name, Value *params)
{
        Value *inner = value_new_struct();

        if (name)
                value_set(inner, "methodName", value_new_string(name));
        if (params)
                value_set(inner, "params", params);
        return inner;
}

static void test_multicall(void)
{
        g_autoptr(CallQueue) queue = call_queue_new();
        g_autoptr(Methods) methods = methods_new(queue);
        Value *calls = value_new_array(), *params = value_new_array();
        g_auto(Answer) answer = {};
        static const char *const faults[] = { NULL, NULL, "INCORRECT_PARAMETERS: No methodName",
                "UNKNOWN_METHOD", "INCORRECT_PARAMETERS: No methodName",
                "INCORRECT_PARAMETERS: params is no array",
                "INCORRECT_PARAMETERS: a multicall cannot be part of another",
                "FAILED: there is no connection to the daemon", NULL };

        value_append(params, value_new_string("system.methodHelp"));
        value_append(calls, new_call("system.listMethods", NULL));
        value_append(calls, new_call("system.methodHelp", params));
        value_append(calls, new_call(NULL, NULL));
        value_append(calls, new_call("no.such", NULL));
        value_append(calls, value_new_int(3));
        value_append(calls, new_call("system.listMethods", value_new_int(1)));
        value_append(calls, new_call("system.multicall", NULL));
        value_append(calls, new_call("supervisor.getPID", NULL));
        value_append(calls, new_call("system.listMethods", value_new_struct()));
        call(methods, "system.multicall", one(calls), &answer);
        g_assert_cmpuint(value_length(answer.result), ==, G_N_ELEMENTS(faults));
        for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
                const Value *text = value_find(value_at(answer.result, i), "faultString");

                g_assert_cmpstr(text ? value_string(text, NULL) : NULL, ==, faults[i]);
        }
        /* Results are not wrapped into arrays of one. */
        g_assert_cmpint(value_kind(value_at(answer.result, 1)), ==, VALUE_STRING);
}

/* However many there are, neither the stack nor the answer grows without bound. */
static void test_many_in_one(void)
{
        g_autoptr(CallQueue) queue = call_queue_new();
        g_autoptr(Methods) methods = methods_new(queue);
        Value *calls = value_new_array();
        g_auto(Answer) answer = {};
        const Value *last;

        for (size_t i = 0; i < 50000; i++)
                value_append(calls,
                                new_call("system.listMethods", i % 2 ? value_new_struct() : NULL));
        call(methods, "system.multicall", one(calls), &answer);
        g_assert_cmpuint(value_length(answer.result), ==, 50000);
        for (size_t i = 49998; i < 50000; i++) {
                last = value_find(value_at(answer.result, i), "faultString");
                g_assert_nonnull(last);
                g_assert_cmpstr(value_string(last, NULL), ==,
                                "FAILED: the results are too large for one answer");
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc-methods/table", test_table);
        g_test_add_func("/rpc-methods/signatures", test_signatures);
        g_test_add_func("/rpc-methods/help", test_help);
        g_test_add_func("/rpc-methods/refused", test_refused);
        g_test_add_func("/rpc-methods/numbers", test_numbers);
        g_test_add_func("/rpc-methods/truth", test_truth);
        g_test_add_func("/rpc-methods/multicall", test_multicall);
        g_test_add_func("/rpc-methods/many-in-one", test_many_in_one);
        return g_test_run();
}
