/* Log level: how grave a record of the main log is. */
#pragma once

/* From the gravest to the most talkative; names "critical" … "blather". */
typedef enum LogLevel {
        LOG_LEVEL_CRITICAL,
        LOG_LEVEL_ERROR,
        LOG_LEVEL_WARN,
        LOG_LEVEL_INFO,
        LOG_LEVEL_DEBUG,
        LOG_LEVEL_TRACE,
        LOG_LEVEL_BLATHER,
        _LOG_LEVEL_MAX,
        _LOG_LEVEL_INVALID = -1,
} LogLevel;

/* Any case; _LOG_LEVEL_INVALID when there is no such level. */
LogLevel log_level_from_string(const char *name);
const char *log_level_to_string(LogLevel level);
/* The four letters in the lines of the log: "CRIT" … "BLAT". */
const char *log_level_tag(LogLevel level);
