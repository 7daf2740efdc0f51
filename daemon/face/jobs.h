/* Jobs: a request from the bus for one process or many, answered when all of the work is done. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/face/face.h"
#include "daemon/process/job.h"
#include "daemon/process/manager.h"

/* 0, or InvalidArgs when there are other flags than these. */
int jobs_check_flags(uint64_t flags, uint64_t known, sd_bus_error *error);

/* Start, Stop or Restart of one process: replies with nothing, or with the error. */
int jobs_run_one(sd_bus_message *call, const Face *face, Process *process, JobKind kind,
                uint64_t flags, sd_bus_error *error);
/* Of all that the names stand for: replies with a(ssss), see org.busvisor1.Manager. */
int jobs_run_many(sd_bus_message *call, const Face *face, char *const *names, JobKind kind,
                uint64_t flags, sd_bus_error *error);

/* The same for a signal, given as text; these never wait. */
int jobs_signal_one(sd_bus_message *call, Process *process, const char *signal_name,
                sd_bus_error *error);
int jobs_signal_many(sd_bus_message *call, Manager *manager, char *const *names,
                const char *signal_name, sd_bus_error *error);

/* Clears the logs of all that the names stand for, likewise. */
int jobs_clear_many(sd_bus_message *call, Manager *manager, char *const *names);
