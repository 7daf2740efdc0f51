/* Log record: one message of the main log, in each of its forms. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/output/datagram.h"
#include "daemon/output/log-level.h"

typedef struct LogRecord {
        LogLevel level;
        uint64_t realtime_usec;
        const char *message; /* may have several lines */
} LogRecord;

/* Appends "2026-01-31 13:05:09,042 INFO MESSAGE", as in Supervisor's log, or an object of time (RFC
 * 3339), level and message; and a line end. */
void log_record_append(GString *to, const LogRecord *record, LogFormat format);

/* Each line of it as a message of its own with the date and the level, as Supervisor does it; all
 * of them with the priority "info". As datagram_send(). */
int log_record_to_syslog(const LogRecord *record, Datagram *syslog);
/* One entry, with the priority that the level means. As datagram_send(). */
int log_record_to_journal(const LogRecord *record, Datagram *journal);
