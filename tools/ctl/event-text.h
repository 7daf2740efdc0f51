/* Event text: an event as a line for people. */
#pragma once

#include <stdint.h>

#include "bus/event.h"
#include "tools/ctl/output.h"

/* "2026-11-23 02:15:20.123", local time. Caller frees with g_free. */
char *event_text_time(uint64_t realtime_usec);
/* The process, group or kind of message that it is about; empty when there is none. Caller frees.
 */
char *event_text_subject(const Event *event);
/* "exit code 1, unexpected, from RUNNING, pid 812"; may be empty. Caller frees with g_free. */
char *event_text_details(const Event *event);

/* The line: serial and time, type, subject, details. */
void event_text_print(const Output *output, const Event *event);
