/* GOption reads the line, but prints nothing of its own: help has to list the commands too, which
 * only main knows, and goes to the same place as every other text. What begins with one dash after
 * tail is no option to Supervisor ("tail -100 cat"); so it is marked, for GOption to take it for a
 * word, and the mark is taken off again. */

#include "tools/ctl/arguments.h"

#include <string.h>

#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/time-span.h"

#define N_OPTIONS 16
/* And those of Supervisor's that are only known to be refused, and the words. */
#define N_ENTRIES       (N_OPTIONS + 4)
#define N_EVENT_OPTIONS 8
#define N_WATCH_OPTIONS 2
#define N_SHOW_OPTIONS  2

#define INTERVAL_DEFAULT_USEC (UINT64_C(1) * G_USEC_PER_SEC)
#define INTERVAL_LEAST_USEC   (UINT64_C(100) * 1000)

/* Short options with a value. */
#define WITH_VALUE "HcirsupnSUd"

/* GOption writes an int for each flag. */
typedef struct Flags {
        gboolean json, no_block, verbose, dry_run, interactive, quiet, no_color, help, version;
        gboolean follow, reverse, value;
        char *foreign; /* the value of one that is refused */
        char *timeout, *interval;
        char **rest;
} Flags;

static void flags_clear(Flags *flags)
{
        g_free(flags->foreign);
        g_free(flags->timeout);
        g_free(flags->interval);
        g_strfreev(flags->rest);
}

/* The table needs the places where values go, so it is filled in for each parse. */
static void fill_entries(GOptionEntry *entries, Arguments *arguments, Flags *flags)
{
        const GOptionEntry filled[N_ENTRIES + 1] = {
                { "address", 0, 0, G_OPTION_ARG_STRING, &arguments->address,
                                "Bus to use: a D-Bus address, system or user", "ADDRESS" },
                { "configuration", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->configuration,
                                "Talk to the instance that runs with this file", "FILE" },
                { "identifier", 'i', 0, G_OPTION_ARG_STRING, &arguments->identifier,
                                "Talk to the instance of this name", "IDENTIFIER" },
                { "host", 'H', 0, G_OPTION_ARG_STRING, &arguments->host,
                                "Talk to the one on another machine, over ssh", "[USER@]HOST" },
                { "bus-name", 0, 0, G_OPTION_ARG_STRING, &arguments->bus_name,
                                "Name of the daemon on the bus (" BUS_NAME ")", "NAME" },
                { "json", 0, 0, G_OPTION_ARG_NONE, &flags->json, "Print JSON", NULL },
                { "no-block", 0, 0, G_OPTION_ARG_NONE, &flags->no_block,
                                "Do not wait until the work is done", NULL },
                { "timeout", 0, 0, G_OPTION_ARG_STRING, &flags->timeout,
                                "Wait no longer than this (30, 5min)", "SPAN" },
                { "verbose", 'v', 0, G_OPTION_ARG_NONE, &flags->verbose,
                                "reread, update --dry-run: tell of each process", NULL },
                { "dry-run", 0, 0, G_OPTION_ARG_NONE, &flags->dry_run,
                                "update: only show what would change", NULL },
                { "interactive", 0, 0, G_OPTION_ARG_NONE, &flags->interactive,
                                "Ask before shutdown and reload, as the shell does", NULL },
                { "history_file", 'r', 0, G_OPTION_ARG_FILENAME, &arguments->history_file,
                                "Where the shell keeps the lines typed", "FILE" },
                { "quiet", 'q', 0, G_OPTION_ARG_NONE, &flags->quiet, "Print errors only, on stderr",
                                NULL },
                { "no-color", 0, 0, G_OPTION_ARG_NONE, &flags->no_color,
                                "No colors on a terminal either", NULL },
                { "help", 'h', 0, G_OPTION_ARG_NONE, &flags->help, "Print this and end", NULL },
                { "version", 0, 0, G_OPTION_ARG_NONE, &flags->version,
                                "Print the version of busvisorctl and end", NULL },
                { "serverurl", 's', 0, G_OPTION_ARG_STRING, &flags->foreign, NULL, NULL },
                { "username", 'u', 0, G_OPTION_ARG_STRING, &flags->foreign, NULL, NULL },
                { "password", 0, 0, G_OPTION_ARG_STRING, &flags->foreign, NULL, NULL },
                { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags->rest, NULL, NULL },
                { NULL, 0, 0, 0, NULL, NULL, NULL },
        };

        memcpy(entries, filled, sizeof filled);
}

