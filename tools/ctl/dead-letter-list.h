/* Dead letter list: the events that listener pools have given up, as people and programs see them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/event.h"
#include "tools/ctl/client.h"
#include "tools/ctl/output.h"

typedef struct DeadLetterEntry {
        char *pool;
        char *type;                  /* of the event */
        char *process, *reason;      /* the listener of the last attempt, and why that failed */
        uint64_t serial, poolserial; /* the latter only when it was asked for by its serial */
        uint64_t realtime_usec;      /* when it was given up */
        unsigned n_attempts;
        bool is_retried;
        Event *event; /* NULL in a list */
} DeadLetterEntry;

void dead_letter_entry_free(void *entry);

/* Adds those of a pool to the array of DeadLetterEntry. */
bool dead_letter_list_read(Client *client, const char *pool, GPtrArray *list, GError **error);
/* One of them, with its event. NULL with an error. */
DeadLetterEntry *dead_letter_read(
                Client *client, const char *pool, uint64_t serial, GError **error);

/* One line each: pool, serial, type, time, and how it came to be one. */
void dead_letter_list_print(const Output *output, const GPtrArray *list);
/* A few lines, with the event. */
void dead_letter_print(const Output *output, const DeadLetterEntry *entry);

/* An array of objects, and one with its event. Caller frees with g_free, also below. */
char *dead_letter_list_to_json(const GPtrArray *list);
char *dead_letter_to_json(const DeadLetterEntry *entry);
/* To so many of a pool something was done. */
char *dead_letter_count_to_json(const char *pool, const char *what, uint32_t n);
