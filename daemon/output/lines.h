/* Lines: cuts a stream into lines, wherever it comes in pieces.
 *
 * A line longer than the bound becomes several, cut between two characters of UTF-8 where it is
 * such text. */
#pragma once

#include <stddef.h>

#include <glib.h>

typedef struct Lines Lines;

/* One line with its line end; without one where a long line was cut, or at the end of the stream.
 */
typedef void (*LineHandler)(const char *line, size_t size, void *userdata);

/* max_bytes: of a line, its end not counted; at least 4. */
Lines *lines_new(size_t max_bytes, LineHandler handler, void *userdata);
Lines *lines_free(Lines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lines, lines_free)

void lines_push(Lines *lines, const char *data, size_t size);
/* The end of the stream: hands on what has no line end. */
void lines_end(Lines *lines);
