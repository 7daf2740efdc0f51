/* The command line: options anywhere, words split at blanks. */

#include <glib.h>

#include "bus/names.h"
#include "tools/ctl/arguments.h"
#include "tools/ctl/failure.h"

#define PARSE(error, ...)                                                                          \
        arguments_new(G_N_ELEMENTS(((char *[]){ "busvisorctl", __VA_ARGS__ })),                    \
                        (char *[]){ "busvisorctl", __VA_ARGS__, NULL }, error)

static void test_options_after_words(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments =
                        PARSE(&error, "status", "--json", "cat", "-i", "web1", "-q");

        g_assert_no_error(error);
        g_assert_true(arguments->json);
        g_assert_true(arguments->quiet);
        g_assert_false(arguments->no_block);
        g_assert_cmpstr(arguments->identifier, ==, "web1");
        g_assert_null(arguments->address);
        g_assert_cmpstr(arguments->bus_name, ==, BUS_NAME);
        g_assert_true(g_strv_equal((const char *const *)arguments->words,
                        (const char *const[]){ "status", "cat", NULL }));
}

static void test_words_are_split(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = PARSE(&error, "status  a b", "--no-block", "", "--", "-c");

        g_assert_no_error(error);
        g_assert_true(arguments->no_block);
        g_assert_true(g_strv_equal((const char *const *)arguments->words,
                        (const char *const[]){ "status", "a", "b", "-c", NULL }));
}

/* "tail -100 cat" and "tail -f cat" are Supervisor's; options of ours are still found there. */
static void test_words_of_tail(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments =
                        PARSE(&error, "-i", "tail", "tail", "-100", "--quiet", "cat", "-", "-q");
        g_autoptr(Arguments) following = PARSE(&error, "--", "maintail", "-f");
        g_autoptr(Arguments) other = PARSE(&error, "status", "tail", "-v");

        g_assert_no_error(error);
        g_assert_cmpstr(arguments->identifier, ==, "tail");
        g_assert_true(arguments->quiet);
        g_assert_true(g_strv_equal((const char *const *)arguments->words,
                        (const char *const[]){ "tail", "-100", "cat", "-", "-q", NULL }));
        g_assert_true(g_strv_equal((const char *const *)following->words,
                        (const char *const[]){ "maintail", "-f", NULL }));
        g_assert_true(other->verbose);
        g_assert_true(g_strv_equal((const char *const *)other->words,
                        (const char *const[]){ "status", "tail", NULL }));
        {
                g_autoptr(Arguments) line = arguments_new_of_line(
                                (char *[]){ "tail", "-f", "cat", NULL }, &error);

                g_assert_no_error(error);
                g_assert_true(g_strv_equal((const char *const *)line->words,
                                (const char *const[]){ "tail", "-f", "cat", NULL }));
        }
        g_assert_null(PARSE(&error, "tail", "--jason"));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
}

/* As getopt does it for supervisorctl; not where words of a command begin with a dash. */
static void test_values_without_blank(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments =
                        PARSE(&error, "-c/etc/x.conf", "-r", "lines", "-iweb1", "status", "cat");
        g_autoptr(Arguments) tail = PARSE(&error, "-c/etc/x.conf", "tail", "-cat");

        g_assert_no_error(error);
        g_assert_cmpstr(arguments->configuration, ==, "/etc/x.conf");
        g_assert_cmpstr(arguments->identifier, ==, "web1");
        g_assert_cmpstr(arguments->history_file, ==, "lines");
        g_assert_true(g_strv_equal((const char *const *)arguments->words,
                        (const char *const[]){ "status", "cat", NULL }));
        g_assert_cmpstr(tail->configuration, ==, "/etc/x.conf");
        g_assert_true(g_strv_equal((const char *const *)tail->words,
                        (const char *const[]){ "tail", "-cat", NULL }));
}

