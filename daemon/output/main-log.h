/* Main log: what busvisord says about itself, in the line format of Supervisor's supervisord.log.
 *
 * One for the process. Before main_log_open() lines go to stderr without a date. Writing never
 * blocks the daemon for long and never fails visibly: what could not be written is counted and said
 * later. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

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

/* Appends to file, rotating it at max_bytes (0 = never) with so many backups. file may be NULL: no
 * file; or "syslog": to syslog instead. to_stdout copies every line there too. */
bool main_log_open(const char *file, int64_t max_bytes, int64_t backups, LogLevel level,
                bool to_stdout, GError **error);
void main_log_close(void);
/* Opens the file anew, for who moved it away. */
void main_log_reopen(void);

/* One record: date, level, message, newline. */
void main_log(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_critical(...) main_log(LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_error(...)    main_log(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)     main_log(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)     main_log(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)    main_log(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Is a record of this level written at all? For messages that cost something to make. */
bool main_log_is_enabled(LogLevel level);
