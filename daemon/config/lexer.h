/* Lexer: the states of Python's shlex, which splits commands and environments for Supervisor.
 *
 * One function serves both, as in Python; who calls says which characters stand for themselves. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct LexerRules {
        bool posix;             /* quotes vanish and join, a backslash escapes */
        bool split_at_blanks;   /* a word is everything up to a blank; there are no comments */
        const char *word_extra; /* besides letters, digits and _: what belongs to a word */
} LexerRules;

/* The tokens of a text, NULL-terminated; g_strfreev. Fails on an open quote and a last backslash.
 */
bool lexer_split(const char *text, const LexerRules *rules, char ***ret_tokens, GError **error);
