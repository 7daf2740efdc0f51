/* Expand: Python's % formatting with named values, as Supervisor applies it to what is set in a
 * file.
 *
 * "%(program_name)s_%(process_num)02d", "%%", flags, widths, precisions, all conversions that
 * Python has. Names are looked up in a chain of tables, the innermost first. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct Expansions Expansions;

/* The outer table is borrowed, may be NULL, and stays usable by itself. */
Expansions *expansions_new(const Expansions *outer);
Expansions *expansions_free(Expansions *expansions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Expansions, expansions_free)

void expansions_set(Expansions *expansions, const char *name, const char *value);
void expansions_set_number(Expansions *expansions, const char *name, int64_t value);
/* Makes a variable known as ENV_VARIABLE. */
void expansions_set_variable(Expansions *expansions, const char *variable, const char *value);
/* Likewise all variables of a table of char * to char *. */
void expansions_set_variables(Expansions *expansions, GHashTable *variables);

/* Caller frees *ret. A conversion without a name (%s), for which Supervisor would paste the text of
 * all names and values, stays as it is and sets *ret_nameless (never cleared here; may be NULL).
 * Errors say which names are known, those of variables excepted. */
bool expand(const char *text, const Expansions *names, char **ret, bool *ret_nameless,
                GError **error);
