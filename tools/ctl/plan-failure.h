/* Plan failure: Supervisor's lines for what can go wrong with a configuration. */
#pragma once

#include "tools/ctl/failure.h"
#include "tools/ctl/output.h"

/* Tells the error, of the FAILURE domain; closing is the line for a daemon that is shutting down.
 */
ExitStatus plan_fail(const Output *output, const GError *error, const char *closing);
