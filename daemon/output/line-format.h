/* Line format: how the lines of a program stand in its log file: behind prefixes, or as one JSON
 * object each. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "daemon/config/config.h"

typedef struct LineFormat LineFormat;

/* channel: "stdout" or "stderr". Names are copied. NULL when the file is to have the bytes as they
 * are. */
LineFormat *line_format_new(const ChannelConfig *config, const char *group, const char *process,
                const char *channel);
LineFormat *line_format_free(LineFormat *format);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineFormat, line_format_free)

/* From here on lines are of this process. */
void line_format_set_pid(LineFormat *format, pid_t pid);

/* Appends one record, with a line end: text "2026-01-31 13:05:09,042 NAME LINE" with those prefixes
 * that are wanted; or an object with time (RFC 3339), group, process, pid, channel, message. line
 * has no line end. */
void line_format_append(const LineFormat *format, GString *to, const char *line, size_t size,
                uint64_t realtime_usec);
