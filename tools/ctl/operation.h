/* Operation: asks the daemon to start, stop, restart or signal processes or to clear their logs,
 * and tells how it went. */
#pragma once

#include "tools/ctl/command.h"
#include "tools/ctl/results.h"

/* names: NULL-terminated; with "all" among them, the others do not count. signal for
 * OPERATION_SIGNAL only. Waits until the work is done unless --no-block was given (signals and
 * clearing are done at once in any case), or for as long as --timeout says; then it tells what is
 * still under way, and the daemon goes on with it. The exit status is that of the last failure. */
ExitStatus operation_run(
                Context *context, Operation operation, char *const *names, const char *signal);
