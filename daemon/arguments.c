/* One table: getopt's arrays and the help are made from it. An option that stands for a key of
 * [supervisord] has the key's own name, so that it goes over the file without another list. */

#include "daemon/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

typedef struct CommandLineOption {
        char letter; /* 0 = long form only */
        const char *name;
        const char *argument; /* its name in the help, NULL = none */
        const char *key;      /* of [supervisord]; NULL = see below */
        RunMode mode;         /* for those that only print something */
        const char *help;
        bool is_ours; /* supervisord does not have it */
} CommandLineOption;

static const CommandLineOption options[] = {
        { 'c', "configuration", "FILE", NULL, RUN_DAEMON,
                        "configuration file; .yaml and .yml are YAML, others INI" },
        { 'n', "nodaemon", NULL, "nodaemon", RUN_DAEMON, "stay in the foreground" },
        { 's', "silent", NULL, "silent", RUN_DAEMON, "with -n, do not copy the log to stdout" },
        { 'u', "user", "USER", "user", RUN_DAEMON, "become this user (name or number)" },
        { 'm', "umask", "OCTAL", "umask", RUN_DAEMON, "umask; 022 in the background if unset" },
        { 'd', "directory", "DIRECTORY", "directory", RUN_DAEMON, "enter this directory" },
        { 'l', "logfile", "FILE", "logfile", RUN_DAEMON, "main log (supervisord.log)" },
        { 'y', "logfile_maxbytes", "BYTES", "logfile_maxbytes", RUN_DAEMON,
                        "size at which the main log is rotated (50MB)" },
        { 'z', "logfile_backups", "NUMBER", "logfile_backups", RUN_DAEMON,
                        "rotated main logs to keep (10)" },
        { 'e', "loglevel", "LEVEL", "loglevel", RUN_DAEMON,
                        "critical, error, warn, info, debug, trace or blather" },
        { 'j', "pidfile", "FILE", "pidfile", RUN_DAEMON, "pid file (supervisord.pid)" },
        { 'i', "identifier", "NAME", "identifier", RUN_DAEMON,
                        "name of this instance (supervisor)" },
        { 'q', "childlogdir", "DIRECTORY", "childlogdir", RUN_DAEMON, "folder for AUTO logs" },
        { 'k', "nocleanup", NULL, "nocleanup", RUN_DAEMON, "keep the AUTO logs of earlier runs" },
        { 'a', "minfds", "NUMBER", "minfds", RUN_DAEMON, "file descriptors that must be possible" },
        { 't', "strip_ansi", NULL, "strip_ansi", RUN_DAEMON, "take escape sequences out of logs" },
        { 0, "minprocs", "NUMBER", "minprocs", RUN_DAEMON, "processes that must be possible" },
        { 0, "profile_options", "LIST", "", RUN_DAEMON, "accepted and without effect" },
        { 0, "bus", "BUS", "bus", RUN_DAEMON, "auto, system, user, private or a D-Bus address",
                        true },
        { 0, "bus-name", "NAME", "bus_name", RUN_DAEMON, "name on the bus (org.busvisor1)", true },
        { 0, "check", NULL, NULL, RUN_CHECK, "read the configuration, say what is wrong, and end",
                        true },
        { 0, "dump-config", NULL, NULL, RUN_DUMP_CONFIG,
                        "print the effective configuration as JSON and end", true },
        { 0, "sample-config", NULL, NULL, RUN_SAMPLE_CONFIG,
                        "print an example configuration and end", true },
        { 0, "convert-config", NULL, NULL, RUN_CONVERT_CONFIG, "print the INI file as YAML and end",
                        true },
        { 'v', "version", NULL, NULL, RUN_VERSION, "print the version and end" },
        { 'h', "help", NULL, NULL, RUN_HELP, "print this and end" },
};

#define N_OPTIONS    G_N_ELEMENTS(options)
#define FIRST_NUMBER 256 /* what getopt answers: this plus the row */

Arguments *arguments_free(Arguments *arguments)
{
        if (!arguments)
                return NULL;
        g_free(arguments->file);
        g_clear_pointer(&arguments->overrides, g_hash_table_unref);
        g_free(arguments);
        return NULL;
}

static void fill_getopt_tables(GString *letters, struct option *longs)
{
        g_string_append(letters, ":");
        for (size_t i = 0; i < N_OPTIONS; i++) {
                longs[i] = (struct option){
                        .name = options[i].name,
                        .has_arg = options[i].argument ? required_argument : no_argument,
                        .val = FIRST_NUMBER + i,
                };
                if (options[i].letter)
                        g_string_append_printf(letters, "%c%s", options[i].letter,
                                        options[i].argument ? ":" : "");
        }
        longs[N_OPTIONS] = (struct option){};
}

