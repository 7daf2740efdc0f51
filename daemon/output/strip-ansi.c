/* Text between the sequences goes in one piece from one ESC to the next, since most output has few
 * of them. */

#include "daemon/output/strip-ansi.h"

#include <stdbool.h>
#include <string.h>

#define ESCAPE 0x1b

typedef enum Place {
        PLACE_TEXT,
        PLACE_ESCAPE, /* behind ESC */
        PLACE_PARAMETERS,
        PLACE_INTERMEDIATES,
} Place;

struct StripAnsi {
        Place place;
        char held[STRIP_ANSI_MAX]; /* the sequence so far */
        size_t n_held;
};

StripAnsi *strip_ansi_new(void)
{
        return g_new0(StripAnsi, 1);
}

StripAnsi *strip_ansi_free(StripAnsi *strip)
{
        g_free(strip);
        return NULL;
}

static bool is_within(unsigned char byte, unsigned char first, unsigned char last)
{
        return byte >= first && byte <= last;
}

/* May the byte follow in a sequence? Where to, then; PLACE_TEXT is behind its end. */
static bool find_next(Place place, unsigned char byte, Place *ret)
{
        if (place == PLACE_ESCAPE) {
                *ret = PLACE_PARAMETERS;
                return byte == '[';
        }
        if (place == PLACE_PARAMETERS && is_within(byte, 0x30, 0x3f))
                *ret = PLACE_PARAMETERS;
        else if (is_within(byte, 0x20, 0x2f))
                *ret = PLACE_INTERMEDIATES;
        else if (is_within(byte, 0x40, 0x7e))
                *ret = PLACE_TEXT;
        else
                return false;
        return true;
}

static void hold(StripAnsi *strip, char byte, Place place)
{
        strip->held[strip->n_held++] = byte;
        strip->place = place;
}

/* A byte within a sequence. False when it does not belong to it and is to be looked at again. */
static bool take(StripAnsi *strip, char byte, GString *to)
{
        Place next;

        if (!find_next(strip->place, byte, &next)) {
                strip_ansi_end(strip, to);
                return false;
        }
        if (next == PLACE_TEXT) {
                strip->n_held = 0;
                strip->place = PLACE_TEXT;
                return true;
        }
        if (strip->n_held == STRIP_ANSI_MAX) {
                strip_ansi_end(strip, to);
                return false;
        }
        hold(strip, byte, next);
        return true;
}

void strip_ansi_push(StripAnsi *strip, const char *data, size_t size, GString *to)
{
        const char *end = data + size;

        while (data < end) {
                const char *escape;

                if (strip->place != PLACE_TEXT) {
                        if (take(strip, *data, to))
                                data++;
                        continue;
                }
                escape = memchr(data, ESCAPE, end - data);
                g_string_append_len(to, data, (escape ? escape : end) - data);
                if (!escape)
                        return;
                hold(strip, ESCAPE, PLACE_ESCAPE);
                data = escape + 1;
        }
}

void strip_ansi_end(StripAnsi *strip, GString *to)
{
        g_string_append_len(to, strip->held, strip->n_held);
        strip->n_held = 0;
        strip->place = PLACE_TEXT;
}
