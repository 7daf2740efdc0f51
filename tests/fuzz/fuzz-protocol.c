/* What a listener says: the tokens must be the same in whatever portions the bytes come, and what
 * is kept must stay within bounds. Each READY is answered with an event, so that all states are
 * reached.
 *
 * The first byte says how large the portions are, and its highest bit which protocol it is. */

#include "tests/fuzz/driver.h"

#include <stdbool.h>

#include <glib.h>

#include "listener-host/protocol.h"

static const ListenerInput inputs[_PROTOCOL_TOKEN_MAX] = {
        [TOKEN_READY] = INPUT_READY_LINE,
        [TOKEN_RESULT_OK] = INPUT_RESULT_OK,
        [TOKEN_RESULT_OTHER] = INPUT_RESULT_OTHER,
        [TOKEN_RESULT_TOO_LONG] = INPUT_RESULT_OTHER,
        [TOKEN_RESULT_BAD] = INPUT_RESULT_BAD,
        [TOKEN_STRAY] = INPUT_STRAY,
};

/* The tokens as one character each. */
static char *play(PoolProtocol which, const uint8_t *data, size_t size, size_t portion)
{
        g_autoptr(Protocol) protocol = protocol_new();
        ListenerState state = LISTENER_ACKNOWLEDGED;
        GString *tokens = g_string_new(NULL);

        protocol_set(protocol, which);
        for (size_t at = 0; at < size; at += portion) {
                protocol_push(protocol, data + at, MIN(portion, size - at));
                while (true) {
                        g_autofree char *excerpt = NULL;
                        ProtocolToken token = protocol_next(protocol, state, &excerpt);

                        if (token == TOKEN_NONE)
                                break;
                        g_string_append_c(tokens, 'a' + token);
                        machine_step(which, &state, inputs[token]);
                        if (token == TOKEN_READY)
                                machine_step(which, &state, INPUT_EVENT);
                }
                g_assert_cmpuint(protocol_buffered(protocol), <=, PROTOCOL_RESULT_MAX_BYTES);
        }
        return g_string_free(tokens, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *whole = NULL;
        g_autofree char *parts = NULL;

        PoolProtocol which;

        if (size < 2)
                return 0;
        which = data[0] & 0x80 ? POOL_PROTOCOL_STRICT : POOL_PROTOCOL_TOLERANT;
        whole = play(which, data + 1, size - 1, size - 1);
        parts = play(which, data + 1, size - 1, data[0] % 32 + 1);
        g_assert_cmpstr(whole, ==, parts);
        return 0;
}
