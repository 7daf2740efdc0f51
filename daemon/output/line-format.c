/* All that stays the same from line to line is made once. */

#include "daemon/output/line-format.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/output/json-text.h"
#include "daemon/output/stamp.h"

struct LineFormat {
        bool is_json;
        unsigned prefix; /* of LogPrefix */
        char *group, *process, *channel;
        GString *constant; /* between the time and the line */
};

LineFormat *line_format_new(const ChannelConfig *config, const char *group, const char *process,
                const char *channel)
{
        LineFormat *format;

        if (config->format == LOG_FORMAT_TEXT && config->prefix == 0)
                return NULL;
        format = g_new0(LineFormat, 1);
        format->is_json = config->format == LOG_FORMAT_JSON;
        format->prefix = config->prefix;
        format->group = g_strdup(group);
        format->process = g_strdup(process);
        format->channel = g_strdup(channel);
        format->constant = g_string_new(NULL);
        line_format_set_pid(format, 0);
        return format;
}

LineFormat *line_format_free(LineFormat *format)
{
        if (!format)
                return NULL;
        g_free(format->group);
        g_free(format->process);
        g_free(format->channel);
        g_string_free(format->constant, true);
        g_free(format);
        return NULL;
}

static void append_member(GString *to, const char *name, const char *value)
{
        g_string_append_printf(to, ",\"%s\":\"", name);
        json_text_append(to, value, strlen(value));
        g_string_append_c(to, '"');
}

static void make_json_constant(LineFormat *format, pid_t pid)
{
        g_string_append_c(format->constant, '"');
        append_member(format->constant, "group", format->group);
        append_member(format->constant, "process", format->process);
        g_string_append_printf(format->constant, ",\"pid\":%ld", (long)pid);
        append_member(format->constant, "channel", format->channel);
        g_string_append(format->constant, ",\"message\":\"");
}

void line_format_set_pid(LineFormat *format, pid_t pid)
{
        g_string_truncate(format->constant, 0);
        if (format->is_json)
                make_json_constant(format, pid);
        else if (format->prefix & LOG_PREFIX_NAME)
                g_string_append_printf(format->constant, "%s ", format->process);
}

static void append_json(const LineFormat *format, GString *to, const char *line, size_t size,
                uint64_t realtime_usec)
{
        g_string_append(to, "{\"time\":\"");
        stamp_append_utc(to, realtime_usec);
        g_string_append_len(to, format->constant->str, format->constant->len);
        json_text_append(to, line, size);
        g_string_append(to, "\"}\n");
}

void line_format_append(const LineFormat *format, GString *to, const char *line, size_t size,
                uint64_t realtime_usec)
{
        if (format->is_json) {
                append_json(format, to, line, size, realtime_usec);
                return;
        }
        if (format->prefix & LOG_PREFIX_TIMESTAMP) {
                stamp_append_local(to, realtime_usec);
                g_string_append_c(to, ' ');
        }
        g_string_append_len(to, format->constant->str, format->constant->len);
        g_string_append_len(to, line, size);
        g_string_append_c(to, '\n');
}
