/* Log reply: answers to calls that read a log, whichever it is. */
#pragma once

#include <systemd/sd-bus.h>

/* They read the rest of the call, and reply. path: of the log; NULL = there is none. whose is for
 * people: "stdout of web". Errors: NoFile, BadArguments, Failed. */

/* (x offset, x length) -> (ay data, t position) */
int log_reply_read(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error);
/* (x offset, x length) -> (ay data, t size, b overflow) */
int log_reply_tail(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error);
/* () -> (h fd) */
int log_reply_open(sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error);
