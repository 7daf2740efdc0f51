/* The expected values are Supervisor's, written down once more: the table must agree with them row
 * by row. */

#include "bus/state.h"

#include <glib.h>

static const struct {
        ProcessState state;
        const char *name;
        int code;
        bool stopped, running, signallable;
} expected[] = {
        { PROCESS_STOPPED, "STOPPED", 0, true, false, false },
        { PROCESS_STARTING, "STARTING", 10, false, true, true },
        { PROCESS_RUNNING, "RUNNING", 20, false, true, true },
        { PROCESS_BACKOFF, "BACKOFF", 30, false, true, false },
        { PROCESS_STOPPING, "STOPPING", 40, false, false, true },
        { PROCESS_EXITED, "EXITED", 100, true, false, false },
        { PROCESS_FATAL, "FATAL", 200, true, false, false },
        { PROCESS_UNKNOWN, "UNKNOWN", 1000, true, false, false },
};
G_STATIC_ASSERT(G_N_ELEMENTS(expected) == _PROCESS_STATE_MAX);

static void test_process_states(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
                ProcessState state = expected[i].state;

                g_assert_cmpint(state, ==, i);
                g_assert_cmpstr(process_state_to_string(state), ==, expected[i].name);
                g_assert_cmpint(process_state_from_string(expected[i].name), ==, state);
                g_assert_cmpint(process_state_code(state), ==, expected[i].code);
                g_assert_cmpint(process_state_is_stopped(state), ==, expected[i].stopped);
                g_assert_cmpint(process_state_is_running(state), ==, expected[i].running);
                g_assert_cmpint(process_state_is_signallable(state), ==, expected[i].signallable);
        }
}

static void test_unknown_names(void)
{
        static const char *const names[] = { "", "running", "RUNNING ", "RUN", "STOPPEDX" };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_cmpint(process_state_from_string(names[i]), ==, _PROCESS_STATE_INVALID);
}

static void test_supervisor_states(void)
{
        g_assert_cmpstr(supervisor_state_to_string(SUPERVISOR_RUNNING), ==, "RUNNING");
        g_assert_cmpint(supervisor_state_code(SUPERVISOR_RUNNING), ==, 1);
        g_assert_cmpstr(supervisor_state_to_string(SUPERVISOR_RESTARTING), ==, "RESTARTING");
        g_assert_cmpint(supervisor_state_code(SUPERVISOR_RESTARTING), ==, 0);
        g_assert_cmpstr(supervisor_state_to_string(SUPERVISOR_SHUTDOWN), ==, "SHUTDOWN");
        g_assert_cmpint(supervisor_state_code(SUPERVISOR_SHUTDOWN), ==, -1);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/state/process-states", test_process_states);
        g_test_add_func("/state/unknown-names", test_unknown_names);
        g_test_add_func("/state/supervisor-states", test_supervisor_states);
        return g_test_run();
}
