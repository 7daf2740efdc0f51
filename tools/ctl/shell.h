/* Shell: reads commands and runs them, until it is left. */
#pragma once

#include "tools/ctl/arguments.h"
#include "tools/ctl/client.h"
#include "tools/ctl/failure.h"

/* Runs status, then each line from stdin. On a terminal lines can be edited and are kept; elsewhere
 * they are read as they come, with the prompts on stdout all the same, as Supervisor has it. Each
 * command connects anew, so the daemon may come and go. 0, unless the configuration file that the
 * arguments name cannot be read. */
ExitStatus shell_run(const Arguments *arguments, Client *client);
