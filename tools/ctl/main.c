/* busvisorctl: the command line of busvisord, over D-Bus. */

#include "config.h"

#include <locale.h>
#include <signal.h>

#include "bus/supervisor-files.h"
#include "tools/ctl/classic.h"
#include "tools/ctl/command.h"
#include "tools/ctl/shell.h"

static ExitStatus print_help(const Arguments *arguments, const Output *output)
{
        g_autofree char *options = arguments_help();

        if (arguments->words[0])
                return command_help.run(&(Context){ .output = output }, arguments->words);
        output_raw(output, "Usage: busvisorctl [OPTION...] [COMMAND [ARGUMENT...]]\n\n"
                           "Without a command it opens a shell.\n");
        command_help.run(&(Context){ .output = output }, (char *[]){ NULL });
        output_raw(output, "\nOptions:");
        output_raw(output, g_strchomp(options));
        return EXIT_STATUS_FINE;
}

static ExitStatus run_word(const Arguments *arguments, const Output *output, Client *client)
{
        g_autoptr(LineReader) reader = arguments->interactive ? line_reader_new() : NULL;
        Context context = {
                .arguments = arguments,
                .output = output,
                .client = client,
                .reader = reader,
        };
        const Command *command = command_find(arguments->words[0]);
        g_autofree char *line = g_strjoinv(" ", arguments->words);
        g_autofree char *unknown = g_strconcat("*** Unknown syntax: ", line, NULL);

        if (command)
                return command_run(command, &context, arguments->words + 1);
        output_failure(output, unknown);
        return EXIT_STATUS_GENERIC;
}

static ExitStatus run_shell(const Arguments *arguments, Client *client)
{
        if (!command_unfit_option(NULL, arguments))
                return shell_run(arguments, client);
        output_error("an option is for a command, and none was given (try busvisorctl help)");
        return EXIT_STATUS_INVALID_ARGUMENTS;
}

/* Where supervisorctl would look by itself. */
static char *preferred_configuration(const char *program)
{
        return classic_is_called(program) ? supervisor_files_find(program) : NULL;
}

static ExitStatus run(const Arguments *arguments, const char *program, const Output *output)
{
        g_autofree char *preferred = preferred_configuration(program);
        const DaemonPlace place = {
                .host = arguments->host,
                .address = arguments->address,
                .configuration = arguments->configuration,
                .identifier = arguments->identifier,
                .preferred = preferred,
                .bus_name = arguments->bus_name,
        };
        g_autoptr(Client) client = client_new(&place);

        if (arguments->help)
                return print_help(arguments, output);
        if (arguments->version) {
                output_raw(output, PACKAGE_VERSION);
                return EXIT_STATUS_FINE;
        }
        return arguments->words[0] ? run_word(arguments, output, client)
                                   : run_shell(arguments, client);
}

static Arguments *read_arguments(int argc, char *const *argv, GError **error)
{
        g_auto(GStrv) translated = NULL;

        if (!classic_is_called(argv[0]))
                return arguments_new(argc, argv, error);
        translated = classic_arguments(argc, argv, error);
        return translated ? arguments_new(g_strv_length(translated), translated, error) : NULL;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = NULL;
        Output output;
        ExitStatus status;

        /* Some have it ignored for us, and then `| head` would not end us. */
        signal(SIGPIPE, SIG_DFL);
        /* For characters beyond ASCII in arguments; numbers and times are written the same
         * everywhere. */
        setlocale(LC_CTYPE, "");
        arguments = read_arguments(argc, argv, &error);
        if (!arguments)
                return command_fail(error);
        output_init(&output, arguments->quiet, arguments->no_color, arguments->json);
        status = run(arguments, argv[0], &output);
        if (!output_finish() && status == EXIT_STATUS_FINE)
                status = EXIT_STATUS_GENERIC;
        return status;
}
