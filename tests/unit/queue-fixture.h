/* Queue fixture: events told apart by their serial, and what a queue says of them. */
#pragma once

#include "listener-host/queue.h"

bool push_type(Queue *queue, EventType type, uint64_t serial);
/* Of a type that is never left out. */
bool push(Queue *queue, uint64_t serial);
/* Takes the next event, which must be that one. */
QueueItem *take(Queue *queue, uint64_t expected_serial);
void assert_progress(Queue *queue, uint64_t last, uint64_t cursor, uint64_t poolserial,
                size_t n_answered);