/* The row of what getopt found; NULL for what it did not know. */
static const CommandLineOption *find_option(int found)
{
        if (found >= FIRST_NUMBER)
                return &options[found - FIRST_NUMBER];
        for (size_t i = 0; i < N_OPTIONS; i++)
                if (options[i].letter == found && found != 0)
                        return &options[i];
        return NULL;
}

static bool apply(Arguments *arguments, const CommandLineOption *option, const char *value,
                GError **error)
{
        if (option->letter == 'c' && !arguments->file)
                arguments->file = g_strdup(value);
        else if (option->mode != RUN_DAEMON)
                arguments->mode = option->mode;
        else if (option->key && !g_hash_table_contains(arguments->overrides, option->key))
                g_hash_table_insert(arguments->overrides, g_strdup(option->key),
                                g_strdup(value ? value : "true"));
        else {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s was given twice",
                                option->name);
                return false;
        }
        return true;
}

/* An abbreviation that only one option of supervisord fits means that one, whatever of ours it fits
 * besides: "--d=/srv" becomes "--directory=/srv". NULL when that does not help. g_free. */
static char *unfold(const char *word)
{
        const CommandLineOption *found = NULL;
        size_t length = strcspn(word, "=");

        if (!g_str_has_prefix(word, "--"))
                return NULL;
        for (size_t i = 0; i < N_OPTIONS; i++) {
                if (options[i].is_ours || strncmp(options[i].name, word + 2, length - 2) != 0)
                        continue;
                if (found)
                        return NULL;
                found = &options[i];
        }
        return found ? g_strconcat("--", found->name, word + length, NULL) : NULL;
}

/* The line while it is being read: the words are borrowed, or are in unfolded. getopt goes on from
 * where it stood in a word that was replaced. */
typedef struct Line {
        int count;
        char **words;
        GPtrArray *unfolded;
        GString *letters;
        struct option longs[N_OPTIONS + 1];
} Line;

static void line_clear(Line *line)
{
        g_free(line->words);
        g_ptr_array_unref(line->unfolded);
        g_string_free(line->letters, true);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

static Line line_make(int argc, char **argv)
{
        Line line = {
                .count = argc,
                .words = g_memdup2(argv, (argc + 1) * sizeof *argv),
                .unfolded = g_ptr_array_new_with_free_func(g_free),
                .letters = g_string_new(NULL),
        };

        fill_getopt_tables(line.letters, line.longs);
        optind = 0;
        opterr = 0;
        return line;
}

static int next_option(Line *line)
{
        int found = getopt_long(line->count, line->words, line->letters->str, line->longs, NULL);
        char *unfolded = found == '?' && optopt == 0 ? unfold(line->words[optind - 1]) : NULL;

        if (!unfolded)
                return found;
        g_ptr_array_add(line->unfolded, unfolded);
        line->words[--optind] = unfolded;
        return getopt_long(line->count, line->words, line->letters->str, line->longs, NULL);
}

static bool unknown(char **words, int found, GError **error)
{
        const char *problem = found == ':' ? "wants an argument" : "is no option, or is ambiguous";

        if (optopt > 0 && optopt < FIRST_NUMBER)
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "-%c %s", optopt,
                                problem);
        else
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "%s %s",
                                words[optind - 1], problem);
        return false;
}

bool arguments_parse(int argc, char **argv, Arguments **ret, GError **error)
{
        g_autoptr(Arguments) arguments = g_new0(Arguments, 1);
        g_auto(Line) line = line_make(argc, argv);
        int found;

        arguments->overrides = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        while ((found = next_option(&line)) >= 0) {
                const CommandLineOption *option = find_option(found);

                if (found == '?' && optopt == '?')
                        arguments->mode = RUN_HELP;
                else if (!option)
                        return unknown(line.words, found, error);
                else if (!apply(arguments, option, optarg, error))
                        return false;
        }
        if (optind < argc) {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                                "'%s' is not wanted: there are only options", line.words[optind]);
                return false;
        }
        g_hash_table_remove(arguments->overrides, "");
        *ret = g_steal_pointer(&arguments);
        return true;
}

void arguments_print_help(void)
{
        printf("Usage: busvisord [OPTION...]\n\n"
               "Starts programs, keeps them running, and shows them on D-Bus.\n\n");
        for (size_t i = 0; i < N_OPTIONS; i++) {
                g_autofree char *form = g_strdup_printf("--%s%s%s", options[i].name,
                                options[i].argument ? "=" : "",
                                options[i].argument ? options[i].argument : "");

                if (options[i].letter)
                        printf("  -%c, %-26s %s\n", options[i].letter, form, options[i].help);
                else
                        printf("      %-26s %s\n", form, options[i].help);
        }
        printf("\nWithout -c: busvisor.yaml in the working folder, $XDG_CONFIG_HOME/busvisor and\n"
               "/etc/busvisor, then the places where supervisord looks for supervisord.conf.\n");
}
