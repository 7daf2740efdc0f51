/* Check dialogue: follows what one run of a listener says, byte by byte, and tells of each slip
 * where it is.
 *
 * Made of the same parts as the listener-host is, Protocol and Machine, so that what passes here is
 * understood there. Pure: the caller brings the bytes, and says when an event was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "listener-host/check-slip.h"

typedef struct Dialogue Dialogue;

typedef enum DialogueStep {
        DIALOGUE_NONE,     /* more bytes are needed */
        DIALOGUE_READY,    /* an event may be given */
        DIALOGUE_ACCEPTED, /* these three end the event in hand */
        DIALOGUE_REFUSED,
        DIALOGUE_LOST, /* nobody knows what the answer was */
} DialogueStep;

/* The slip is the dialogue's, and gone afterwards. */
typedef void (*DialogueSlipped)(const Slip *slip, void *userdata);

/* relays: results are lines to be printed (labelled-lines), not OK or FAIL. */
Dialogue *dialogue_new(bool relays, DialogueSlipped slipped, void *userdata);
Dialogue *dialogue_free(Dialogue *dialogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dialogue, dialogue_free)

/* The next byte that is to be looked at. */
uint64_t dialogue_offset(const Dialogue *dialogue);
/* How many bytes were pushed in all. */
uint64_t dialogue_pushed(const Dialogue *dialogue);
ListenerState dialogue_state(const Dialogue *dialogue);
/* Where the RESULT line of the last result began. */
uint64_t dialogue_result_offset(const Dialogue *dialogue);

void dialogue_push(Dialogue *dialogue, const void *data, size_t size);
/* Ask until it is DIALOGUE_NONE. What is in between may tell of slips. */
DialogueStep dialogue_next(Dialogue *dialogue);

/* After DIALOGUE_READY. */
void dialogue_give(Dialogue *dialogue);

/* The time for the next word is over: tells which is missing, or lacks its end. After wrong bytes
 * it tells of them only. */
void dialogue_overdue(Dialogue *dialogue);
/* Nothing more will come; whatever was skipped is told of. */
void dialogue_end(Dialogue *dialogue);
