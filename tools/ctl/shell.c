/* Ctrl-C leaves the shell wherever it is, as with Supervisor, but for commands that take it for
 * themselves (monitor): those block the signal and read it from their loop. The editor blocks it
 * too and takes the key instead, so the handler always finds the terminal in order. */

#include "tools/ctl/shell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/ctl/command.h"
#include "tools/ctl/completion.h"
#include "tools/ctl/configuration-list.h"
#include "tools/ctl/line-words.h"
#include "tools/ctl/pool-list.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/shell-settings.h"

/* What the daemon knows, for completion. */
typedef struct KeptList {
        GPtrArray *list; /* NULL = not read since the last command, or it could not be */
        bool has_tried;
} KeptList;

typedef GPtrArray *(*ListReader)(Client *client, GError **error);

typedef struct Shell {
        const Arguments *arguments; /* with which it was started */
        Client *client;
        LineReader *reader;
        LineEditor *editor;   /* NULL when there is no terminal */
        LineHistory *history; /* NULL as well */
        ShellSettings settings;
        KeptList processes, configured, pools;
        bool is_history_broken; /* and that was told */
        bool is_over;
} Shell;

static void on_interrupt(int number)
{
        if (write(STDOUT_FILENO, "\n", 1) < 0)
                _exit(EXIT_STATUS_GENERIC);
        _exit(EXIT_STATUS_FINE);
}

static void catch_interrupts(void)
{
        struct sigaction action = { .sa_handler = on_interrupt };

        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
}

static void forget_list(KeptList *kept)
{
        g_clear_pointer(&kept->list, g_ptr_array_unref);
        kept->has_tried = false;
}

static void forget_lists(Shell *shell)
{
        forget_list(&shell->processes);
        forget_list(&shell->configured);
        forget_list(&shell->pools);
}

/* Once per line, however often the key is pressed. In the middle of a line there is no place to
 * tell of an error; running the command will. */
static const GPtrArray *get_list(Shell *shell, KeptList *kept, ListReader read)
{
        if (!kept->has_tried && client_connect(shell->client, NULL))
                kept->list = read(shell->client, NULL);
        kept->has_tried = true;
        return kept->list;
}

static GPtrArray *complete(const char *line, const char **ret_word, void *userdata)
{
        Shell *shell = userdata;
        Completes kind = completion_kind(line);
        CompletionLists lists = {};

        if (completion_needs_processes(kind))
                lists.processes = get_list(shell, &shell->processes, process_list_read);
        if (completion_needs_configured(kind))
                lists.configured = get_list(shell, &shell->configured, configuration_list_read);
        if (completion_needs_pools(kind))
                lists.pools = get_list(shell, &shell->pools, pool_list_read);
        *ret_word = completion_word(line);
        return completion_candidates(kind, *ret_word, &lists);
}

static void keep_line(Shell *shell, const char *line)
{
        g_autoptr(GError) error = NULL;

        if (!shell->history || !line_history_add(shell->history, line))
                return;
        line_editor_add_history(shell->editor, line);
        if (!shell->is_history_broken && !line_history_save(shell->history, &error)) {
                output_error(error->message);
                shell->is_history_broken = true;
        }
}

static void run_command(Shell *shell, const Command *command, const Arguments *arguments)
{
        Output output;
        Context context = {
                .arguments = arguments,
                .output = &output,
                .client = shell->client,
                .reader = shell->reader,
        };

        output_init(&output, arguments->quiet || shell->arguments->quiet,
                        arguments->no_color || shell->arguments->no_color, arguments->json);
        if (arguments->help)
                command_run(&command_help, &context, (char *[]){ (char *)command->name, NULL });
        else
                command_run(command, &context, arguments->words + 1);
        shell->is_over = context.is_over;
}

static void tell_unknown(const char *line)
{
        g_autofree char *stripped = g_strstrip(g_strdup(line));
        g_autofree char *printable = output_printable(stripped);

        printf("*** Unknown syntax: %s\n", printable);
}

static void run_line(Shell *shell, const char *line)
{
        g_auto(GStrv) words = line_words(line);
        const Command *command = words[0] ? command_find(words[0]) : NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = NULL;

        if (!words[0])
                return;
        if (!command) {
                tell_unknown(line);
                return;
        }
        arguments = arguments_new_of_line(words, &error);
        if (arguments)
                run_command(shell, command, arguments);
        else
                command_fail(error);
}

/* Commands with a loop leave signals blocked. */
static void run_busy(Shell *shell, const char *line)
{
        sigset_t mask;

        sigprocmask(SIG_SETMASK, NULL, &mask);
        run_line(shell, line);
        fflush(stdout);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        forget_lists(shell);
}

static void read_and_run(Shell *shell)
{
        g_autofree char *line = NULL;

        if (!line_reader_read(shell->reader, shell->settings.prompt, &line)) {
                putchar('\n');
                shell->is_over = true;
                return;
        }
        keep_line(shell, line);
        run_busy(shell, line);
}

static void open_editor(Shell *shell)
{
        if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
                return;
        shell->history = line_history_new(shell->settings.history_file);
        shell->editor = line_editor_new(shell->history, complete, shell);
        line_reader_set_editor(shell->reader, shell->editor);
}

static void clear(Shell *shell)
{
        forget_lists(shell);
        line_reader_free(shell->reader);
        line_editor_free(shell->editor);
        line_history_free(shell->history);
        shell_settings_clear(&shell->settings);
}

ExitStatus shell_run(const Arguments *arguments, Client *client)
{
        Shell shell = { .arguments = arguments, .client = client };
        g_autoptr(GError) error = NULL;

        if (!shell_settings_init(&shell.settings, arguments, &error))
                return command_fail(error);
        shell.reader = line_reader_new();
        open_editor(&shell);
        catch_interrupts();
        run_busy(&shell, "status");
        while (!shell.is_over)
                read_and_run(&shell);
        clear(&shell);
        return EXIT_STATUS_FINE;
}
