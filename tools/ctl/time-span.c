/* Reads from left to right with a place in the text, each step takes what it knows or leaves the
 * place where it was. */

#include "tools/ctl/time-span.h"

#include <string.h>

#include "tools/ctl/failure.h"

#define MAX_DIGITS 18 /* of a number, so that it fits */

#define SECOND UINT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct {
        const char *name;
        uint64_t usec;
} units[] = {
        { "us", 1 },
        { "usec", 1 },
        { "ms", 1000 },
        { "msec", 1000 },
        { "s", SECOND },
        { "sec", SECOND },
        { "second", SECOND },
        { "seconds", SECOND },
        { "m", MINUTE },
        { "min", MINUTE },
        { "minute", MINUTE },
        { "minutes", MINUTE },
        { "h", HOUR },
        { "hr", HOUR },
        { "hour", HOUR },
        { "hours", HOUR },
        { "d", DAY },
        { "day", DAY },
        { "days", DAY },
        { "w", 7 * DAY },
        { "week", 7 * DAY },
        { "weeks", 7 * DAY },
        { "month", 2629800 * SECOND }, /* a twelfth of a year, as systemd counts */
        { "months", 2629800 * SECOND },
        { "y", 31557600 * SECOND },
        { "year", 31557600 * SECOND },
        { "years", 31557600 * SECOND },
};

static void skip_blanks(const char **place)
{
        while (g_ascii_isspace(**place))
                (*place)++;
}

/* A number and, in millionths, what stands behind its point. */
static bool read_number(const char **place, uint64_t *ret_whole, uint64_t *ret_millionths)
{
        const char *at = *place;
        uint64_t whole = 0, millionths = 0;

        for (; g_ascii_isdigit(*at); at++)
                whole = whole * 10 + g_ascii_digit_value(*at);
        if (at == *place || at - *place > MAX_DIGITS)
                return false;
        if (*at == '.' && g_ascii_isdigit(at[1])) {
                uint64_t unit = 100000;

                for (at++; g_ascii_isdigit(*at); at++, unit /= 10)
                        millionths += unit * g_ascii_digit_value(*at);
        }
        *place = at;
        *ret_whole = whole;
        *ret_millionths = millionths;
        return true;
}

/* A whole word, in any case. */
static bool read_unit(const char **place, uint64_t *ret_usec)
{
        for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
                size_t length = strlen(units[i].name);

                if (g_ascii_strncasecmp(*place, units[i].name, length) == 0 &&
                                !g_ascii_isalpha((*place)[length])) {
                        *place += length;
                        *ret_usec = units[i].usec;
                        return true;
                }
        }
        return false;
}

static bool add(uint64_t *sum, uint64_t whole, uint64_t millionths, uint64_t unit)
{
        uint64_t part;

        return g_uint64_checked_mul(&part, whole, unit) && g_uint64_checked_add(sum, *sum, part) &&
               g_uint64_checked_add(sum, *sum, (uint64_t)((double)millionths * unit / SECOND)) &&
               *sum < INT64_MAX;
}

bool time_span_read(const char **place, uint64_t *ret_usec)
{
        const char *at = *place;
        uint64_t sum = 0, whole, millionths, unit;

        while (read_number(&at, &whole, &millionths)) {
                skip_blanks(&at);
                if (!read_unit(&at, &unit) || !add(&sum, whole, millionths, unit))
                        return false;
                skip_blanks(&at);
                *place = at;
        }
        *ret_usec = sum;
        return *place == at;
}

static bool read_seconds(const char *text, uint64_t *ret_usec)
{
        uint64_t sum = 0, whole, millionths;

        if (!read_number(&text, &whole, &millionths) || *text ||
                        !add(&sum, whole, millionths, SECOND))
                return false;
        *ret_usec = sum;
        return true;
}

bool time_span_parse(const char *text, uint64_t *ret_usec, GError **error)
{
        const char *place = text;
        uint64_t usec = 0;

        skip_blanks(&place);
        if (strcmp(place, "infinity") == 0) {
                *ret_usec = TIME_SPAN_INFINITE;
                return true;
        }
        if (*place && (read_seconds(place, &usec) || (time_span_read(&place, &usec) && !*place)) &&
                        usec > 0) {
                *ret_usec = usec;
                return true;
        }
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "'%s' is no span of time; write 30, 1.5s, 5min, 1h 30min or infinity",
                        text);
        return false;
}

/* "1.5": without zeros at the end. */
static char *seconds_text(uint64_t usec)
{
        g_autofree char *text = g_strdup_printf(
                        "%u.%06u", (unsigned)(usec / SECOND), (unsigned)(usec % SECOND));
        char *end = text + strlen(text);

        while (end[-1] == '0')
                *--end = '\0';
        if (end[-1] == '.')
                *--end = '\0';
        return g_steal_pointer(&text);
}

char *time_span_to_string(uint64_t usec)
{
        uint64_t minutes = usec / MINUTE;
        g_autofree char *seconds = seconds_text(usec % MINUTE);
        bool has_seconds = usec % MINUTE > 0 || minutes == 0;

        return g_strdup_printf("%.0" G_GUINT64_FORMAT "%s%s%s%s", minutes, minutes > 0 ? "min" : "",
                        minutes > 0 && has_seconds ? " " : "", has_seconds ? seconds : "",
                        has_seconds ? "s" : "");
}
