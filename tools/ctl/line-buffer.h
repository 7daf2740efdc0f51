/* Line buffer: cuts what comes through a descriptor into lines. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct LineBuffer LineBuffer;

/* The descriptor stays the caller's. */
LineBuffer *line_buffer_new(int fd);
LineBuffer *line_buffer_free(LineBuffer *buffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineBuffer, line_buffer_free)

int line_buffer_fd(const LineBuffer *buffer);

/* The next line that is there, without its newline; what comes last needs none. A line of more than
 * a mebibyte comes in pieces. NULL when there is none, at the end for good. */
GString *line_buffer_take(LineBuffer *buffer);
/* Nothing will come any more; lines may still be there. */
bool line_buffer_is_at_end(const LineBuffer *buffer);
/* On a terminal an end is none for the next that reads. */
void line_buffer_resume(LineBuffer *buffer);

/* Reads once, and waits if there is nothing to read. Negative errno: -EINTR is no failure, after
 * others it is at its end. */
int line_buffer_fill(LineBuffer *buffer);
