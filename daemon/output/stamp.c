/* Working out a date costs more than all the rest of a record, and a busy log has many records in a
 * second: that of the last second is kept. */

#include "daemon/output/stamp.h"

#include <stdbool.h>
#include <time.h>

typedef struct LastSecond {
        time_t second; /* 0 = none yet */
        char text[32];
} LastSecond;

static bool is_same(const LastSecond *last, time_t second)
{
        return last->second == second && second != 0;
}

static void append_digits(GString *to, unsigned number, int count)
{
        char digits[8];

        for (int i = count - 1; i >= 0; i--, number /= 10)
                digits[i] = '0' + number % 10;
        g_string_append_len(to, digits, count);
}

void stamp_append_local(GString *to, uint64_t realtime_usec)
{
        static LastSecond last;
        time_t second = realtime_usec / G_USEC_PER_SEC;

        if (!is_same(&last, second)) {
                struct tm date = { 0 };

                localtime_r(&second, &date);
                strftime(last.text, sizeof last.text, "%Y-%m-%d %H:%M:%S,", &date);
                last.second = second;
        }
        g_string_append(to, last.text);
        append_digits(to, realtime_usec % G_USEC_PER_SEC / 1000, 3);
}

void stamp_append_utc(GString *to, uint64_t realtime_usec)
{
        static LastSecond last;
        time_t second = realtime_usec / G_USEC_PER_SEC;

        if (!is_same(&last, second)) {
                struct tm date = { 0 };

                gmtime_r(&second, &date);
                strftime(last.text, sizeof last.text, "%Y-%m-%dT%H:%M:%S.", &date);
                last.second = second;
        }
        g_string_append(to, last.text);
        append_digits(to, realtime_usec % G_USEC_PER_SEC, 6);
        g_string_append_c(to, 'Z');
}
