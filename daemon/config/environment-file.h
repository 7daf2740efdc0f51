/* Environment file: variables in lines KEY=VALUE, as systemd's EnvironmentFile= has them.
 *
 * # or ; begins a line of comment. A value ends with its line; blanks around it are left out.
 * Quotes of either kind hold blanks and line ends, a backslash takes the next character as it is,
 * and nothing is expanded. A line that is none of this is an error. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define ENVIRONMENT_FILE_MAX_SIZE (1 << 20) /* bytes */

/* Adds what the text says to a table of char * to char *; the last of several counts. file is for
 * errors, "FILE:LINE:COLUMN: …". The text is valid UTF-8. */
bool environment_file_parse(const char *file, const char *text, GHashTable *into, GError **error);
/* Likewise for a file on disk; one of another kind than an ordinary file is an error. */
bool environment_file_read(const char *file, GHashTable *into, GError **error);
