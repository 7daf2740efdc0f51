/* Reads from left to right with a place in the text, each step takes what it knows or leaves the
 * place where it was. The calendar itself (leap years, clocks that change) is GLib's. */

#include "tools/ctl/event-time.h"

#include <string.h>

#include "tools/ctl/failure.h"
#include "tools/ctl/time-span.h"

#define MAX_LENGTH 100
#define MAX_DIGITS 18 /* of a number, so that it fits */

#define SECOND UINT64_C(1000000)

static void skip_blanks(const char **place)
{
        while (g_ascii_isspace(**place))
                (*place)++;
}

/* At least that many digits and at most as many. */
static bool read_digits(const char **place, unsigned least, unsigned most, uint64_t *ret)
{
        uint64_t number = 0;
        unsigned n = 0;

        for (; n < most && g_ascii_isdigit((*place)[n]); n++)
                number = number * 10 + g_ascii_digit_value((*place)[n]);
        if (n < least || g_ascii_isdigit((*place)[n]))
                return false;
        *place += n;
        *ret = number;
        return true;
}

static bool read_character(const char **place, char character)
{
        if (**place != character)
                return false;
        (*place)++;
        return true;
}

/* A whole word, in any case. */
static bool read_word(const char **place, const char *word)
{
        size_t length = strlen(word);

        if (g_ascii_strncasecmp(*place, word, length) != 0 || g_ascii_isalpha((*place)[length]))
                return false;
        *place += length;
        return true;
}

/* What stands behind a point, as microseconds; nothing there is 0. */
static bool read_fraction(const char **place, uint64_t *ret_usec)
{
        uint64_t usec = 0, unit = SECOND / 10;

        *ret_usec = 0;
        if (!read_character(place, '.') && !read_character(place, ','))
                return true;
        if (!g_ascii_isdigit(**place))
                return false;
        for (; g_ascii_isdigit(**place); (*place)++) {
                usec += unit * g_ascii_digit_value(**place);
                unit /= 10;
        }
        *ret_usec = usec;
        return true;
}

/* -5min, +5min, 5min ago */
static bool read_relative(const char **place, uint64_t now_usec, uint64_t *ret_usec)
{
        const char *at = *place;
        bool is_later = read_character(&at, '+');
        bool is_earlier = !is_later && read_character(&at, '-');
        uint64_t span = 0;

        skip_blanks(&at);
        if (!g_ascii_isdigit(*at) || !time_span_read(&at, &span))
                return false;
        if (!is_later && !is_earlier && !read_word(&at, "ago"))
                return false;
        *place = at;
        *ret_usec = is_later ? now_usec + span : now_usec - MIN(span, now_usec);
        return true;
}

/* @1700000000.5 */
static bool read_epoch(const char **place, uint64_t *ret_usec)
{
        const char *at = *place;
        uint64_t seconds, fraction;

        if (!read_character(&at, '@') || !read_digits(&at, 1, MAX_DIGITS, &seconds) ||
                        !read_fraction(&at, &fraction) || seconds > INT64_MAX / SECOND - 1)
                return false;
        *place = at;
        *ret_usec = seconds * SECOND + fraction;
        return true;
}

/* A time of day of a date. */
typedef struct Calendar {
        uint64_t year, month, day, hour, minute, second, usec;
} Calendar;

static bool read_day_word(const char **place, uint64_t now_usec, Calendar *ret)
{
        static const struct {
                const char *name;
                int days;
        } rows[] = { { "today", 0 }, { "yesterday", -1 }, { "tomorrow", 1 } };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (read_word(place, rows[i].name)) {
                        g_autoptr(GDateTime) now =
                                        g_date_time_new_from_unix_local(now_usec / SECOND);
                        g_autoptr(GDateTime) then = g_date_time_add_days(now, rows[i].days);

                        ret->year = g_date_time_get_year(then);
                        ret->month = g_date_time_get_month(then);
                        ret->day = g_date_time_get_day_of_month(then);
                        return true;
                }
        return false;
}

