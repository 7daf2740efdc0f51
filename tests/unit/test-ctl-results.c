/* Errors of the daemon in Supervisor's words and numbers. */

#include <glib.h>

#include "bus/error.h"
#include "tools/ctl/results.h"

/* status: what the exit status becomes, -1 when the result is no failure. */
static const struct {
        Operation operation;
        const char *group, *process, *error, *text;
        int status;
} cases[] = {
        { OPERATION_START, "cat", "cat", "", "cat: started", -1 },
        { OPERATION_STOP, "web", "a", "", "web:a: stopped", -1 },
        { OPERATION_SIGNAL, "cat", "cat", "", "cat: signalled", -1 },
        { OPERATION_START, "x", "x", BUS_ERROR_NO_SUCH_PROCESS, "x: ERROR (no such process)", 1 },
        { OPERATION_START, "x", "", BUS_ERROR_NO_SUCH_GROUP, "x: ERROR (no such group)", 2 },
        { OPERATION_STOP, "x", "", BUS_ERROR_NO_SUCH_GROUP, "x: ERROR (no such group)", 1 },
        { OPERATION_SIGNAL, "x", "", BUS_ERROR_NO_SUCH_GROUP, "x: ERROR (no such group)", 1 },
        { OPERATION_START, "x", "x", BUS_ERROR_NO_FILE, "x: ERROR (no such file)", 1 },
        { OPERATION_START, "x", "x", BUS_ERROR_NOT_EXECUTABLE, "x: ERROR (file is not executable)",
                        1 },
        { OPERATION_START, "x", "x", BUS_ERROR_ALREADY_STARTED, "x: ERROR (already started)", -1 },
        { OPERATION_START, "x", "x", BUS_ERROR_SPAWN, "x: ERROR (spawn error)", 7 },
        { OPERATION_START, "x", "x", BUS_ERROR_ABNORMAL_TERMINATION,
                        "x: ERROR (abnormal termination)", 7 },
        { OPERATION_STOP, "x", "x", BUS_ERROR_NOT_RUNNING, "x: ERROR (not running)", -1 },
        { OPERATION_CLEAR, "x", "x", "", "x: cleared", -1 },
        { OPERATION_CLEAR, "x", "y", BUS_ERROR_FAILED, "x:y: ERROR (failed)", 1 },
        { OPERATION_CLEAR, "x", "x", BUS_ERROR_NO_SUCH_PROCESS, "x: ERROR (no such process)", 1 },
        { OPERATION_SIGNAL, "x", "x", BUS_ERROR_NOT_RUNNING, "x: ERROR (not running)", 7 },
        { OPERATION_SIGNAL, "x", "x", BUS_ERROR_BAD_SIGNAL, "x: ERROR (bad signal name)", 1 },
        { OPERATION_STOP, "x", "x", BUS_ERROR_FAILED, "the message", 1 },
        { OPERATION_START, "x", "x", BUS_ERROR_FAILED, "x: ERROR (the message)", 1 },
        { OPERATION_START, "x", "x", "org.example.New", "x: ERROR (the message)", 1 },
        { OPERATION_STOP, "x", "x", SD_BUS_ERROR_ACCESS_DENIED, "x: ERROR (not allowed)", 1 },
};

static void test_texts(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Result *result = result_new(
                                cases[i].group, cases[i].process, cases[i].error, "the message");
                g_autofree char *text = result_text(cases[i].operation, true, result);
                ExitStatus status = EXIT_STATUS_SOME_STOPPED;
                bool is_failure = result_is_failure(cases[i].operation, result, &status);

                g_assert_cmpstr(text, ==, cases[i].text);
                g_assert_cmpint(is_failure, ==, cases[i].status >= 0);
                g_assert_cmpint(status, ==,
                                is_failure ? cases[i].status : EXIT_STATUS_SOME_STOPPED);
                result_free(result);
        }
}

static void test_without_waiting(void)
{
        Result *result = result_new("cat", "cat", "", "");
        g_autofree char *start = result_text(OPERATION_START, false, result);
        g_autofree char *restart = result_text(OPERATION_RESTART, false, result);
        g_autofree char *signal = result_text(OPERATION_SIGNAL, false, result);

        g_assert_cmpstr(start, ==, "cat: starting");
        g_assert_cmpstr(restart, ==, "cat: restarting");
        g_assert_cmpstr(signal, ==, "cat: signalled");
        result_free(result);
}

static void test_result_of_name(void)
{
        static const char *const names[][2] = {
                { "cat", "cat: ERROR (no such process)" },
                { "web:a", "web:a: ERROR (no such process)" },
                { "web:*", "web: ERROR (no such group)" },
                { "web:", "web: ERROR (no such group)" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                Result *result = result_new_of_name(
                                names[i][0], BUS_ERROR_NO_SUCH_PROCESS, BUS_ERROR_NO_SUCH_GROUP);
                g_autofree char *text = result_text(OPERATION_STOP, true, result);

                g_assert_cmpstr(text, ==, names[i][1]);
                result_free(result);
        }
}

static void test_methods(void)
{
        g_assert_cmpstr(operation_method(OPERATION_START), ==, "Start");
        g_assert_cmpstr(operation_method(OPERATION_STOP), ==, "Stop");
        g_assert_cmpstr(operation_method(OPERATION_RESTART), ==, "Restart");
        g_assert_cmpstr(operation_method(OPERATION_SIGNAL), ==, "Signal");
}

/* What a lost answer would have said. */
static void test_error_of_state(void)
{
        static const struct {
                const char *after_start, *after_stop;
        } expected[_PROCESS_STATE_MAX] = {
                [PROCESS_STOPPED] = { BUS_ERROR_FAILED, "" },
                [PROCESS_STARTING] = { NULL, BUS_ERROR_FAILED },
                [PROCESS_RUNNING] = { "", BUS_ERROR_FAILED },
                [PROCESS_BACKOFF] = { NULL, BUS_ERROR_FAILED },
                [PROCESS_STOPPING] = { NULL, NULL },
                [PROCESS_EXITED] = { "", "" },
                [PROCESS_FATAL] = { BUS_ERROR_SPAWN, "" },
                [PROCESS_UNKNOWN] = { BUS_ERROR_FAILED, "" },
        };

        for (int state = 0; state < _PROCESS_STATE_MAX; state++) {
                g_assert_cmpstr(result_error_of_state(OPERATION_START, state, true), ==,
                                expected[state].after_start);
                g_assert_cmpstr(result_error_of_state(OPERATION_STOP, state, true), ==,
                                expected[state].after_stop);
        }
        g_assert_cmpstr(result_error_of_state(OPERATION_START, PROCESS_FATAL, false), ==,
                        BUS_ERROR_ABNORMAL_TERMINATION);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/results/texts", test_texts);
        g_test_add_func("/ctl/results/without-waiting", test_without_waiting);
        g_test_add_func("/ctl/results/result-of-name", test_result_of_name);
        g_test_add_func("/ctl/results/methods", test_methods);
        g_test_add_func("/ctl/results/error-of-state", test_error_of_state);
        return g_test_run();
}