static void fill_event_entries(GOptionEntry *entries, EventOptions *events, Flags *flags)
{
        const GOptionEntry filled[N_EVENT_OPTIONS + 1] = {
                { "since", 'S', 0, G_OPTION_ARG_STRING, &events->since,
                                "Begin with this serial or time", "WHEN" },
                { "until", 'U', 0, G_OPTION_ARG_STRING, &events->until,
                                "End with this serial or time", "WHEN" },
                { "lines", 'n', 0, G_OPTION_ARG_STRING, &events->lines,
                                "Only so many of them, the last ones", "N" },
                { "follow", 'f', 0, G_OPTION_ARG_NONE, &flags->follow,
                                "Then go on with those that happen", NULL },
                { "reverse", 0, 0, G_OPTION_ARG_NONE, &flags->reverse, "The last one first", NULL },
                { "type", 0, 0, G_OPTION_ARG_STRING_ARRAY, &events->types,
                                "Only of these types and those below them", "TYPE,..." },
                { "process", 0, 0, G_OPTION_ARG_STRING_ARRAY, &events->processes,
                                "Only of these processes", "PATTERN,..." },
                { "group", 0, 0, G_OPTION_ARG_STRING_ARRAY, &events->groups, "Only of these groups",
                                "PATTERN,..." },
                { NULL, 0, 0, 0, NULL, NULL, NULL },
        };

        memcpy(entries, filled, sizeof filled);
}

static void fill_watch_entries(GOptionEntry *entries, Arguments *arguments, Flags *flags)
{
        const GOptionEntry filled[N_WATCH_OPTIONS + 1] = {
                { "interval", 'd', 0, G_OPTION_ARG_STRING, &flags->interval,
                                "Look at least this often (1s)", "SPAN" },
                { "sort", 0, 0, G_OPTION_ARG_STRING, &arguments->sort,
                                "By name, state, cpu, memory, uptime, restarts, lag or pid",
                                "KEY" },
                { NULL, 0, 0, 0, NULL, NULL, NULL },
        };

        memcpy(entries, filled, sizeof filled);
}

static void fill_show_entries(GOptionEntry *entries, Arguments *arguments, Flags *flags)
{
        const GOptionEntry filled[N_SHOW_OPTIONS + 1] = {
                { "property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &arguments->properties,
                                "Only these properties", "NAME,..." },
                { "value", 0, 0, G_OPTION_ARG_NONE, &flags->value, "Without their names", NULL },
                { NULL, 0, 0, 0, NULL, NULL, NULL },
        };

        memcpy(entries, filled, sizeof filled);
}

/* All of them. */
typedef struct Entries {
        GOptionEntry general[N_ENTRIES + 1], events[N_EVENT_OPTIONS + 1];
        GOptionEntry watch[N_WATCH_OPTIONS + 1], show[N_SHOW_OPTIONS + 1];
} Entries;

static void entries_fill(Entries *entries, Arguments *arguments, Flags *flags)
{
        fill_entries(entries->general, arguments, flags);
        fill_event_entries(entries->events, &arguments->events, flags);
        fill_watch_entries(entries->watch, arguments, flags);
        fill_show_entries(entries->show, arguments, flags);
}

/* For a parse into these. */
static GOptionContext *new_context(Arguments *arguments, Flags *flags)
{
        GOptionContext *context = g_option_context_new(NULL);
        Entries entries;

        entries_fill(&entries, arguments, flags);
        g_option_context_add_main_entries(context, entries.general, NULL);
        g_option_context_add_main_entries(context, entries.events, NULL);
        g_option_context_add_main_entries(context, entries.watch, NULL);
        g_option_context_add_main_entries(context, entries.show, NULL);
        g_option_context_set_help_enabled(context, false);
        return context;
}

#define WORD_MARK '\1'

static bool has_short_words(const char *command)
{
        return strcmp(command, "tail") == 0 || strcmp(command, "maintail") == 0;
}

/* With words marked behind the command at this place. */
static char **copy_line(int argc, char *const *argv, int command)
{
        bool marks = command < argc && has_short_words(argv[command]);
        char **copy = g_new0(char *, argc + 1);

        for (int i = 0; i < argc; i++) {
                bool is_word = marks && i > command && argv[i][0] == '-' && argv[i][1] != '-';

                copy[i] = is_word ? g_strdup_printf("%c%s", WORD_MARK, argv[i]) : g_strdup(argv[i]);
        }
        return copy;
}

/* Where the command stands in the line; argc when there is none or the options before it are wrong.
 */
