/* Numbers alone, one per line: made for `kill $(busvisorctl pid NAME)`. */

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/process-list.h"

static void print_pid(const Context *context, long pid)
{
        g_autofree char *line = g_strdup_printf("%ld", pid);

        output_line(context->output, line);
}

static void print_daemon_json(const Context *context, uint32_t pid)
{
        json_object *object = json_object_new_object();

        json_text_add_number(object, "pid", pid);
        json_text_print(context->output, object);
}

static void print_json(const Context *context, const GPtrArray *selection)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];
                json_object *object = json_object_new_object();

                json_text_add_process(object, entry->group, entry->process);
                json_text_add_number(object, "pid", entry->pid);
                json_object_array_add(array, object);
        }
        json_text_print(context->output, array);
}

static ExitStatus pid_of_daemon(Context *context)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        uint32_t pid;

        if (!client_get_property(context->client, BUS_INTERFACE_MANAGER, "Pid", &reply, &error, "u",
                            &pid))
                return command_fail(error);
        if (context->output->json)
                print_daemon_json(context, pid);
        else
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

/* Those in the order of the names; the names of none are told of. */
static ExitStatus print_names(
                Context *context, const GPtrArray *list, char **names, GPtrArray *chosen)
{
        ExitStatus status = EXIT_STATUS_FINE;

        for (; *names; names++) {
                g_autoptr(GPtrArray) selection = g_ptr_array_new();
                g_autofree char *failure = g_strdup_printf("No such process %s", *names);

                if (process_list_select(list, *names, selection)) {
                        print_pids(context, selection, &status);
                        g_ptr_array_extend(chosen, selection, NULL, NULL);
                } else {
                        output_failure(context->output, failure);
                        status = EXIT_STATUS_GENERIC;
                }
        }
        return status;
}

/* A process without a pid is a failure only for who asked for it by name. */
static ExitStatus pids_of_names(Context *context, const GPtrArray *list, char **names)
{
        g_autoptr(GPtrArray) chosen = g_ptr_array_new();
        ExitStatus status = print_names(context, list, names, chosen);

        if (g_strv_contains((const char *const *)names, "all"))
                status = EXIT_STATUS_FINE;
        if (context->output->json)
                print_json(context, chosen);
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
        return pids_of_names(context, list,
                        g_strv_contains((const char *const *)arguments, "all")
                                        ? (char *[]){ (char *)"all", NULL }
                                        : arguments);
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
