/* Completion: what could stand where the cursor is in a line of the shell.
 *
 * Knows neither terminal nor daemon; what the daemon knows comes as an argument. */
#pragma once

#include <glib.h>

#include "tools/ctl/command.h"

/* What the word at the end of line is, from the command that the line begins with. line ends at the
 * cursor. */
Completes completion_kind(const char *line);
/* That word, as far as it was typed; part of line. */
const char *completion_word(const char *line);

/* What the daemon knows; any may be NULL. */
typedef struct CompletionLists {
        const GPtrArray *processes;  /* of ProcessEntry */
        const GPtrArray *configured; /* of ConfigurationEntry */
        const GPtrArray *pools;      /* of char * */
} CompletionLists;

/* Which of them is looked at for words of that kind. */
bool completion_needs_processes(Completes kind);
bool completion_needs_configured(Completes kind);
bool completion_needs_pools(Completes kind);

/* All words of that kind that begin with word, sorted. Names that would not be one word are left
 * out. */
GPtrArray *completion_candidates(Completes kind, const char *word, const CompletionLists *lists);

/* What to insert behind word: as much as all candidates have in common, and a blank when there is
 * only one. May be empty. Caller frees with g_free. */
char *completion_insertion(const GPtrArray *candidates, const char *word);

/* The candidates in columns of lines as wide as the terminal; the last line says how many are not
 * shown when there are too many. Each line has its newline. Caller frees with g_free. */
char *completion_columns(const GPtrArray *candidates, unsigned width);
