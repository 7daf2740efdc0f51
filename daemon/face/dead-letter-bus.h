/* Dead letter bus: the methods of org.busvisor1.ListenerPool that concern dead letters: for the
 * listener-host, which brings them and tries them again, and for people.
 *
 * Method handlers; userdata is the Group of the eventlistener. */
#pragma once

#include <systemd/sd-bus.h>

int dead_letter_bus_give_up(sd_bus_message *call, void *userdata, sd_bus_error *error);
int dead_letter_bus_fetch_retries(sd_bus_message *call, void *userdata, sd_bus_error *error);
int dead_letter_bus_settle_retries(sd_bus_message *call, void *userdata, sd_bus_error *error);

int dead_letter_bus_list(sd_bus_message *call, void *userdata, sd_bus_error *error);
int dead_letter_bus_show(sd_bus_message *call, void *userdata, sd_bus_error *error);
int dead_letter_bus_retry(sd_bus_message *call, void *userdata, sd_bus_error *error);
int dead_letter_bus_drop(sd_bus_message *call, void *userdata, sd_bus_error *error);
