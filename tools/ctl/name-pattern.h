/* Name pattern: names with *, ? and [a-z] in them, which mean as many processes as match. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* Has the word anything of a pattern? GROUP:* is a name as Supervisor has it, and none. */
bool name_pattern_is(const char *word);

/* Of a process: its name as people see it, or GROUP:PROCESS. */
bool name_pattern_matches(const char *pattern, const char *group, const char *process);
/* Of a group or a pool; also a name that is just the same. */
bool name_pattern_matches_word(const char *pattern, const char *name);

/* Is the name one of these words, or does it match one? */
bool name_pattern_matches_any(char *const *words, const char *name);
