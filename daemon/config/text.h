/* Text: blanks, trimming and lists.
 *
 * What counts as a blank is what Python's str says, because Supervisor's files were read by it: a
 * no-break space indents and is trimmed like any other. All texts are UTF-8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

bool text_is_blank(gunichar character);
/* The first character that is no blank; the end where there is none. */
const char *text_skip_blanks(const char *text);
/* Where the blanks begin that end the text. */
const char *text_end(const char *text);
/* A copy without blanks at either end; g_free. */
char *text_strip(const char *text);
/* Takes trailing blanks off in place. */
void text_strip_end(GString *text);
/* Splits at commas and strips each item; an empty text has no items. g_strfreev. */
char **text_split_list(const char *text);
/* Is it the same apart from case, all in ASCII? */
bool text_is_word(const char *text, const char *word);