static bool read_date(const char **place, Calendar *ret)
{
        const char *at = *place;

        if (!read_digits(&at, 4, 4, &ret->year) || !read_character(&at, '-') ||
                        !read_digits(&at, 2, 2, &ret->month) || !read_character(&at, '-') ||
                        !read_digits(&at, 2, 2, &ret->day))
                return false;
        *place = at;
        return true;
}

static bool read_time_of_day(const char **place, Calendar *ret)
{
        const char *at = *place;

        if (!read_digits(&at, 1, 2, &ret->hour) || !read_character(&at, ':') ||
                        !read_digits(&at, 2, 2, &ret->minute))
                return false;
        if (read_character(&at, ':') &&
                        (!read_digits(&at, 2, 2, &ret->second) || !read_fraction(&at, &ret->usec)))
                return false;
        *place = at;
        return true;
}

/* "+01:00" and "+0100"; NULL where there is neither. */
static GTimeZone *read_offset(const char **place)
{
        const char *at = *place;
        uint64_t hours, minutes;
        int sign = *at == '-' ? -1 : 1;

        if ((!read_character(&at, '+') && !read_character(&at, '-')) || !g_ascii_isdigit(at[0]) ||
                        !g_ascii_isdigit(at[1]))
                return NULL;
        hours = g_ascii_digit_value(at[0]) * 10 + g_ascii_digit_value(at[1]);
        at += 2;
        (void)read_character(&at, ':');
        if (!read_digits(&at, 2, 2, &minutes) || hours > 23 || minutes > 59)
                return NULL;
        *place = at;
        return g_time_zone_new_offset(sign * (int)(hours * 60 + minutes) * 60);
}

static GTimeZone *read_zone(const char **place)
{
        GTimeZone *zone;

        skip_blanks(place);
        if (read_word(place, "Z") || read_word(place, "UTC"))
                return g_time_zone_new_utc();
        zone = read_offset(place);
        return zone ? zone : g_time_zone_new_local();
}

static bool calendar_to_usec(const Calendar *calendar, GTimeZone *zone, uint64_t *ret_usec)
{
        g_autoptr(GDateTime) time = g_date_time_new(zone, (int)calendar->year, (int)calendar->month,
                        (int)calendar->day, (int)calendar->hour, (int)calendar->minute,
                        (double)calendar->second);

        if (!time)
                return false;
        *ret_usec = MAX(g_date_time_to_unix(time), 0) * SECOND + calendar->usec;
        return true;
}

static bool read_calendar(const char **place, uint64_t now_usec, uint64_t *ret_usec)
{
        Calendar calendar = { 0 };
        g_autoptr(GTimeZone) zone = NULL;
        bool has_day = read_day_word(place, now_usec, &calendar) || read_date(place, &calendar);
        bool has_time;
        const char *today = "today";

        if (has_day && !read_character(place, 'T'))
                skip_blanks(place);
        has_time = read_time_of_day(place, &calendar);
        if (!has_day && !has_time)
                return false;
        if (!has_day)
                read_day_word(&today, now_usec, &calendar);
        zone = read_zone(place);
        return calendar_to_usec(&calendar, zone, ret_usec);
}

static bool read_any(const char **place, uint64_t now_usec, uint64_t *ret_usec)
{
        if (read_word(place, "now")) {
                *ret_usec = now_usec;
                return true;
        }
        return read_epoch(place, ret_usec) || read_relative(place, now_usec, ret_usec) ||
               read_calendar(place, now_usec, ret_usec);
}

bool event_time_parse(const char *text, uint64_t now_usec, uint64_t *ret_usec, GError **error)
{
        const char *place = text;
        uint64_t usec;

        skip_blanks(&place);
        if (strlen(text) <= MAX_LENGTH && read_any(&place, now_usec, &usec)) {
                skip_blanks(&place);
                if (!*place) {
                        *ret_usec = usec;
                        return true;
                }
        }
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "'%.100s' is no time; write it for example as '2026-11-26 14:03:07', "
                        "14:03, yesterday, -5min, '5 minutes ago' or @1700000000",
                        text);
        return false;
}
