/* The table of transitions, walked over every pair of state and input. */

#include "daemon/process/machine.h"

#include <glib.h>

typedef struct Expected {
        ProcessState from;
        ProcessInput on;
        ProcessState to;
} Expected;

/* From Supervisor's documented transitions; what is not here must not exist. */
static const Expected expected[] = {
        { PROCESS_STOPPED, INPUT_START, PROCESS_STARTING },
        { PROCESS_EXITED, INPUT_START, PROCESS_STARTING },
        { PROCESS_FATAL, INPUT_START, PROCESS_STARTING },
        { PROCESS_STARTING, INPUT_SPAWN_FAILED, PROCESS_BACKOFF },
        { PROCESS_STARTING, INPUT_EXITED_TOO_QUICKLY, PROCESS_BACKOFF },
        { PROCESS_STARTING, INPUT_UP_LONG_ENOUGH, PROCESS_RUNNING },
        { PROCESS_STARTING, INPUT_EXITED, PROCESS_RUNNING },
        { PROCESS_STARTING, INPUT_STOP, PROCESS_STOPPING },
        { PROCESS_STARTING, INPUT_KILL_FAILED, PROCESS_UNKNOWN },
        { PROCESS_RUNNING, INPUT_EXITED, PROCESS_EXITED },
        { PROCESS_RUNNING, INPUT_STOP, PROCESS_STOPPING },
        { PROCESS_RUNNING, INPUT_KILL_FAILED, PROCESS_UNKNOWN },
        { PROCESS_BACKOFF, INPUT_RETRY, PROCESS_STARTING },
        { PROCESS_BACKOFF, INPUT_RETRIES_EXHAUSTED, PROCESS_FATAL },
        { PROCESS_BACKOFF, INPUT_GIVE_UP, PROCESS_FATAL },
        { PROCESS_BACKOFF, INPUT_STOP, PROCESS_STOPPED },
        { PROCESS_EXITED, INPUT_RESTART, PROCESS_STARTING },
        { PROCESS_EXITED, INPUT_STOP, PROCESS_EXITED },
        { PROCESS_EXITED, INPUT_GIVE_UP, PROCESS_EXITED },
        { PROCESS_STOPPING, INPUT_STOP_TIMEOUT, PROCESS_STOPPING },
        { PROCESS_STOPPING, INPUT_EXITED, PROCESS_STOPPED },
        { PROCESS_STOPPING, INPUT_EXITED_TOO_QUICKLY, PROCESS_STOPPED },
        { PROCESS_STOPPING, INPUT_LEADER_EXITED, PROCESS_STOPPING },
        { PROCESS_STOPPING, INPUT_GROUP_GONE, PROCESS_STOPPED },
        { PROCESS_STOPPING, INPUT_KILL_FAILED, PROCESS_UNKNOWN },
        { PROCESS_STOPPING, INPUT_UNKILLABLE, PROCESS_UNKNOWN },
        { PROCESS_UNKNOWN, INPUT_EXITED, PROCESS_EXITED },
        { PROCESS_UNKNOWN, INPUT_EXITED_TOO_QUICKLY, PROCESS_EXITED },
};

static const Expected *find_expected(ProcessState state, ProcessInput input)
{
        for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
                if (expected[i].from == state && expected[i].on == input)
                        return &expected[i];
        return NULL;
}

static void test_every_pair(void)
{
        for (int state = 0; state < _PROCESS_STATE_MAX; state++)
                for (int input = 0; input < _PROCESS_INPUT_MAX; input++) {
                        const Transition *found = machine_find(state, input);
                        const Expected *wanted = find_expected(state, input);

                        g_test_message("%s, %s", process_state_to_string(state),
                                        process_input_to_string(input));
                        g_assert_true((found == NULL) == (wanted == NULL));
                        if (found)
                                g_assert_cmpint(found->to, ==, wanted->to);
                }
}

/* Whatever becomes STARTING is spawned, and nothing else is. */
static void test_spawning(void)
{
        for (int state = 0; state < _PROCESS_STATE_MAX; state++)
                for (int input = 0; input < _PROCESS_INPUT_MAX; input++) {
                        const Transition *found = machine_find(state, input);

                        if (found)
                                g_assert_true((found->to == PROCESS_STARTING) ==
                                                (found->then == ACTION_SPAWN));
                }
}

static void test_actions(void)
{
        g_assert_cmpint(machine_find(PROCESS_STARTING, INPUT_EXITED)->then, ==,
                        ACTION_PASS_ON_EXIT);
        g_assert_cmpint(machine_find(PROCESS_STARTING, INPUT_SPAWN_FAILED)->then, ==,
                        ACTION_PLAN_RETRY);
        g_assert_cmpint(machine_find(PROCESS_RUNNING, INPUT_STOP)->then, ==,
                        ACTION_SEND_STOP_SIGNAL);
        g_assert_cmpint(machine_find(PROCESS_STOPPING, INPUT_STOP_TIMEOUT)->then, ==,
                        ACTION_SEND_KILL);
        g_assert_cmpint(machine_find(PROCESS_STOPPING, INPUT_LEADER_EXITED)->then, ==,
                        ACTION_AWAIT_GROUP);
        g_assert_cmpint(machine_find(PROCESS_RUNNING, INPUT_EXITED)->then, ==,
                        ACTION_CONSIDER_RESTART);
        g_assert_cmpint(machine_find(PROCESS_EXITED, INPUT_STOP)->then, ==, ACTION_CANCEL_RESTART);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/machine/every-pair", test_every_pair);
        g_test_add_func("/machine/spawning", test_spawning);
        g_test_add_func("/machine/actions", test_actions);
        return g_test_run();
}
