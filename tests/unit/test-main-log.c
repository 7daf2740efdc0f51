/* The main log: its forms, its levels, and the places that take nothing. */

#include "daemon/output/main-log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static void open_log(const char *path)
{
        g_assert_true(main_log_open(&(MainLogPlan){ .file = path, .level = LOG_LEVEL_INFO }, NULL));
}

static void test_levels(void)
{
        g_assert_cmpint(log_level_from_string("info"), ==, LOG_LEVEL_INFO);
        g_assert_cmpint(log_level_from_string("BLATHER"), ==, LOG_LEVEL_BLATHER);
        g_assert_cmpint(log_level_from_string("warning"), ==, _LOG_LEVEL_INVALID);
        for (int level = 0; level < _LOG_LEVEL_MAX; level++)
                g_assert_cmpint(log_level_from_string(log_level_to_string(level)), ==, level);
}

static void test_format(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *text = NULL;

        open_log(path);
        g_assert_true(main_log_is_enabled(LOG_LEVEL_WARN));
        g_assert_false(main_log_is_enabled(LOG_LEVEL_DEBUG));
        log_info("spawned: '%s' with pid %d", "web", 7);
        log_debug("not this");
        log_critical("100%%");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_regex_match_simple(
                        "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} INFO spawned: 'web' with pid 7\n"
                        "[-0-9 :,]{23} CRIT 100%\n$",
                        text, 0, 0));
        fixture_folder_free(folder);
}

static void test_reopen(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *away = g_build_filename(folder, "away", NULL);
        g_autofree char *text = NULL;

        open_log(path);
        log_info("one");
        g_assert_cmpint(rename(path, away), ==, 0);
        main_log_reopen();
        log_info("two");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_str_has_suffix(text, " INFO two\n"));
        fixture_folder_free(folder);
}

static void test_cannot_open(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(main_log_open(&(MainLogPlan){ .file = "/no/such/folder/log" }, &error));
        g_assert_true(g_str_has_prefix(
                        error->message, "cannot open the main log /no/such/folder/log: "));
}

/* A socket of a service that does nothing by itself. */
static int service_new(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        strcpy(address.sun_path, path);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static void check_message(int service, const char *pattern)
{
        char text[512] = "";

        g_assert_cmpint(recv(service, text, sizeof text - 1, 0), >, 0);
        if (!g_regex_match_simple(pattern, text, 0, 0))
                g_error("%s is not %s", text, pattern);
}

#define DATE "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} "

static void test_syslog(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "socket", NULL);
        int service = service_new(path);
        const MainLogPlan plan = { .file = "syslog", .level = LOG_LEVEL_INFO, .syslog_path = path };

        g_assert_true(main_log_open(&plan, NULL));
        log_info("one");
        log_warn("first\nsecond\n");
        check_message(service, "^<14>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d test-main-log: " DATE
                               "INFO one$");
        check_message(service, "^<14>.* test-main-log: " DATE "WARN first$");
        check_message(service, "^<14>.* test-main-log: " DATE "WARN second$");
        /* A service that does not read makes nobody wait. */
        for (int i = 0; i < 1000; i++)
                log_info("%d", i);
        for (char text[512]; recv(service, text, sizeof text, 0) > 0;)
                continue;
        log_info("last");
        check_message(service, "WARN \\d+ lines could not be written here$");
        check_message(service, "INFO last$");
        main_log_close();
        close(service);
        fixture_folder_free(folder);
}

static void test_journal(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "socket", NULL);
        int service = service_new(path);
        const MainLogPlan plan = {
                .file = "journal", .level = LOG_LEVEL_DEBUG, .journal_path = path
        };

        g_assert_true(main_log_open(&plan, NULL));
        log_critical("one");
        log_debug("two");
        check_message(service, "^MESSAGE=one\nPRIORITY=2\nSYSLOG_IDENTIFIER=test-main-log\n$");
        check_message(service, "^MESSAGE=two\nPRIORITY=7\n");
        main_log_close();
        close(service);
        fixture_folder_free(folder);
}

