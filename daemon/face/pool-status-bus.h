/* Pool status bus: those properties of org.busvisor1.ListenerPool that tell how the pool fares, and
 * change by themselves. */
#pragma once

#include <systemd/sd-bus.h>

/* Getters for the vtable; userdata is the Group of the eventlistener. */
int pool_status_bus_get_cursor(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_listeners(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_queued(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_in_hand(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_lag_events(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_lag_usec(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
int pool_status_bus_get_dead_letters(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);
/* Of each property that is a PoolCount. */
int pool_status_bus_get_count(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* Says that these have changed. */
int pool_status_bus_emit_changed(sd_bus *bus, const char *path);
