/* The names are Supervisor's, as its configuration and its log have them. */

#include "daemon/output/log-level.h"

#include <glib.h>

static const struct {
        const char *name;
        const char *tag;
} levels[_LOG_LEVEL_MAX] = {
        [LOG_LEVEL_CRITICAL] = { "critical", "CRIT" },
        [LOG_LEVEL_ERROR] = { "error", "ERRO" },
        [LOG_LEVEL_WARN] = { "warn", "WARN" },
        [LOG_LEVEL_INFO] = { "info", "INFO" },
        [LOG_LEVEL_DEBUG] = { "debug", "DEBG" },
        [LOG_LEVEL_TRACE] = { "trace", "TRAC" },
        [LOG_LEVEL_BLATHER] = { "blather", "BLAT" },
};

LogLevel log_level_from_string(const char *name)
{
        for (int i = 0; i < _LOG_LEVEL_MAX; i++)
                if (g_ascii_strcasecmp(levels[i].name, name) == 0)
                        return i;
        return _LOG_LEVEL_INVALID;
}

const char *log_level_to_string(LogLevel level)
{
        g_assert(level >= 0 && level < _LOG_LEVEL_MAX);
        return levels[level].name;
}

const char *log_level_tag(LogLevel level)
{
        g_assert(level >= 0 && level < _LOG_LEVEL_MAX);
        return levels[level].tag;
}
