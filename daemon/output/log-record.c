/* The forms of Supervisor are exact, since tools read them: a message with several lines stands in
 * a file as it is. */

#include "daemon/output/log-record.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "daemon/output/journal-message.h"
#include "daemon/output/json-text.h"
#include "daemon/output/stamp.h"
#include "daemon/output/syslog-message.h"

static const int priorities[_LOG_LEVEL_MAX] = {
        [LOG_LEVEL_CRITICAL] = LOG_CRIT,
        [LOG_LEVEL_ERROR] = LOG_ERR,
        [LOG_LEVEL_WARN] = LOG_WARNING,
        [LOG_LEVEL_INFO] = LOG_INFO,
        [LOG_LEVEL_DEBUG] = LOG_DEBUG,
        [LOG_LEVEL_TRACE] = LOG_DEBUG,
        [LOG_LEVEL_BLATHER] = LOG_DEBUG,
};

static void append_prefix(GString *to, const LogRecord *record)
{
        stamp_append_local(to, record->realtime_usec);
        g_string_append_c(to, ' ');
        g_string_append(to, log_level_tag(record->level));
        g_string_append_c(to, ' ');
}

static void append_json(GString *to, const LogRecord *record)
{
        g_string_append(to, "{\"time\":\"");
        stamp_append_utc(to, record->realtime_usec);
        g_string_append_printf(
                        to, "\",\"level\":\"%s\",\"message\":\"", log_level_tag(record->level));
        json_text_append(to, record->message, strlen(record->message));
        g_string_append(to, "\"}\n");
}

void log_record_append(GString *to, const LogRecord *record, LogFormat format)
{
        if (format == LOG_FORMAT_JSON) {
                append_json(to, record);
                return;
        }
        append_prefix(to, record);
        g_string_append(to, record->message);
        g_string_append_c(to, '\n');
}

int log_record_to_syslog(const LogRecord *record, Datagram *syslog)
{
        g_autofree char *text = g_strchomp(g_strdup(record->message));
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autoptr(GString) message = g_string_new(NULL);
        int r = 0;

        for (char **line = lines; r >= 0 && *line; line++) {
                g_string_truncate(message, 0);
                syslog_message_begin(message, LOG_INFO, record->realtime_usec);
                append_prefix(message, record);
                g_string_append(message, *line);
                r = datagram_send(syslog, message->str, message->len);
        }
        return r;
}

int log_record_to_journal(const LogRecord *record, Datagram *journal)
{
        g_autoptr(GString) message = g_string_new(NULL);
        const char priority[] = { '0' + priorities[record->level], '\0' };

        journal_message_add_text(message, "MESSAGE", record->message);
        journal_message_add_text(message, "PRIORITY", priority);
        journal_message_add_text(message, "SYSLOG_IDENTIFIER", program_invocation_short_name);
        return journal_message_send(journal, message->str, message->len);
}
