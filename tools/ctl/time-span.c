/* Reads from left to right with a place in the text, each step takes what it knows or leaves the
 * place where it was. */

#include "tools/ctl/time-span.h"

#include <string.h>

#include "tools/ctl/failure.h"

#define MAX_DIGITS 18 /* of a number, so that it fits */

#define MILLISECOND UINT64_C(1000)
#define SECOND      (1000 * MILLISECOND)
#define MINUTE      (60 * SECOND)
#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)
#define YEAR        (31557600 * SECOND)
#define MONTH       (YEAR / 12) /* as systemd counts */

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
        { "month", MONTH },
        { "months", MONTH },
        { "y", YEAR },
        { "year", YEAR },
        { "years", YEAR },
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

/* "1.5s": whole units of this one, and what is left without zeros at the end. */
static void append_fraction(GString *text, uint64_t usec, uint64_t unit, const char *name)
{
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, usec / unit);
        if (usec % unit > 0) {
                unsigned n_digits = unit == SECOND ? 6 : 3;

                g_string_append_printf(text, ".%0*u", n_digits, (unsigned)(usec % unit));
                while (text->str[text->len - 1] == '0')
                        g_string_truncate(text, text->len - 1);
        }
        g_string_append(text, name);
}

char *time_span_to_string(uint64_t usec)
{
        static const struct {
                uint64_t usec;
                const char *name;
        } steps[] = { { YEAR, "y" }, { MONTH, "month" }, { 7 * DAY, "w" }, { DAY, "d" },
                { HOUR, "h" }, { MINUTE, "min" } };
        g_autoptr(GString) text = g_string_new(NULL);

        if (usec == TIME_SPAN_INFINITE)
                return g_strdup("infinity");
        for (size_t i = 0; i < G_N_ELEMENTS(steps); usec %= steps[i++].usec)
                if (usec >= steps[i].usec)
                        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT "%s",
                                        text->len > 0 ? " " : "", usec / steps[i].usec,
                                        steps[i].name);
        if (usec == 0)
                return g_strdup(text->len > 0 ? text->str : "0");
        if (text->len > 0)
                g_string_append_c(text, ' ');
        if (usec >= SECOND)
                append_fraction(text, usec, SECOND, "s");
        else if (usec >= MILLISECOND)
                append_fraction(text, usec, MILLISECOND, "ms");
        else
                append_fraction(text, usec, 1, "us");
        return g_strdup(text->str);
}
