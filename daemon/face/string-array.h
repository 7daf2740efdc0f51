/* String array: an argument "as" of a call, bounded.
 *
 * sd_bus_message_read_strv() takes a time that grows with the square of their number, and the
 * number is the caller's. */
#pragma once

#include <systemd/sd-bus.h>

#define STRING_ARRAY_MAX 10000

/* Moves on behind it. Never NULL, perhaps empty. LimitsExceeded where there are too many. */
int string_array_read(sd_bus_message *call, char ***ret, sd_bus_error *error);