static void test_json(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        const MainLogPlan plan = {
                .file = path, .level = LOG_LEVEL_INFO, .format = LOG_FORMAT_JSON
        };
        g_autofree char *text = NULL;

        g_assert_true(main_log_open(&plan, NULL));
        log_warn("two\nlines, \"quoted\"");
        log_info("next");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_regex_match_simple(
                        "^{\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\","
                        "\"level\":\"WARN\",\"message\":\"two\\\\nlines, \\\\\"quoted\\\\\"\"}\n"
                        "{\"time\":\"[^\"]*\",\"level\":\"INFO\",\"message\":\"next\"}\n$",
                        text, 0, 0));
        fixture_folder_free(folder);
}

/* As Supervisor writes them. */
static void test_lines(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *text = NULL;

        open_log(path);
        log_info("two\nlines");
        main_log_close();
        text = fixture_read(folder, "log");
        g_assert_true(g_regex_match_simple("^" DATE "INFO two\nlines\n$", text, 0, 0));
        fixture_folder_free(folder);
}

static int swap_descriptor(int fd, int with)
{
        int saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);

        g_assert_cmpint(dup2(with, fd), ==, fd);
        return saved;
}

static void restore_descriptor(int fd, int saved)
{
        g_assert_cmpint(dup2(saved, fd), ==, fd);
        close(saved);
}

/* Nobody reads what is copied to stdout: the log in the file goes on, the gap is told. */
static void test_stalled_stdout(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        const MainLogPlan plan = { .file = path, .level = LOG_LEVEL_INFO, .to_stdout = true };
        g_autofree char *line = g_strnfill(1000, 'x');
        g_autofree char *text = NULL;
        GString *seen = g_string_new(NULL);
        int ends[2], saved;

        g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
        saved = swap_descriptor(STDOUT_FILENO, ends[1]);
        g_assert_true(main_log_open(&plan, NULL));
        for (int i = 0; i < 200; i++)
                log_info("%d %s", i, line);
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        for (;;) {
                char part[4096];
                ssize_t n = read(ends[0], part, sizeof part);

                if (n < 0)
                        break;
                g_string_append_len(seen, part, n);
        }
        log_info("last");
        main_log_close();
        restore_descriptor(STDOUT_FILENO, saved);
        close(ends[1]);
        for (;;) {
                char part[4096];
                ssize_t n = read(ends[0], part, sizeof part);

                if (n <= 0)
                        break;
                g_string_append_len(seen, part, n);
        }
        close(ends[0]);
        text = fixture_read(folder, "log");
        g_assert_nonnull(strstr(text, "199 xxx"));
        g_assert_null(strstr(text, "could not be written"));
        g_assert_true(g_regex_match_simple(
                        "\n" DATE "WARN \\d+ lines could not be written here\n" DATE "INFO last\n$",
                        seen->str, 0, 0));
        g_string_free(seen, true);
        fixture_folder_free(folder);
}

/* Where it can be seen: once, and again after it has worked. */
static void test_full_disk(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "stderr", NULL);
        g_autofree char *text = NULL;
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        int saved = swap_descriptor(STDERR_FILENO, fd);

        open_log("/dev/full");
        for (int i = 0; i < 3; i++)
                log_info("%d", i);
        main_log_close();
        restore_descriptor(STDERR_FILENO, saved);
        close(fd);
        text = fixture_read(folder, "stderr");
        g_assert_cmpstr(text, ==,
                        "busvisord: cannot write to the main log: No space left on device\n");
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/main-log/levels", test_levels);
        g_test_add_func("/main-log/format", test_format);
        g_test_add_func("/main-log/lines", test_lines);
        g_test_add_func("/main-log/json", test_json);
        g_test_add_func("/main-log/reopen", test_reopen);
        g_test_add_func("/main-log/cannot-open", test_cannot_open);
        g_test_add_func("/main-log/syslog", test_syslog);
        g_test_add_func("/main-log/journal", test_journal);
        g_test_add_func("/main-log/stalled-stdout", test_stalled_stdout);
        g_test_add_func("/main-log/full-disk", test_full_disk);
        return g_test_run();
}
