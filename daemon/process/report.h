/* Report: the lines about processes in the main log, in the words that people's tools look for. */
#pragma once

#include <sys/types.h>

#include "bus/state.h"
#include "daemon/config/config.h"
#include "daemon/process/child.h"

void report_running(const ProcessConfig *config);
/* No more tries. */
void report_gave_up(const ProcessConfig *config);
/* Its run has ended in this state. */
void report_exit(const ProcessConfig *config, ProcessState state, const ChildExit *how,
                bool too_quickly);
/* It is being asked to end. */
void report_killing(const ProcessConfig *config, pid_t pid, int signal_number, bool as_group);
