/* Made here, not in the daemon: the uptime in it changes with every look, and everything else is a
 * property already. */

#include "bus/description.h"

#include <time.h>

#include <glib.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* "0:00:05", "1 day, 2:03:04": Python's str() of a timedelta of whole seconds. */
static char *uptime_to_string(uint64_t seconds)
{
        uint64_t days = seconds / 86400;
        g_autofree char *clock = g_strdup_printf("%u:%02u:%02u", (unsigned)(seconds % 86400 / 3600),
                        (unsigned)(seconds % 3600 / 60), (unsigned)(seconds % 60));

        if (days == 0)
                return g_steal_pointer(&clock);
        return g_strdup_printf(
                        "%" G_GUINT64_FORMAT " day%s, %s", days, days == 1 ? "" : "s", clock);
}

/* "Nov 22 05:28 AM". Not by strftime: its %b and %p follow the locale. */
static char *stop_time_to_string(uint64_t stop_usec)
{
        static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
                "Sep", "Oct", "Nov", "Dec" };
        time_t seconds = stop_usec / USEC_PER_SEC;
        struct tm local;

        if (!localtime_r(&seconds, &local))
                return g_strdup("");
        return g_strdup_printf("%s %02d %02d:%02d %s", months[local.tm_mon], local.tm_mday,
                        local.tm_hour % 12 == 0 ? 12 : local.tm_hour % 12, local.tm_min,
                        local.tm_hour < 12 ? "AM" : "PM");
}

char *process_description(const char *name, ProcessState state, pid_t pid, uint64_t start_usec,
                uint64_t stop_usec, uint64_t now_usec, const char *spawn_error)
{
        switch (state) {
        case PROCESS_RUNNING: {
                uint64_t up = now_usec > start_usec ? (now_usec - start_usec) / USEC_PER_SEC : 0;
                g_autofree char *uptime = uptime_to_string(up);

                return g_strdup_printf("pid %ld, uptime %s", (long)pid, uptime);
        }
        case PROCESS_FATAL:
        case PROCESS_BACKOFF:
                if (spawn_error && *spawn_error)
                        return g_strdup(spawn_error);
                return g_strdup_printf("unknown error (try \"tail %s\")", name);
        case PROCESS_STOPPED:
        case PROCESS_EXITED:
                return start_usec == 0 ? g_strdup("Not started") : stop_time_to_string(stop_usec);
        case PROCESS_STARTING:
        case PROCESS_STOPPING:
        case PROCESS_UNKNOWN:
        case _PROCESS_STATE_MAX:
        case _PROCESS_STATE_INVALID:
                break;
        }
        return g_strdup("");
}
