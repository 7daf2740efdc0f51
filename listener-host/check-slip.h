/* Check slip: the ways in which a listener can break the protocol, and what Supervisor makes of
 * each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "listener-host/machine.h"

typedef enum SlipKind {
        /* Where READY is due. */
        SLIP_NOISE_BEFORE_READY,
        SLIP_NEWLINE_AFTER_RESULT,
        SLIP_SECOND_RESULT,
        SLIP_READY_FORM,
        SLIP_INCOMPLETE_READY,
        SLIP_NO_READY,
        SLIP_ENDED_BEFORE_READY,
        /* Where nothing is due. */
        SLIP_NOISE_WHILE_READY,
        SLIP_SECOND_READY,
        SLIP_RESULT_WITHOUT_EVENT,
        /* Where a result is due. */
        SLIP_NOISE_BEFORE_RESULT,
        SLIP_READY_BEFORE_RESULT,
        SLIP_RESULT_LENGTH,
        SLIP_RESULT_BODY,
        SLIP_RESULT_LINES,
        SLIP_RESULT_TOO_LONG,
        SLIP_INCOMPLETE_RESULT,
        SLIP_NO_RESULT,
        SLIP_ENDED_BEFORE_RESULT,
        /* How it reads. */
        SLIP_PAYLOAD_UNREAD,
        SLIP_LENGTH_IN_BYTES,
        SLIP_LENGTH_IN_CHARACTERS,
        SLIP_TRANSLATES_LINE_ENDS,
        SLIP_CLOSED_STDIN,
        SLIP_CLOSED_STDOUT,
        SLIP_STAYS_AT_END,
        /* When it writes. */
        SLIP_NOT_FLUSHED,
        /* Remarks: what works, but is worth knowing. */
        SLIP_RESULT_FORM,
        SLIP_ENDED_AFTER_RESULT,
        SLIP_ENDED_WHILE_READY,
        SLIP_ENDED_BADLY,
        _SLIP_KIND_MAX,
} SlipKind;

/* What Supervisor does. */
typedef enum SlipFate {
        SLIP_FATE_UNKNOWN, /* the listener gets nothing more until it is started again */
        SLIP_FATE_REFUSED, /* the event comes again, for ever */
        SLIP_FATE_WAITS,   /* for ever */
        SLIP_FATE_GARBLED, /* nothing, and the listener takes what is left for the next header */
        SLIP_FATE_RESTART, /* starts the listener again, if its section says so */
        SLIP_FATE_KILLS,   /* when it stops it, after stopwaitsecs */
        SLIP_FATE_TAKEN,   /* takes it as it is */
        _SLIP_FATE_MAX,
} SlipFate;

typedef struct Slip {
        SlipKind kind;
        SlipFate fate;
        uint64_t offset;  /* of the byte in what this run of the listener has written */
        bool in_hand;     /* while it had an event in hand */
        char *found;      /* what is there, escaped; NULL where it is not about bytes */
        const char *more; /* further words about this one; NULL = none */
} Slip;

/* "newline-after-result", for programs. */
const char *slip_kind_name(SlipKind kind);
/* For people: what it is, and what would be right; the second is NULL where that goes without
 * saying. */
const char *slip_kind_text(SlipKind kind);
const char *slip_kind_right(SlipKind kind);
/* It counts for nothing. */
bool slip_kind_is_remark(SlipKind kind);
/* What Supervisor does about it, unless it depends on the bytes. */
SlipFate slip_kind_fate(SlipKind kind);
const char *slip_fate_text(SlipFate fate);

/* What these bytes are, which a listener in that state must not say; after_result: its last word
 * was a result. */
SlipKind slip_kind_of_bytes(ListenerState state, bool after_result, const char *bytes, size_t size);
/* And what Supervisor does with them; it does not look at the word RESULT. */
SlipFate slip_fate_of_bytes(ListenerState state, const char *bytes, size_t size);
