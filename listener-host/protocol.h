/* Protocol: takes the bytes that a listener writes to stdout apart into READY and RESULT.
 *
 * What bytes mean depends on the state of the listener, so the caller gives it with each question,
 * and moves the state before it asks again. Bytes may come in any portions. Memory is bounded
 * whatever comes: a line by 4 KiB, a result by 64 KiB where no more is wanted, stray bytes are not
 * kept at all.
 *
 * What Supervisor accepts is accepted: after the word RESULT any one separator, then a number as
 * Python's int() reads it (blanks around it, a sign, underscores between digits).
 *
 * By the strict protocol bytes mean what they mean to Supervisor, also where that is odd: what
 * stands in the place of "RESULT " is not looked at, and a result of no bytes is seen only with the
 * byte behind it. Less than nothing is a bad length to us; Supervisor trips over it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "listener-host/machine.h"

#define PROTOCOL_LINE_MAX_BYTES   4096
#define PROTOCOL_RESULT_MAX_BYTES (64 * 1024)

/* A line of the strict protocol, in which Supervisor has no bound. */
#define PROTOCOL_STRICT_LINE_MAX_BYTES PROTOCOL_RESULT_MAX_BYTES

typedef struct Protocol Protocol;

typedef enum ProtocolToken {
        TOKEN_NONE, /* more bytes are needed */
        TOKEN_READY,
        TOKEN_RESULT_OK,
        TOKEN_RESULT_OTHER,
        TOKEN_RESULT_TOO_LONG, /* it was skipped as a whole */
        TOKEN_RESULT_BAD,      /* no RESULT line where one was due */
        TOKEN_STRAY,           /* said once until the next READY or RESULT */
        _PROTOCOL_TOKEN_MAX,
} ProtocolToken;

Protocol *protocol_new(void);
Protocol *protocol_free(Protocol *protocol);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Protocol, protocol_free)

/* At first it is the tolerant one. */
void protocol_set(Protocol *protocol, PoolProtocol which);

void protocol_push(Protocol *protocol, const void *data, size_t size);

/* The next token; ask until it is TOKEN_NONE. For TOKEN_RESULT_BAD and TOKEN_STRAY *ret_excerpt
 * becomes what was there instead, escaped and short, of a bad line of the strict protocol the line
 * as Supervisor shows it; caller frees with g_free. */
ProtocolToken protocol_next(Protocol *protocol, ListenerState state, char **ret_excerpt);

/* From now on the bodies of results are kept, of up to so many bytes. */
void protocol_keep_results(Protocol *protocol, size_t max_bytes);
/* The body after TOKEN_RESULT_OK or TOKEN_RESULT_OTHER, once, where results are kept. */
GBytes *protocol_take_result(Protocol *protocol);

/* Bytes that wait for more, or for the question after the next token. */
size_t protocol_buffered(const Protocol *protocol);
/* They themselves, until the next call. */
const void *protocol_rest(const Protocol *protocol);
/* Of a result whose line was read, how many bytes are still to come; 0 when there is none. */
size_t protocol_result_due(const Protocol *protocol);

/* As Python's int() reads it; false when it is no number, negative or beyond all sense. */
bool protocol_parse_length(const char *text, const char *end, uint64_t *ret);
/* The first 64 bytes, with control characters and such as escapes. Caller frees with g_free. */
char *protocol_excerpt(const void *data, size_t size);
