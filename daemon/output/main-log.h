/* Main log: what busvisord says about itself, in the line format of Supervisor's supervisord.log.
 *
 * One for the process. Before main_log_open() lines go to stderr without a date. Writing never
 * blocks the daemon: what could not be written is counted, and said there later. That a file or a
 * service takes nothing is said on stderr, once until it does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/output/log-level.h"
#include "daemon/output/rotation.h"

typedef struct MainLogPlan {
        const char *file; /* NULL = no file; "syslog", "journal" = there instead */
        Rotation rotation;
        LogFormat format; /* of lines in the file and on stdout */
        LogLevel level;
        bool to_stdout;                         /* copies every line there too */
        const char *syslog_path, *journal_path; /* sockets; NULL = the usual ones */
} MainLogPlan;

bool main_log_open(const MainLogPlan *plan, GError **error);
void main_log_close(void);
/* Its backups may have to wait for who compresses them. */
void main_log_request_compression(void);
/* Opens the file anew, for who moved it away. */
void main_log_reopen(void);
/* NULL when there is no file. Borrowed. */
const char *main_log_path(void);
/* See log_file_clear(); -ENOENT when there is no file. */
int main_log_clear(void);

/* One record: date, level, message, newline. */
void main_log(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_critical(...) main_log(LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_error(...)    main_log(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)     main_log(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)     main_log(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)    main_log(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Is a record of this level written at all? For messages that cost something to make. */
bool main_log_is_enabled(LogLevel level);
LogLevel main_log_level(void);
/* From now on, until it is opened anew. */
void main_log_set_level(LogLevel level);