static void test_options_of_events(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = PARSE(&error, "events", "--since", "-5min", "-U",
                        "2026-11-26 14:03", "-n5", "-f", "--type=TICK", "--type", "PROCESS_LOG",
                        "--process", "a*", "--group=b", "--reverse");
        const EventOptions *events = &arguments->events;

        g_assert_no_error(error);
        g_assert_cmpstr(events->since, ==, "-5min");
        g_assert_cmpstr(events->until, ==, "2026-11-26 14:03");
        g_assert_cmpstr(events->lines, ==, "5");
        g_assert_true(events->follow && events->reverse);
        g_assert_true(g_strv_equal((const char *const *)events->types,
                        (const char *const[]){ "TICK", "PROCESS_LOG", NULL }));
        g_assert_cmpstr(events->processes[0], ==, "a*");
        g_assert_cmpstr(events->groups[0], ==, "b");
        g_assert_cmpuint(g_strv_length(arguments->words), ==, 1);
}

static void test_options_of_supervisor(void)
{
        static char *const options[] = { "-s", "-u", "--serverurl", "--username", "--password" };

        for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(PARSE(&error, options[i], "unix:///x", "status"));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
                g_assert_nonnull(strstr(error->message, "--address"));
        }
}

static void test_no_words(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = PARSE(&error, "--bus-name=org.example.Other");

        g_assert_no_error(error);
        g_assert_null(arguments->words[0]);
        g_assert_cmpstr(arguments->bus_name, ==, "org.example.Other");
}

static void test_unknown_option(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(PARSE(&error, "status", "--jason"));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
        g_assert_cmpint(failure_exit_status(error), ==, EXIT_STATUS_INVALID_ARGUMENTS);
        g_assert_nonnull(strstr(error->message, "--jason"));
}

static void test_help_has_every_option(void)
{
        static const char *const names[] = { "--address", "-c, --configuration", "-i, --identifier",
                "--bus-name", "--json", "--no-block", "--timeout", "-H, --host", "-q, --quiet",
                "--no-color", "-h, --help", "--version", "-S, --since", "-U, --until",
                "-n, --lines", "-d, --interval", "--sort", "-p, --property", "--value",
                "-f, --follow", "--reverse", "--type", "--process", "--group" };
        g_autofree char *help = arguments_help();

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_nonnull(strstr(help, names[i]));
}

static void test_line(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Arguments) arguments = arguments_new_of_line(
                        (char *[]){ "status", "a b", "--json", NULL }, &error);

        g_assert_no_error(error);
        g_assert_true(arguments->json);
        g_assert_true(g_strv_equal((const char *const *)arguments->words,
                        (const char *const[]){ "status", "a b", NULL }));
}

static void test_line_with_other_daemon(void)
{
        static char *const options[] = { "--address=user", "-cfile", "-iweb1", "--bus-name=a.b",
                "-rfile", "-Hbox" };

        for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(arguments_new_of_line(
                                (char *[]){ "status", options[i], NULL }, &error));
                g_assert_error(error, FAILURE, FAILURE_USAGE);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/arguments/options-after-words", test_options_after_words);
        g_test_add_func("/ctl/arguments/words-are-split", test_words_are_split);
        g_test_add_func("/ctl/arguments/words-of-tail", test_words_of_tail);
        g_test_add_func("/ctl/arguments/values-without-blank", test_values_without_blank);
        g_test_add_func("/ctl/arguments/options-of-events", test_options_of_events);
        g_test_add_func("/ctl/arguments/options-of-supervisor", test_options_of_supervisor);
        g_test_add_func("/ctl/arguments/no-words", test_no_words);
        g_test_add_func("/ctl/arguments/unknown-option", test_unknown_option);
        g_test_add_func("/ctl/arguments/help", test_help_has_every_option);
        g_test_add_func("/ctl/arguments/line", test_line);
        g_test_add_func("/ctl/arguments/line-with-other-daemon", test_line_with_other_daemon);
        return g_test_run();
}
