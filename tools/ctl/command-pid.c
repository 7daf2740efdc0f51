/* Numbers alone, one per line: made for `kill $(busvisorctl pid NAME)`. */

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/process-list.h"

static void print_pid(const Context *context, long pid)
{
        g_autofree char *line = g_strdup_printf("%ld", pid);

        output_line(context->output, line);
}

static ExitStatus pid_of_daemon(Context *context)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        uint32_t pid;

        if (!client_get_property(context->client, BUS_INTERFACE_MANAGER, "Pid", &reply, &error, "u",
                            &pid))
                return command_fail(error);
        print_pid(context, pid);
        return EXIT_STATUS_FINE;
}

static void print_pids(const Context *context, const GPtrArray *selection, ExitStatus *status)
{
        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];

                print_pid(context, entry->pid);
                if (entry->pid == 0)
                        *status = EXIT_STATUS_NOT_RUNNING;
        }
}

/* A process without a pid is a failure only for who asked for it by name. */
static ExitStatus pids_of_names(Context *context, const GPtrArray *list, char **names)
{
        ExitStatus status = EXIT_STATUS_FINE;
        bool all = g_strv_contains((const char *const *)names, "all");

        if (all) {
                print_pids(context, list, &status);
                return EXIT_STATUS_FINE;
        }
        for (; *names; names++) {
                g_autoptr(GPtrArray) selection = g_ptr_array_new();
                g_autofree char *failure = g_strdup_printf("No such process %s", *names);

                if (process_list_select(list, *names, selection)) {
                        print_pids(context, selection, &status);
                } else {
                        output_failure(context->output, failure);
                        status = EXIT_STATUS_GENERIC;
                }
        }
        return status;
}

static ExitStatus run_pid(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = NULL;

        if (!arguments[0])
                return pid_of_daemon(context);
        list = process_list_read(context->client, &error);
        if (!list)
                return command_fail(error);
        return pids_of_names(context, list, arguments);
}

const Command command_pid = {
                .name = "pid",
                .synopsis = "[NAME... | all]",
                .summary = "Print process ids; without a name that of the daemon",
                .details = "    A process that does not run has the id 0.",
                .max_arguments = COMMAND_ANY_NUMBER,
                .missing_status = EXIT_STATUS_GENERIC,
                .first_argument = COMPLETES_NAME,
                .more_arguments = COMPLETES_NAME,
                .run = run_pid,
};
