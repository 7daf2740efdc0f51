/* Host log: what a host says about itself, one line for each record, to stderr.
 *
 * A line is the level in four letters, a blank and the message: stderr is a pipe into the main log
 * of busvisord, which puts the date before it. Control characters become blanks, so a record stays
 * one line; what is too long is cut. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum LogLevel {
        LOG_LEVEL_ERROR,
        LOG_LEVEL_WARN,
        LOG_LEVEL_INFO,
        LOG_LEVEL_DEBUG,
        _LOG_LEVEL_MAX,
} LogLevel;

/* Debug records are left out unless this was called with true. */
void host_log_set_debug(bool debug);

void host_log(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define log_error(...) host_log(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)  host_log(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  host_log(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) host_log(LOG_LEVEL_DEBUG, __VA_ARGS__)
