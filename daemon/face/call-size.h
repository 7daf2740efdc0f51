/* Call size: about how much memory a message takes, which sd-bus does not say. */
#pragma once

#include <stddef.h>

#include <systemd/sd-bus.h>

/* Of a message that came in; it is rewound. Looks no further than max. */
size_t call_size(sd_bus_message *message, size_t max);
