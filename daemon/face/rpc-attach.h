/* RPC attach: the method AttachRpcHost of org.busvisor1.Manager, with which an rpc-host takes a
 * seat and learns whom to serve. */
#pragma once

#include <systemd/sd-bus.h>

/* A method handler; userdata is the Face. */
int rpc_attach(sd_bus_message *call, void *userdata, sd_bus_error *error);
