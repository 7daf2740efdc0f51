/* Everything that is told comes from the table of commands; there is no second text to keep right.
 */

#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"

static char *list_of_commands(void)
{
        GString *list = g_string_new("Commands (help COMMAND tells more):\n");

        for (unsigned i = 0; command_at(i); i++)
                g_string_append_printf(
                                list, "  %-11s %s\n", command_at(i)->name, command_at(i)->summary);
        g_string_append(list,
                        "\nA NAME is NAME, GROUP:PROCESS, GROUP:*, all, or a pattern such as 'web*'.");
        return g_string_free(list, false);
}

static json_object *command_to_json(const Command *command)
{
        json_object *object = json_object_new_object();
        g_autofree char *help = command_help_text(command);

        json_text_add(object, "name", command->name);
        json_text_add(object, "synopsis", command->synopsis);
        json_text_add(object, "summary", command->summary);
        json_text_add(object, "text", help);
        return object;
}

/* An array, whether it is about one or all. */
static void print_json(const Context *context, const Command *command)
{
        json_object *array = json_object_new_array();

        if (command)
                json_object_array_add(array, command_to_json(command));
        for (unsigned i = 0; !command && command_at(i); i++)
                json_object_array_add(array, command_to_json(command_at(i)));
        json_text_print(context->output, array);
}

static ExitStatus run_help(Context *context, char **arguments)
{
        g_autofree char *text = NULL;
        const Command *command = arguments[0] ? command_find(arguments[0]) : NULL;

        if (context->output->json && (command || !arguments[0])) {
                print_json(context, command);
                return EXIT_STATUS_FINE;
        }
        if (command)
                text = command_help_text(command);
        else if (arguments[0])
                text = g_strdup_printf("*** No help on %s", arguments[0]);
        else
                text = list_of_commands();
        if (context->output->json)
                output_failure(context->output, text);
        else
                output_raw(context->output, text);
        return EXIT_STATUS_FINE;
}

const Command command_help = {
        .name = "help",
        .synopsis = "[COMMAND]",
        .summary = "List the commands, or explain one",
        .max_arguments = 1,
        .missing_status = EXIT_STATUS_GENERIC,
        .without_daemon = true,
        .first_argument = COMPLETES_COMMAND,
        .run = run_help,
};
