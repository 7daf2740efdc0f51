/* The name is that of the program file, as with libc and with Supervisor: who calls it supervisord
 * keeps his filters. The names of the months are syslog's own, whatever the locale. */

#include "daemon/output/syslog-message.h"

#include <errno.h>
#include <syslog.h>
#include <time.h>

void syslog_message_begin(GString *message, int priority, uint64_t realtime_usec)
{
        static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
                "Sep", "Oct", "Nov", "Dec" };
        time_t seconds = realtime_usec / G_USEC_PER_SEC;
        struct tm local = { 0 };

        localtime_r(&seconds, &local);
        g_string_append_printf(message, "<%d>%s %2d %02d:%02d:%02d %s: ", LOG_USER | priority,
                        months[local.tm_mon], local.tm_mday, local.tm_hour, local.tm_min,
                        local.tm_sec, program_invocation_short_name);
}
