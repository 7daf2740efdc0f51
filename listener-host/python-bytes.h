/* Python bytes: output that may be no text, as Supervisor, a Python program, tells of it.
 *
 * Listeners that were written for Supervisor know the form, and some evaluate it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Would Python decode it as UTF-8? Zero bytes are text. */
bool python_bytes_is_text(const char *data, size_t size);
/* How many characters it is then. */
size_t python_bytes_n_characters(const char *data, size_t size);
/* Appends its literal: b'caf\\xe9\\n'. */
void python_bytes_append(GString *to, const char *data, size_t size);
