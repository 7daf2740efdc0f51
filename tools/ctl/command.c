/* What can be wrong with a command line is the same for all commands, so it is checked here from
 * what the command says about itself; commands begin with arguments that they can use. */

#include "tools/ctl/command.h"

#include <string.h>

#include "tools/ctl/time-span.h"

static const Command *const commands[] = {
        &command_status,
        &command_start,
        &command_stop,
        &command_restart,
        &command_signal,
        &command_pid,
        &command_tail,
        &command_maintail,
        &command_clear,
        &command_fg,
        &command_show,
        &command_watch,
        &command_monitor,
        &command_events,
        &command_listeners,
        &command_deadletters,
        &command_avail,
        &command_reread,
        &command_update,
        &command_add,
        &command_remove,
        &command_reload,
        &command_shutdown,
        &command_convert,
        &command_version,
        &command_help,
        &command_open,
        &command_exit,
        &command_quit,
};

static const struct {
        const char *name;
        const Command *command;
} other_names[] = {
        { "?", &command_help },
        { "EOF", &command_exit },
};

const Command *command_at(unsigned position)
{
        return position < G_N_ELEMENTS(commands) ? commands[position] : NULL;
}

const Command *command_find(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
                if (strcmp(commands[i]->name, name) == 0)
                        return commands[i];
        for (size_t i = 0; i < G_N_ELEMENTS(other_names); i++)
                if (strcmp(other_names[i].name, name) == 0)
                        return other_names[i].command;
        return NULL;
}

char *command_help_text(const Command *command)
{
        return g_strdup_printf("%s%s%s\n    %s%s%s", command->name, *command->synopsis ? " " : "",
                        command->synopsis, command->summary, command->details ? "\n" : "",
                        command->details ? command->details : "");
}

ExitStatus command_fail(const GError *error)
{
        output_error(error->message);
        return failure_exit_status(error);
}

/* What is wrong with the number of arguments, in Supervisor's words; NULL when nothing is. */
static char *wrong_number(const Command *command, unsigned n_arguments)
{
        if (n_arguments < command->min_arguments)
                return g_strdup_printf("Error: %s requires %s", command->name, command->required);
        if (n_arguments <= command->max_arguments)
                return NULL;
        if (command->max_arguments == 0)
                return g_strdup_printf("Error: %s accepts no arguments", command->name);
        return g_strdup_printf("Error: %s accepts no more than %u argument", command->name,
                        command->max_arguments);
}

ExitStatus command_misused(const Command *command, const Context *context, const char *wrong)
{
        g_autofree char *help = command_help_text(command);

        output_failure(context->output, wrong);
        if (!context->output->json)
                output_raw(context->output, help);
        return command->missing_status;
}

const char *command_unfit_option(const Command *command, const Arguments *arguments)
{
        static const Command takes_nothing = { .refuses_json = true, .goes_on = true };
        const Command *takes = command ? command : &takes_nothing;
        const EventOptions *events = &arguments->events;
        const struct {
                const char *name;
                bool given, fits;
        } options[] = {
                { "--json", arguments->json, !takes->refuses_json },
                { "--no-block", arguments->no_block, !takes->goes_on },
                { "--timeout", arguments->timeout_usec != TIME_SPAN_INFINITE, command },
                { "--verbose", arguments->verbose, takes->takes_verbose },
                { "--dry-run", arguments->dry_run, takes->takes_dry_run },
                { "--since", events->since, takes->takes_events },
                { "--until", events->until, takes->takes_events },
                { "--lines", events->lines, takes->takes_events || takes->takes_watch },
                { "--follow", events->follow, takes->takes_events },
                { "--reverse", events->reverse, takes->takes_events || takes->takes_watch },
                { "--type", events->types, takes->takes_events },
                { "--process", events->processes, takes->takes_events },
                { "--group", events->groups, takes->takes_events },
                { "--interval", arguments->interval_given, takes->takes_watch },
                { "--sort", arguments->sort, takes->takes_watch },
                { "--property", arguments->properties, takes->takes_show },
                { "--value", arguments->value, takes->takes_show },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
                if (options[i].given && !options[i].fits)
                        return options[i].name;
        return NULL;
}

static bool options_fit(const Command *command, const Arguments *arguments, GError **error)
{
        const char *unfit = command_unfit_option(command, arguments);

        if (unfit)
                g_set_error(error, FAILURE, FAILURE_USAGE, "%s makes no sense with %s", unfit,
                                command->name);
        return !unfit;
}

ExitStatus command_refuse(const char *option, const char *what)
{
        g_autoptr(GError) error = g_error_new(
                        FAILURE, FAILURE_USAGE, "%s makes no sense with %s", option, what);

        return command_fail(error);
}

ExitStatus command_run(const Command *command, Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *wrong = wrong_number(command, g_strv_length(arguments));
        ExitStatus status;

        if (wrong)
                return command_misused(command, context, wrong);
        if (!options_fit(command, context->arguments, &error))
                return command_fail(error);
        if (context->client)
                client_set_time_limit(context->client, context->arguments->timeout_usec);
        if (!command->without_daemon && !client_connect(context->client, &error))
                return command_fail(error);
        status = command->run(context, arguments);
        /* The shell goes on with the same client. */
        if (context->client) {
                client_set_time_limit(context->client, TIME_SPAN_INFINITE);
                (void)client_set_loop(context->client, NULL);
        }
        return status;
}
