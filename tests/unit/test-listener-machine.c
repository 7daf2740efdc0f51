/* Every pair of state and input is walked: what has no row here must change nothing. */

#include "listener-host/machine.h"

#include <glib.h>

typedef struct Expected {
        ListenerState becomes;
        ListenerAction action;
} Expected;

#define ROW(state, action)                                                                         \
        {                                                                                          \
                LISTENER_##state, ACTION_##action                                                  \
        }

/* clang-format off */
static const Expected tolerant[_LISTENER_STATE_MAX][_LISTENER_INPUT_MAX] = {
        [LISTENER_ACKNOWLEDGED] = {
                [INPUT_READY_LINE]    = ROW(READY, ASK_FOR_EVENT),
                [INPUT_EVENT]         = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_OK]     = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_OTHER]  = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_ERROR]  = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_BAD]    = ROW(ACKNOWLEDGED, NONE),
                [INPUT_STRAY]         = ROW(UNKNOWN, REPORT_STRAY),
                [INPUT_UNDELIVERABLE] = ROW(ACKNOWLEDGED, NONE),
                [INPUT_INTERRUPTED]   = ROW(ACKNOWLEDGED, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(UNKNOWN, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
        [LISTENER_READY] = {
                [INPUT_READY_LINE]    = ROW(READY, NONE),
                [INPUT_EVENT]         = ROW(BUSY, SEND),
                [INPUT_RESULT_OK]     = ROW(READY, NONE),
                [INPUT_RESULT_OTHER]  = ROW(READY, NONE),
                [INPUT_RESULT_ERROR]  = ROW(READY, NONE),
                [INPUT_RESULT_BAD]    = ROW(READY, NONE),
                [INPUT_STRAY]         = ROW(READY, REPORT_STRAY),
                [INPUT_UNDELIVERABLE] = ROW(READY, NONE),
                [INPUT_INTERRUPTED]   = ROW(READY, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(UNKNOWN, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
        [LISTENER_BUSY] = {
                [INPUT_READY_LINE]    = ROW(BUSY, NONE),
                [INPUT_EVENT]         = ROW(BUSY, NONE),
                [INPUT_RESULT_OK]     = ROW(ACKNOWLEDGED, ACCEPT),
                [INPUT_RESULT_OTHER]  = ROW(ACKNOWLEDGED, REJECT),
                [INPUT_RESULT_ERROR]  = ROW(UNKNOWN, REJECT_ERROR),
                [INPUT_RESULT_BAD]    = ROW(UNKNOWN, REJECT_BAD),
                [INPUT_STRAY]         = ROW(BUSY, NONE),
                [INPUT_UNDELIVERABLE] = ROW(UNKNOWN, TAKE_BACK),
                [INPUT_INTERRUPTED]   = ROW(UNKNOWN, REJECT_LOST),
                [INPUT_END_OF_OUTPUT] = ROW(UNKNOWN, REJECT_LOST),
                [INPUT_ENDED]         = ROW(UNKNOWN, REJECT_LOST),
        },
        [LISTENER_UNKNOWN] = {
                [INPUT_READY_LINE]    = ROW(READY, ASK_FOR_EVENT),
                [INPUT_EVENT]         = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_OK]     = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_OTHER]  = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_ERROR]  = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_BAD]    = ROW(UNKNOWN, NONE),
                [INPUT_STRAY]         = ROW(UNKNOWN, REPORT_STRAY),
                [INPUT_UNDELIVERABLE] = ROW(UNKNOWN, NONE),
                [INPUT_INTERRUPTED]   = ROW(UNKNOWN, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(UNKNOWN, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
};

static const Expected strict[_LISTENER_STATE_MAX][_LISTENER_INPUT_MAX] = {
        [LISTENER_ACKNOWLEDGED] = {
                [INPUT_READY_LINE]    = ROW(READY, ASK_FOR_EVENT),
                [INPUT_EVENT]         = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_OK]     = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_OTHER]  = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_ERROR]  = ROW(ACKNOWLEDGED, NONE),
                [INPUT_RESULT_BAD]    = ROW(ACKNOWLEDGED, NONE),
                [INPUT_STRAY]         = ROW(UNKNOWN, EXPEL),
                [INPUT_UNDELIVERABLE] = ROW(ACKNOWLEDGED, NONE),
                [INPUT_INTERRUPTED]   = ROW(ACKNOWLEDGED, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(ACKNOWLEDGED, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
        [LISTENER_READY] = {
                [INPUT_READY_LINE]    = ROW(READY, NONE),
                [INPUT_EVENT]         = ROW(BUSY, SEND),
                [INPUT_RESULT_OK]     = ROW(READY, NONE),
                [INPUT_RESULT_OTHER]  = ROW(READY, NONE),
                [INPUT_RESULT_ERROR]  = ROW(READY, NONE),
                [INPUT_RESULT_BAD]    = ROW(READY, NONE),
                [INPUT_STRAY]         = ROW(UNKNOWN, EXPEL),
                [INPUT_UNDELIVERABLE] = ROW(READY, NONE),
                [INPUT_INTERRUPTED]   = ROW(READY, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(READY, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
        [LISTENER_BUSY] = {
                [INPUT_READY_LINE]    = ROW(BUSY, NONE),
                [INPUT_EVENT]         = ROW(BUSY, NONE),
                [INPUT_RESULT_OK]     = ROW(ACKNOWLEDGED, ACCEPT),
                [INPUT_RESULT_OTHER]  = ROW(ACKNOWLEDGED, REJECT),
                [INPUT_RESULT_ERROR]  = ROW(UNKNOWN, EXPEL_ERROR),
                [INPUT_RESULT_BAD]    = ROW(UNKNOWN, EXPEL_BAD),
                [INPUT_STRAY]         = ROW(BUSY, NONE),
                [INPUT_UNDELIVERABLE] = ROW(READY, TAKE_BACK),
                [INPUT_INTERRUPTED]   = ROW(BUSY, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(BUSY, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, REJECT_LOST),
        },
        [LISTENER_UNKNOWN] = {
                [INPUT_READY_LINE]    = ROW(UNKNOWN, NONE),
                [INPUT_EVENT]         = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_OK]     = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_OTHER]  = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_ERROR]  = ROW(UNKNOWN, NONE),
                [INPUT_RESULT_BAD]    = ROW(UNKNOWN, NONE),
                [INPUT_STRAY]         = ROW(UNKNOWN, NONE),
                [INPUT_UNDELIVERABLE] = ROW(UNKNOWN, NONE),
                [INPUT_INTERRUPTED]   = ROW(UNKNOWN, NONE),
                [INPUT_END_OF_OUTPUT] = ROW(UNKNOWN, NONE),
                [INPUT_ENDED]         = ROW(UNKNOWN, NONE),
        },
};
/* clang-format on */

static void check_all_pairs(PoolProtocol protocol,
                const Expected expected[_LISTENER_STATE_MAX][_LISTENER_INPUT_MAX])
{
        for (int state = 0; state < _LISTENER_STATE_MAX; state++)
                for (int input = 0; input < _LISTENER_INPUT_MAX; input++) {
                        ListenerState becomes = state;
                        ListenerAction action = machine_step(protocol, &becomes, input);

                        if (action != expected[state][input].action)
                                g_test_message("%s, input %d", listener_state_to_string(state),
                                                input);
                        g_assert_cmpint(action, ==, expected[state][input].action);
                        g_assert_cmpint(becomes, ==, expected[state][input].becomes);
                }
}

static void test_tolerant(void)
{
        check_all_pairs(POOL_PROTOCOL_TOLERANT, tolerant);
}

static void test_strict(void)
{
        check_all_pairs(POOL_PROTOCOL_STRICT, strict);
}

static void test_names(void)
{
        g_assert_cmpstr(listener_state_to_string(LISTENER_ACKNOWLEDGED), ==, "ACKNOWLEDGED");
        g_assert_cmpstr(listener_state_to_string(LISTENER_READY), ==, "READY");
        g_assert_cmpstr(listener_state_to_string(LISTENER_BUSY), ==, "BUSY");
        g_assert_cmpstr(listener_state_to_string(LISTENER_UNKNOWN), ==, "UNKNOWN");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/listener-machine/tolerant", test_tolerant);
        g_test_add_func("/listener-machine/strict", test_strict);
        g_test_add_func("/listener-machine/names", test_names);
        return g_test_run();
}
