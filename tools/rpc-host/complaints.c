/* Of all clients together: one that is stopped by a bound of its own comes by another connection.
 */

#include "tools/rpc-host/complaints.h"

#include <stdarg.h>
#include <stdint.h>

#include "bus/clock.h"
#include "bus/host-log.h"

#define MAX_RECORDS 10
#define PERIOD_USEC (10 * G_USEC_PER_SEC)

static uint64_t period_began;
static unsigned in_period, left_out;

static void begin_period(uint64_t now)
{
        if (left_out > 0)
                log_error("%u more requests like these", left_out);
        period_began = now;
        in_period = left_out = 0;
}

void complaints_log(const char *format, ...)
{
        uint64_t now = clock_now_usec(CLOCK_MONOTONIC);
        g_autofree char *text = NULL;
        va_list arguments;

        if (now - period_began >= PERIOD_USEC)
                begin_period(now);
        if (in_period == MAX_RECORDS) {
                left_out++;
                return;
        }
        in_period++;
        va_start(arguments, format);
        text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        log_error("%s", text);
}
