/* Line words: a line that was typed, cut into words as a command line would be. */
#pragma once

/* Words end at blanks. A quote, single or double, makes what follows up to the next one part of the
 * word, blanks included; a backslash does that for one character, except in single quotes. A quote
 * without its end stands for itself. A "?" at the beginning is a word of its own. Caller frees with
 * g_strfreev. */
char **line_words(const char *line);
