/* Identifier: the name of an instance, as its configuration file gives it.
 *
 * A light reading of one line, for finding the daemon's socket; the daemon itself reads the file
 * properly. Includes are not followed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* What an instance is called whose file says nothing. */
#define IDENTIFIER_DEFAULT "supervisor"

/* "identifier" of [supervisord] (INI) or of supervisord: (YAML, as a block or in braces), without
 * quotes; IDENTIFIER_DEFAULT when there is none. Caller frees with g_free. */
char *identifier_from_text(const char *text, bool is_yaml);

/* The same of a file; YAML when its name ends in .yaml or .yml. NULL with an error when it cannot
 * be read, is larger than any configuration is, or gives an identifier with %-expressions in it. */
char *identifier_from_file(const char *path, GError **error);

/* A file of Supervisor's format without [supervisord], with which no daemon can run. */
bool identifier_is_for_clients(const char *path);