static int find_command(int argc, char *const *argv)
{
        g_autoptr(Arguments) unused = g_new0(Arguments, 1);
        Flags flags = { 0 };
        g_autoptr(GOptionContext) context = new_context(unused, &flags);
        g_auto(GStrv) copy = copy_line(argc, argv, argc);
        int place = argc;

        g_option_context_set_strict_posix(context, true);
        if (g_option_context_parse_strv(context, &copy, NULL) && flags.rest)
                place = argc - (int)g_strv_length(flags.rest);
        flags_clear(&flags);
        return place;
}

static void take_marks_off(char **words)
{
        for (; *words; words++)
                if (**words == WORD_MARK)
                        memmove(*words, *words + 1, strlen(*words));
}

static char **split_words(char *const *rest)
{
        GPtrArray *words = g_ptr_array_new();

        for (; *rest; rest++) {
                g_auto(GStrv) parts = g_strsplit_set(*rest, " \t\n", -1);

                for (char **part = parts; *part; part++)
                        if (**part)
                                g_ptr_array_add(words, g_strdup(*part));
        }
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, false);
}

static bool keep_span(const char *option, const char *text, uint64_t *span_usec, GError **error)
{
        if (!text || time_span_parse(text, span_usec, error))
                return true;
        g_prefix_error(error, "%s: ", option);
        return false;
}

static bool keep_spans(Arguments *arguments, const Flags *flags, GError **error)
{
        arguments->timeout_usec = TIME_SPAN_INFINITE;
        arguments->interval_usec = INTERVAL_DEFAULT_USEC;
        arguments->interval_given = flags->interval;
        if (!keep_span("--timeout", flags->timeout, &arguments->timeout_usec, error) ||
                        !keep_span("--interval", flags->interval, &arguments->interval_usec, error))
                return false;
        arguments->interval_usec = CLAMP(
                        arguments->interval_usec, INTERVAL_LEAST_USEC, (uint64_t)INT64_MAX / 4);
        return true;
}

static void keep_flags(Arguments *arguments, Flags *flags)
{
        arguments->value = flags->value;
        arguments->events.follow = flags->follow;
        arguments->events.reverse = flags->reverse;
        arguments->json = flags->json;
        arguments->no_block = flags->no_block;
        arguments->verbose = flags->verbose;
        arguments->dry_run = flags->dry_run;
        arguments->interactive = flags->interactive;
        arguments->quiet = flags->quiet;
        arguments->no_color = flags->no_color;
        arguments->help = flags->help;
        arguments->version = flags->version;
        arguments->words = flags->rest ? g_steal_pointer(&flags->rest) : g_new0(char *, 1);
        take_marks_off(arguments->words);
        if (!arguments->bus_name)
                arguments->bus_name = g_strdup(BUS_NAME);
}

/* Whoever names a server by its URL must not get another one. */
static bool check_foreign(const Flags *flags, GError **error)
{
        if (!flags->foreign)
                return true;
        g_set_error_literal(error, FAILURE, FAILURE_USAGE,
                        "there are no URLs, users and passwords (-s, -u); say with -c, -i or "
                        "--address which daemon is meant");
        return false;
}

/* "-cFILE" as "-c" and "FILE", for GOption, which does not know it. */
static void unfold(GPtrArray *words, const char *word)
{
        if (word[0] == '-' && word[1] && strchr(WITH_VALUE, word[1]) && word[2]) {
                g_ptr_array_add(words, g_strndup(word, 2));
                word += 2;
        }
        g_ptr_array_add(words, g_strdup(word));
}

static char **unfold_line(int argc, char *const *argv)
{
        GPtrArray *words = g_ptr_array_new();
        bool is_open = true; /* no word has come that begins a line of words */

        for (int i = 0; i < argc; i++) {
                is_open = is_open && strcmp(argv[i], "--") != 0 && !has_short_words(argv[i]);
                if (is_open)
                        unfold(words, argv[i]);
                else
                        g_ptr_array_add(words, g_strdup(argv[i]));
        }
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, false);
}

static Arguments *parse(int argc, char *const *argv, GError **error)
{
        g_autoptr(Arguments) arguments = g_new0(Arguments, 1);
        Flags flags = { 0 };
        g_autoptr(GOptionContext) context = new_context(arguments, &flags);
        g_autoptr(GError) own = NULL;
        g_auto(GStrv) copy = copy_line(argc, argv, find_command(argc, argv));
        bool parsed;

        parsed = g_option_context_parse_strv(context, &copy, &own) && check_foreign(&flags, &own) &&
                 keep_spans(arguments, &flags, &own);
        if (parsed)
                keep_flags(arguments, &flags);
        flags_clear(&flags);
        if (!parsed) {
                g_set_error(error, FAILURE, FAILURE_USAGE, "%s (try --help)", own->message);
                return NULL;
        }
        return g_steal_pointer(&arguments);
}

