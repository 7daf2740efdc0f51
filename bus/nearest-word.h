/* Nearest word: what somebody may have meant who wrote a word that is not known. */
#pragma once

#include <stddef.h>

/* The one of the words (NULL among them is passed over) that a slip of the hand makes of this one;
 * NULL when none is near enough. */
const char *nearest_word(const char *word, const char *const *words, size_t count);
