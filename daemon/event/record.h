/* Record: an Event as bytes in a file of the event log, and back.
 *
 * A head of the file's key, the length of the body and a checksum, then the body. The key is a
 * random number that only the file knows: a record is found by it again after bytes that are
 * damaged, and nobody can write one into the data of an event. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"

#define RECORD_HEAD_BYTES 12
/* With its head. An event of ours is shorter but for absurdly long names. */
#define RECORD_MAX_BYTES (2 * 1024 * 1024)

/* What is read without making an Event of it. */
typedef struct RecordFacts {
        size_t size; /* with the head */
        uint64_t serial;
        uint64_t realtime_usec;
        EventType type;
} RecordFacts;

/* Appends the event. False, and nothing is changed, when it would be too long. */
bool record_append(GByteArray *bytes, const Event *event, uint32_t key);

/* How long the record is that begins here, by its head alone; 0 when none begins here. At least
 * RECORD_HEAD_BYTES must be there. */
size_t record_size(const uint8_t *bytes, uint32_t key);
/* Is it whole, and of a kind that we know? `bytes` are as many as record_size() says. */
bool record_check(const uint8_t *bytes, size_t size, uint32_t key, RecordFacts *ret);
/* The event of a record that has been checked; NULL when what it holds makes none. */
Event *record_read(const uint8_t *bytes, size_t size);