Arguments *arguments_new(int argc, char *const *argv, GError **error)
{
        g_auto(GStrv) unfolded = unfold_line(argc, argv);
        Arguments *arguments = parse(g_strv_length(unfolded), unfolded, error);
        g_auto(GStrv) whole = NULL;

        if (!arguments)
                return NULL;
        whole = arguments->words;
        arguments->words = split_words(whole);
        return arguments;
}

Arguments *arguments_new_of_line(char *const *words, GError **error)
{
        g_autoptr(GPtrArray) line = g_ptr_array_new();
        g_autoptr(Arguments) arguments = NULL;

        g_ptr_array_add(line, "busvisorctl");
        for (; *words; words++)
                g_ptr_array_add(line, *words);
        arguments = parse(line->len, (char *const *)line->pdata, error);
        if (!arguments)
                return NULL;
        if (arguments->address || arguments->configuration || arguments->identifier ||
                        arguments->host || arguments->history_file ||
                        strcmp(arguments->bus_name, BUS_NAME) != 0) {
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "the daemon and the history are chosen when the shell is started; "
                                "open leads to another daemon");
                return NULL;
        }
        return g_steal_pointer(&arguments);
}

Arguments *arguments_free(Arguments *arguments)
{
        if (!arguments)
                return NULL;
        g_free(arguments->address);
        g_free(arguments->configuration);
        g_free(arguments->identifier);
        g_free(arguments->host);
        g_free(arguments->sort);
        g_strfreev(arguments->properties);
        g_free(arguments->bus_name);
        g_free(arguments->history_file);
        g_free(arguments->events.since);
        g_free(arguments->events.until);
        g_free(arguments->events.lines);
        g_strfreev(arguments->events.types);
        g_strfreev(arguments->events.processes);
        g_strfreev(arguments->events.groups);
        g_strfreev(arguments->words);
        g_free(arguments);
        return NULL;
}

static void append_option(GString *help, const GOptionEntry *entry)
{
        g_autofree char *name = g_strdup_printf("--%s%s%s", entry->long_name,
                        entry->arg_description ? " " : "",
                        entry->arg_description ? entry->arg_description : "");

        if (entry->short_name)
                g_string_append_printf(help, "  -%c, ", entry->short_name);
        else
                g_string_append(help, "      ");
        g_string_append_printf(help, "%-24s %s\n", name, entry->description);
}

static void append_options(
                GString *help, const char *title, const GOptionEntry *entries, size_t n_entries)
{
        g_string_append(help, title);
        for (size_t i = 0; i < n_entries; i++)
                append_option(help, &entries[i]);
}

char *arguments_help(void)
{
        Arguments unused = { 0 };
        Flags flags;
        Entries entries;
        GString *help = g_string_new(NULL);

        entries_fill(&entries, &unused, &flags);
        append_options(help, "", entries.general, N_OPTIONS);
        append_options(help, "\nOptions of events:\n", entries.events, N_EVENT_OPTIONS);
        append_options(help, "\nOptions of watch, besides -n and --reverse:\n", entries.watch,
                        N_WATCH_OPTIONS);
        append_options(help, "\nOptions of show:\n", entries.show, N_SHOW_OPTIONS);
        return g_string_free(help, false);
}

/* Neither what is refused nor what chooses the daemon. */
static void add_line_options(GPtrArray *names, const GOptionEntry *entries, size_t n_entries)
{
        static const char *const others[] = { "address", "configuration", "identifier", "host",
                "bus-name", "history_file", "version", NULL };

        for (size_t i = 0; i < n_entries; i++)
                if (!g_strv_contains(others, entries[i].long_name))
                        g_ptr_array_add(names, g_strconcat("--", entries[i].long_name, NULL));
}

char **arguments_line_options(void)
{
        Arguments unused = { 0 };
        Flags flags;
        Entries entries;
        GPtrArray *names = g_ptr_array_new();

        entries_fill(&entries, &unused, &flags);
        add_line_options(names, entries.general, N_OPTIONS);
        add_line_options(names, entries.events, N_EVENT_OPTIONS);
        add_line_options(names, entries.watch, N_WATCH_OPTIONS);
        add_line_options(names, entries.show, N_SHOW_OPTIONS);
        g_ptr_array_add(names, NULL);
        return (char **)g_ptr_array_free(names, false);
}
