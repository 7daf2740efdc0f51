/* Pool config bus: those properties of org.busvisor1.ListenerPool that are options of its section.
 *
 * Getters for the vtable; userdata is the Group of the eventlistener. */
#pragma once

#include <systemd/sd-bus.h>

int pool_config_bus_get_name(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_config_bus_get_buffer_size(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_config_bus_get_event_timeout(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_config_bus_get_max_attempts(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
/* Of each property that is a list of texts, a text, or true or false. */
int pool_config_bus_get_list(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_config_bus_get_text(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_config_bus_get_bool(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* Says that all but the name have changed, as a reload may change them. */
int pool_config_bus_emit_changed(sd_bus *bus, const char *path);
