/* Classic: the command line of supervisorctl, for those who call busvisorctl by that name. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* Whether the program was called as supervisorctl. */
bool classic_is_called(const char *program);

/* The same in the options of busvisorctl; argv as main gets it. Users and passwords are left out:
 * the bus knows who calls. NULL with an error of the FAILURE domain, also for the URL of another
 * machine. Caller frees with g_strfreev. */
char **classic_arguments(int argc, char *const *argv, GError **error);
