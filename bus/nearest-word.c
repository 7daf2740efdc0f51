/* The distance is that of Levenshtein, row by row. */

#include "bus/nearest-word.h"

#include <stdint.h>
#include <string.h>

#include <glib.h>

#define MAX_WORD 64 /* bytes; longer words are near to none */

/* How many letters have to be put in, taken out or changed to make one word the other. */
static size_t distance_of(const char *from, const char *to)
{
        size_t from_length = strlen(from), to_length = strlen(to);
        size_t row[MAX_WORD + 1];

        if (from_length > MAX_WORD || to_length > MAX_WORD)
                return SIZE_MAX;
        for (size_t j = 0; j <= to_length; j++)
                row[j] = j;
        for (size_t i = 1; i <= from_length; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= to_length; j++) {
                        size_t changed = diagonal + (from[i - 1] != to[j - 1]);

                        diagonal = row[j];
                        row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
                }
        }
        return row[to_length];
}

/* Near is what a slip of the hand makes: a third of the letters at most. */
const char *nearest_word(const char *word, const char *const *words, size_t count)
{
        size_t least = MAX(strlen(word) / 3, 1) + 1;
        const char *nearest = NULL;

        for (size_t i = 0; i < count; i++) {
                size_t distance = words[i] ? distance_of(word, words[i]) : least;

                if (distance < least) {
                        least = distance;
                        nearest = words[i];
                }
        }
        return nearest;
}
