/* Option variant: the value of an option of the configuration file, as a typed value of D-Bus. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/config/config.h"
#include "daemon/config/options.h"

/* Appends {sv}, name and value, for each option of a process that is neither unset nor false nor 0,
 * to a container that is open. Its environment, which may hold secrets, is left out. */
int option_variant_append_process(
                sd_bus_message *reply, const ProcessConfig *config, size_t *ret_n_told);

/* How long the texts among them are, which nothing else bounds. */
size_t option_variant_text_bytes(const ProcessConfig *config);
