/* What is wrong with its arguments is told in words of its own, as with Supervisor. */

#include <string.h>

#include "tools/ctl/log-tail.h"

/* The command line, read. */
typedef struct TailArguments {
        LogTail tail;
        const char *name;
        char *channel;
} TailArguments;

static void tail_arguments_clear(TailArguments *arguments)
{
        g_free(arguments->channel);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TailArguments, tail_arguments_clear)

/* Too few and too many are told with the help; the other mistakes are not. */
static ExitStatus check_number(unsigned n_words, bool has_modifier, const Context *context)
{
        if (n_words == 0)
                return command_misused(&command_tail, context, "Error: too few arguments");
        if (n_words > (has_modifier ? 3 : 2))
                return command_misused(&command_tail, context, "Error: too many arguments");
        return EXIT_STATUS_FINE;
}

/* What is wrong with the words; NULL when nothing is. */
static char *read_words(char **words, const char *modifier, TailArguments *ret_arguments)
{
        if (!words[0])
                return g_strdup("Error: tail requires process name");
        ret_arguments->name = words[0];
        ret_arguments->channel = g_ascii_strdown(words[1] ? words[1] : "stdout", -1);
        if (strcmp(ret_arguments->channel, "stdout") != 0 &&
                        strcmp(ret_arguments->channel, "stderr") != 0)
                return g_strdup_printf("Error: bad channel '%s'", ret_arguments->channel);
        ret_arguments->tail = LOG_TAIL_DEFAULT;
        if (modifier && !log_tail_parse(modifier, &ret_arguments->tail))
                return g_strdup_printf("Error: bad argument %s", modifier);
        return NULL;
}

static ExitStatus run_tail(Context *context, char **words)
{
        g_autoptr(GError) error = NULL;
        g_auto(TailArguments) arguments = {};
        g_auto(LogSource) source = {};
        g_autofree char *wrong = NULL;
        const char *modifier = words[0] && words[0][0] == '-' ? words[0] : NULL;
        ExitStatus status = check_number(g_strv_length(words), modifier, context);

        if (status != EXIT_STATUS_FINE)
                return status;
        wrong = read_words(modifier ? words + 1 : words, modifier, &arguments);
        if (wrong) {
                output_failure(context->output, wrong);
                return EXIT_STATUS_GENERIC;
        }
        if (!log_access_find(context->client, arguments.name, arguments.channel, &source, &error))
                return log_tail_fail(context, error, arguments.name);
        return log_tail_run(context, &arguments.tail, &source, arguments.name);
}

const Command command_tail = {
        .name = "tail",
        .synopsis = "[-N | -f] NAME [stdout | stderr]",
        .summary = "Print the end of what a process has written",
        .details = "    The last 1600 bytes, or the last N, 0 being all of them. With -f the\n"
                   "    last 1024 bytes and then what comes, until it is interrupted.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_PROCESS,
        .more_arguments = COMPLETES_CHANNEL,
        .run = run_tail,
};
