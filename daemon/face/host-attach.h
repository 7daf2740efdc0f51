/* Host attach: the method AttachListenerHost of org.busvisor1.Manager, with which the listener-host
 * takes its seat and learns what there is to do. */
#pragma once

#include <systemd/sd-bus.h>

/* A method handler; userdata is the Face. */
int host_attach(sd_bus_message *call, void *userdata, sd_bus_error *error);
