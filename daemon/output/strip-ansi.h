/* Strip ANSI: takes the control sequences of terminals (colours, movements of the cursor) out of a
 * stream, wherever it is cut.
 *
 * A control sequence is that of ECMA-48: ESC [, parameter bytes (0x30 to 0x3f), intermediate bytes
 * (0x20 to 0x2f) and one final byte (0x40 to 0x7e). What begins like one and goes on otherwise, or
 * is longer than 64 bytes, passes as it is. Supervisor knows 15 final bytes and, after any other,
 * swallows the text up to one of those. */
#pragma once

#include <stddef.h>

#include <glib.h>

#define STRIP_ANSI_MAX 64

typedef struct StripAnsi StripAnsi;

StripAnsi *strip_ansi_new(void);
StripAnsi *strip_ansi_free(StripAnsi *strip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StripAnsi, strip_ansi_free)

/* Appends to `to` what passes. The beginning of a sequence is held back. */
void strip_ansi_push(StripAnsi *strip, const char *data, size_t size, GString *to);
/* The end of the stream: what was held back passes. */
void strip_ansi_end(StripAnsi *strip, GString *to);
