/* Process option bus: those properties of org.busvisor1.Process that are options of its section.
 *
 * Its environment is not among them: it may hold secrets, and everybody reads properties. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/option-property.h"

/* Getter of all of them; userdata is the Process. */
int process_option_bus_get(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* Which option each of them is. */
extern const OptionProperty process_option_bus_rows[];
extern const size_t process_option_bus_n_rows;

/* Says that what a reload can change has changed. */
int process_option_bus_emit_changed(sd_bus *bus, const char *path);
