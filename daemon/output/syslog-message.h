/* Syslog message: one line for syslog, as libc's syslog() would put it on its socket. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* Appends "<14>Jan 31 13:05:09 busvisord: " to message: facility user and the given priority
 * (LOG_INFO …), the local time, the name that this program was started by. The text follows. */
void syslog_message_begin(GString *message, int priority, uint64_t realtime_usec);
