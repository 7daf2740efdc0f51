/* Pool options: the words with which the section of an event listener says how its pool works.
 *
 * busvisord reads them and passes them on, the listener-host acts by them. Each list of names ends
 * with NULL; the first is the default. */
#pragma once

/* What happens to the events that a pool has no room for. */
typedef enum PoolOverflow {
        POOL_OVERFLOW_KEEP,    /* they stay in the event log */
        POOL_OVERFLOW_DISCARD, /* the oldest of the pool is lost, as in Supervisor */
        _POOL_OVERFLOW_MAX,
} PoolOverflow;

/* What a listener that breaks the protocol has to expect. */
typedef enum PoolProtocol {
        POOL_PROTOCOL_TOLERANT, /* it is in again with its next READY */
        POOL_PROTOCOL_STRICT,   /* as in Supervisor: nothing more until it is restarted */
        _POOL_PROTOCOL_MAX,
} PoolProtocol;

/* What "len" in the header of an event counts. */
typedef enum PayloadLength {
        PAYLOAD_LENGTH_CHARACTERS, /* as Supervisor 4 */
        PAYLOAD_LENGTH_BYTES,
        _PAYLOAD_LENGTH_MAX,
} PayloadLength;

/* Who judges the results of listeners; the names are those of Supervisor's Python functions. */
typedef enum PoolResultHandler {
        POOL_RESULT_HANDLER_DEFAULT, /* "OK" is fine, all else refuses the event */
        POOL_RESULT_HANDLER_STDOUT,  /* they are lines to be printed */
        _POOL_RESULT_HANDLER_MAX,
} PoolResultHandler;

extern const char *const pool_overflow_names[_POOL_OVERFLOW_MAX + 1];   /* "keep", "discard" */
extern const char *const pool_protocol_names[_POOL_PROTOCOL_MAX + 1];   /* "tolerant", "strict" */
extern const char *const payload_length_names[_PAYLOAD_LENGTH_MAX + 1]; /* "characters", "bytes" */
extern const char *const pool_result_handler_names[_POOL_RESULT_HANDLER_MAX + 1];
