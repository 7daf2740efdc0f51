/* Message fixture: messages that can be made and read without a bus. */
#pragma once

#include <systemd/sd-bus.h>

/* A connection over a socket pair whose other end nobody serves. */
sd_bus *bus_to_nobody(int *ret_other_end);
/* A signal without arguments so far. */
sd_bus_message *new_message(sd_bus *bus);
/* It can be read from now on, and no longer written. */
void seal_message(sd_bus_message *message);
