/* Not GLib's log: a record has to be one write of one line, or lines of two writers of the same
 * pipe would mix. */

#include "bus/host-log.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const level_names[_LOG_LEVEL_MAX] = {
        [LOG_LEVEL_ERROR] = "ERRO",
        [LOG_LEVEL_WARN] = "WARN",
        [LOG_LEVEL_INFO] = "INFO",
        [LOG_LEVEL_DEBUG] = "DEBG",
};

static bool debug_enabled;

void host_log_set_debug(bool debug)
{
        debug_enabled = debug;
}

void host_log(LogLevel level, const char *format, ...)
{
        char line[LINE_MAX_BYTES];
        size_t head, length;
        va_list arguments;

        if (level == LOG_LEVEL_DEBUG && !debug_enabled)
                return;
        head = g_snprintf(line, sizeof line, "%s ", level_names[level]);
        va_start(arguments, format);
        g_vsnprintf(line + head, sizeof line - head, format, arguments);
        va_end(arguments);
        length = strlen(line);
        for (size_t i = 0; i < length; i++)
                if (g_ascii_iscntrl(line[i]))
                        line[i] = ' ';
        line[length] = '\n';
        /* A log that cannot be written has nowhere to say so. */
        if (write(STDERR_FILENO, line, length + 1) < 0)
                return;
}
