/* Labelled lines: the result of a listener that relays what programs print, as the lines that go to
 * stdout: "web stdout | hello".
 *
 * It is what the Python function supervisor_stdout:event_handler prints, to the byte. The result is
 * the payload of a PROCESS_LOG event: a line of tokens "key:value", of which "processname" and
 * "channel" are the label, and the data. Each line of the data gets the label, also the empty one
 * that follows a newline at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "bus/event.h"

/* A result may be as long as the payload of the largest event. Data that is no text has four
 * characters for a byte in it. */
#define LABELLED_LINES_MAX_BYTES (4 * EVENT_DATA_MAX_BYTES + 64 * 1024)

typedef struct LabelledLines LabelledLines;

/* NULL when the result is of another form; *ret_why (static) then says what is wrong with it. Takes
 * a reference of its own. */
LabelledLines *labelled_lines_new(GBytes *result, const char **ret_why);
LabelledLines *labelled_lines_free(LabelledLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabelledLines, labelled_lines_free)

/* Appends the next lines, about so many bytes of them and at least one, to the text. False when
 * there are no more. The data may be one newline after the other, so the text as a whole may be
 * many times as large as the result. */
bool labelled_lines_next(LabelledLines *lines, size_t max_bytes, GString *to);
