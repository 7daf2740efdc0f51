/* Loop: what a command runs in that goes on until somebody ends it. */
#pragma once

#include <systemd/sd-event.h>

/* SIGINT and SIGTERM, which are blocked from now on, end the loop, with their numbers as its
 * result. Negative errno. */
int loop_new(sd_event **ret);
