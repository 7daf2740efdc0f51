/* Host loop: the loop of a host, and what signals do to it. */
#pragma once

#include <systemd/sd-event.h>

/* SIGTERM and SIGINT are taken by on_signal, or end the loop where it is NULL; SIGPIPE is ignored,
 * so that who has gone shows as an error of write(2). Blocks what it takes. Negative errno. */
int host_loop_new(sd_event_signal_handler_t on_signal, void *userdata, sd_event **ret);
