/* One call for each name, as with Supervisor: what has been done stays done when a later one fails.
 */

#include "tools/ctl/group-change.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/plan-failure.h"

static bool ask(Context *context, const GroupChange *change, const char *name, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(context->client, BUS_INTERFACE_MANAGER, change->method, &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", name);
        if (r >= 0)
                return client_call(context->client, call, CLIENT_TIMEOUT, change->action, &reply,
                                error);
        client_set_error(NULL, r, change->action, error);
        return false;
}

static ExitStatus fail(const Context *context, const GError *error, const char *name)
{
        g_autofree char *text = NULL;

        if (g_error_matches(error, FAILURE, FAILURE_NO_SUCH_NAME))
                text = g_strconcat("ERROR: no such process/group: ", name, NULL);
        else if (g_error_matches(error, FAILURE, FAILURE_STILL_RUNNING))
                text = g_strconcat("ERROR: process/group still running: ", name, NULL);
        else
                return plan_fail(context->output, error, "ERROR: shutting down");
        output_failure(context->output, text);
        return EXIT_STATUS_GENERIC;
}

static ExitStatus change_one(Context *context, const GroupChange *change, const char *name)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("%s: %s", name, change->done);

        if (ask(context, change, name, &error)) {
                output_line(context->output, text);
                return EXIT_STATUS_FINE;
        }
        /* It is as it was to be, which is no failure. */
        if (g_error_matches(error, FAILURE, FAILURE_ALREADY_ADDED)) {
                output_line(context->output, "ERROR: process group already active");
                return EXIT_STATUS_FINE;
        }
        return fail(context, error, name);
}

ExitStatus group_change_run(Context *context, const GroupChange *change, char *const *names)
{
        ExitStatus status = EXIT_STATUS_FINE;

        for (; *names; names++) {
                ExitStatus of_this = change_one(context, change, *names);

                if (of_this != EXIT_STATUS_FINE)
                        status = of_this;
        }
        return status;
}
