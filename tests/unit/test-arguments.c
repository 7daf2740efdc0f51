/* The command line of busvisord. */

#include "daemon/arguments.h"

static bool parse(const char *line, Arguments **ret, GError **error)
{
        g_auto(GStrv) words = g_strsplit(line, " ", -1);

        return arguments_parse(g_strv_length(words), words, ret, error);
}

static void test_supervisord_options(void)
{
        g_autoptr(Arguments) arguments = NULL;
        static const struct {
                const char *key, *value;
        } wanted[] = { { "nodaemon", "true" }, { "silent", "true" }, { "user", "www" },
                { "umask", "027" }, { "directory", "/srv" }, { "logfile", "/l" },
                { "logfile_maxbytes", "1MB" }, { "logfile_backups", "3" }, { "loglevel", "debug" },
                { "pidfile", "/p" }, { "identifier", "me" }, { "childlogdir", "/c" },
                { "nocleanup", "true" }, { "minfds", "100" }, { "strip_ansi", "true" },
                { "minprocs", "20" } };

        g_assert_true(parse(
                        "busvisord -n -s -u www -m 027 -d /srv -l /l -y 1MB -z 3 -e debug -j /p "
                        "-i me -q /c -k -a 100 -t --minprocs=20 -c /x.conf",
                        &arguments, NULL));
        g_assert_cmpstr(arguments->file, ==, "/x.conf");
        g_assert_cmpint(arguments->mode, ==, RUN_DAEMON);
        g_assert_cmpuint(g_hash_table_size(arguments->overrides), ==, G_N_ELEMENTS(wanted));
        for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
                g_assert_cmpstr(g_hash_table_lookup(arguments->overrides, wanted[i].key), ==,
                                wanted[i].value);
}

static void test_long_and_abbreviated(void)
{
        g_autoptr(Arguments) arguments = NULL;

        g_assert_true(parse("busvisord --configuration x.yaml --nodaemon --ident me --bus=private "
                            "--bus-name org.example.B --profile_options=cumulative",
                        &arguments, NULL));
        g_assert_cmpstr(arguments->file, ==, "x.yaml");
        g_assert_cmpstr(g_hash_table_lookup(arguments->overrides, "identifier"), ==, "me");
        g_assert_cmpstr(g_hash_table_lookup(arguments->overrides, "bus"), ==, "private");
        g_assert_cmpstr(g_hash_table_lookup(arguments->overrides, "bus_name"), ==, "org.example.B");
        g_assert_cmpuint(g_hash_table_size(arguments->overrides), ==, 4);
}

/* What is short enough for supervisord is so here, though we have more options. */
static void test_supervisord_abbreviations(void)
{
        static const struct {
                const char *word, *key, *value;
        } rows[] = { { "--d=/srv", "directory", "/srv" }, { "--d /srv", "directory", "/srv" },
                { "--ch /tmp", "childlogdir", "/tmp" }, { "--um 077", "umask", "077" },
                { "--noc", "nocleanup", "true" }, { "--si", "silent", "true" },
                { "--str", "strip_ansi", "true" }, { "--logl debug", "loglevel", "debug" },
                { "--minp 5", "minprocs", "5" }, { "--logfile /x", "logfile", "/x" } };
        g_autoptr(Arguments) file = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *line = g_strconcat("busvisord ", rows[i].word, NULL);
                g_autoptr(Arguments) arguments = NULL;

                g_assert_true(parse(line, &arguments, NULL));
                g_assert_cmpstr(g_hash_table_lookup(arguments->overrides, rows[i].key), ==,
                                rows[i].value);
        }
        g_assert_true(parse("busvisord --con x.conf --nod", &file, NULL));
        g_assert_cmpstr(file->file, ==, "x.conf");
}

static void test_modes(void)
{
        static const struct {
                const char *line;
                RunMode mode;
        } rows[] = { { "busvisord -h", RUN_HELP }, { "busvisord -?", RUN_HELP },
                { "busvisord --help", RUN_HELP }, { "busvisord -v", RUN_VERSION },
                { "busvisord --check", RUN_CHECK }, { "busvisord --dump-config", RUN_DUMP_CONFIG },
                { "busvisord --sample-config", RUN_SAMPLE_CONFIG }, { "busvisord", RUN_DAEMON } };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(Arguments) arguments = NULL;

                g_assert_true(parse(rows[i].line, &arguments, NULL));
                g_assert_cmpint(arguments->mode, ==, rows[i].mode);
        }
}

static void check_error(const char *line, const char *part)
{
        g_autoptr(Arguments) arguments = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_false(parse(line, &arguments, &error));
        g_assert_null(arguments);
        g_assert_nonnull(error);
        if (!g_strrstr(error->message, part))
                g_error("'%s' does not contain '%s'", error->message, part);
}

static void test_errors(void)
{
        check_error("busvisord -n -n", "--nodaemon was given twice");
        check_error("busvisord -c a -c b", "--configuration was given twice");
        check_error("busvisord -l a --logfile=b", "--logfile was given twice");
        check_error("busvisord start", "'start' is not wanted");
        check_error("busvisord --nosuch", "--nosuch");
        check_error("busvisord -X", "-X");
        check_error("busvisord -c", "wants an argument");
        check_error("busvisord --logfile_", "--logfile_");
        check_error("busvisord --s", "--s is no option, or is ambiguous");
        check_error("busvisord --no", "--no is no option, or is ambiguous");
        check_error("busvisord --dump-config=x", "--dump-config=x is no option");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/arguments/supervisord-options", test_supervisord_options);
        g_test_add_func("/arguments/long-and-abbreviated", test_long_and_abbreviated);
        g_test_add_func("/arguments/supervisord-abbreviations", test_supervisord_abbreviations);
        g_test_add_func("/arguments/modes", test_modes);
        g_test_add_func("/arguments/errors", test_errors);
        return g_test_run();
}
