/* What is wrong with a file is on stdout too, where Supervisor has it. */

#include "tools/ctl/plan-failure.h"

ExitStatus plan_fail(const Output *output, const GError *error, const char *closing)
{
        if (g_error_matches(error, FAILURE, FAILURE_CLOSING))
                output_failure(output, closing);
        else if (g_error_matches(error, FAILURE, FAILURE_BAD_CONFIGURATION)) {
                g_autofree char *text = g_strconcat("ERROR: CANT_REREAD: ", error->message, NULL);

                output_failure(output, text);
        } else
                output_error(error->message);
        return failure_exit_status(error);
}
