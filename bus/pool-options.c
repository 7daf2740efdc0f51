/* Words and not numbers travel over the bus: whoever looks at it can read them, and one that is
 * added in a later version is not taken for another. */

#include "bus/pool-options.h"

#include <stddef.h>

const char *const pool_overflow_names[_POOL_OVERFLOW_MAX + 1] = {
        [POOL_OVERFLOW_KEEP] = "keep",
        [POOL_OVERFLOW_DISCARD] = "discard",
        [_POOL_OVERFLOW_MAX] = NULL,
};

const char *const pool_protocol_names[_POOL_PROTOCOL_MAX + 1] = {
        [POOL_PROTOCOL_TOLERANT] = "tolerant",
        [POOL_PROTOCOL_STRICT] = "strict",
        [_POOL_PROTOCOL_MAX] = NULL,
};

const char *const payload_length_names[_PAYLOAD_LENGTH_MAX + 1] = {
        [PAYLOAD_LENGTH_CHARACTERS] = "characters",
        [PAYLOAD_LENGTH_BYTES] = "bytes",
        [_PAYLOAD_LENGTH_MAX] = NULL,
};

const char *const pool_result_handler_names[_POOL_RESULT_HANDLER_MAX + 1] = {
        [POOL_RESULT_HANDLER_DEFAULT] = "supervisor.dispatchers:default_handler",
        [POOL_RESULT_HANDLER_STDOUT] = "supervisor_stdout:event_handler",
        [_POOL_RESULT_HANDLER_MAX] = NULL,
};
