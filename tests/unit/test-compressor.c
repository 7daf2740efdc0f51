/* Compressing by children: real programs where they are installed, and scripts in their place for
 * what goes wrong. */

#include "daemon/compressor.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/output/compression.h"
#include "daemon/output/main-log.h"
#include "tests/unit/fixture.h"

#define LIMIT_USEC UINT64_C(30000000)

static sigset_t no_signals;

typedef struct Setting {
        char *folder, *path, *log;
        sd_event *event;
        Compressor *compressor;
} Setting;

static void put(const Setting *setting, const char *name, const char *text)
{
        g_autofree char *path = g_build_filename(setting->folder, name, NULL);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static bool is_there(const Setting *setting, const char *name)
{
        g_autofree char *path = g_build_filename(setting->folder, name, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void begin(Setting *setting)
{
        setting->folder = fixture_folder_new();
        setting->path = g_build_filename(setting->folder, "log", NULL);
        setting->log = g_build_filename(setting->folder, "main", NULL);
        g_assert_true(main_log_open(
                        &(MainLogPlan){ .file = setting->log, .level = LOG_LEVEL_INFO }, NULL));
        g_assert_cmpint(sd_event_new(&setting->event), >=, 0);
        g_assert_cmpint(compressor_new(setting->event, &no_signals, &setting->compressor), ==, 0);
}

static void end(Setting *setting)
{
        compressor_free(setting->compressor);
        sd_event_unref(setting->event);
        main_log_close();
        fixture_folder_free(setting->folder);
        g_free(setting->path);
        g_free(setting->log);
}

static void request(const Setting *setting, LogCompression compress)
{
        const Rotation rotation = { .backups = 5, .compress = compress };

        compression_request(setting->path, &rotation);
}

static void run_until_there(const Setting *setting, const char *name)
{
        while (!is_there(setting, name))
                g_assert_cmpint(sd_event_run(setting->event, LIMIT_USEC), >, 0);
}

static void run_until_said(const Setting *setting, const char *text)
{
        for (;;) {
                g_autofree char *log = fixture_read(setting->folder, "main");

                if (strstr(log, text))
                        return;
                g_assert_cmpint(sd_event_run(setting->event, LIMIT_USEC), >, 0);
        }
}

static unsigned count_in_log(const Setting *setting, const char *text)
{
        g_autofree char *log = fixture_read(setting->folder, "main");
        unsigned count = 0;

        for (const char *at = log; (at = strstr(at, text)); at++)
                count++;
        return count;
}

/* A folder of programs for $PATH, with one script; g_free both ways through fixture_folder_free().
 */
static char *programs_new(const char *name, const char *script)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = g_strdup_printf("#!/bin/sh\nPATH=/bin:/usr/bin\n%s\n", script);

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_assert_cmpint(chmod(path, 0700), ==, 0);
        g_setenv("PATH", folder, true);
        return folder;
}

static void check_content(
                const Setting *setting, const char *program, const char *name, const char *wanted)
{
        g_autofree char *command =
                        g_strdup_printf("sh -c '%s -dc < %s/%s'", program, setting->folder, name);
        g_autofree char *text = NULL;

        g_assert_true(g_spawn_command_line_sync(command, &text, NULL, NULL, NULL));
        g_assert_cmpstr(text, ==, wanted);
}

static void test_program(const void *data)
{
        const LogCompression compress = GPOINTER_TO_INT(data);
        static const char *const programs[] = { NULL, "gzip", "xz", "zstd", "bzip2" };
        g_autofree char *found = g_find_program_in_path(programs[compress]);
        Setting setting;

        if (!found) {
                g_test_skip("it is not installed");
                return;
        }
        begin(&setting);
        put(&setting, "log.1", "one");
        put(&setting, "log.2", "two");
        request(&setting, compress);
        request(&setting, compress);
        for (int n = 1; n <= 2; n++) {
                g_autofree char *name = g_strdup_printf("log.%d%s", n, rotation_suffix(compress));

                run_until_there(&setting, name);
                check_content(&setting, programs[compress], name, n == 1 ? "one" : "two");
        }
        g_assert_false(is_there(&setting, "log.1"));
        end(&setting);
}

/* Said once; the next request looks again. */
static void test_missing(void)
{
        g_autofree char *old_path = g_strdup(g_getenv("PATH"));
        char *programs = programs_new("other", "");
        Setting setting;

        begin(&setting);
        put(&setting, "log.1", "one");
        for (int i = 0; i < 3; i++) {
                request(&setting, LOG_COMPRESSION_GZIP);
                while (sd_event_run(setting.event, 0) > 0)
                        continue;
        }
        g_assert_cmpuint(count_in_log(&setting, "WARN gzip is not installed: "), ==, 1);
        g_assert_true(is_there(&setting, "log.1"));
        g_assert_false(is_there(&setting, "log.gz.tmp"));
        fixture_folder_free(programs);
        programs = programs_new("gzip", "exec cat");
        request(&setting, LOG_COMPRESSION_GZIP);
        run_until_there(&setting, "log.1.gz");
        end(&setting);
        fixture_folder_free(programs);
        g_setenv("PATH", old_path, true);
}

static void test_fails(void)
{
        g_autofree char *old_path = g_strdup(g_getenv("PATH"));
        char *programs = programs_new("gzip", "echo no room >&2; exit 3");
        Setting setting;

        begin(&setting);
        put(&setting, "log.1", "one");
        request(&setting, LOG_COMPRESSION_GZIP);
        run_until_said(&setting, "log.1 ended: exit status 3; it stays uncompressed\n");
        g_assert_cmpuint(count_in_log(&setting, "WARN gzip: no room\n"), ==, 1);
        g_assert_true(is_there(&setting, "log.1"));
        g_assert_false(is_there(&setting, "log.1.gz"));
        g_assert_false(is_there(&setting, "log.gz.tmp"));
        end(&setting);
        fixture_folder_free(programs);
        g_setenv("PATH", old_path, true);
}

/* Rotated on while the child runs, and another backup comes: both are compressed, none is mixed up.
 */
static void test_rotation_meanwhile(void)
{
        g_autofree char *old_path = g_strdup(g_getenv("PATH"));
        g_autofree char *script = NULL;
        char *programs;
        Setting setting;

        begin(&setting);
        script = g_strdup_printf("cat; > %s/begun; while [ ! -e %s/go ]; do sleep 0.01; done",
                        setting.folder, setting.folder);
        programs = programs_new("gzip", script);
        put(&setting, "log.1", "first");
        request(&setting, LOG_COMPRESSION_GZIP);
        run_until_there(&setting, "log.gz.tmp");
        while (!is_there(&setting, "begun"))
                g_usleep(1000);
        put(&setting, "log", "second");
        g_assert_cmpint(rotation_shift(setting.path, 5), ==, 0);
        request(&setting, LOG_COMPRESSION_GZIP);
        put(&setting, "go", "");
        run_until_there(&setting, "log.1.gz");
        run_until_there(&setting, "log.2.gz");
        g_assert_false(is_there(&setting, "log.1"));
        g_assert_false(is_there(&setting, "log.2"));
        {
                g_autofree char *first = fixture_read(setting.folder, "log.2.gz");
                g_autofree char *second = fixture_read(setting.folder, "log.1.gz");

                g_assert_cmpstr(first, ==, "first");
                g_assert_cmpstr(second, ==, "second");
        }
        end(&setting);
        fixture_folder_free(programs);
        g_setenv("PATH", old_path, true);
}

/* The end of the daemon ends the child; nothing but the backup is left. */
static void test_end_meanwhile(void)
{
        g_autofree char *old_path = g_strdup(g_getenv("PATH"));
        char *programs = programs_new("gzip", "echo half; exec sleep 1000");
        Setting setting;

        begin(&setting);
        put(&setting, "log.1", "first");
        request(&setting, LOG_COMPRESSION_GZIP);
        run_until_there(&setting, "log.gz.tmp");
        setting.compressor = compressor_free(setting.compressor);
        g_assert_true(is_there(&setting, "log.1"));
        g_assert_false(is_there(&setting, "log.gz.tmp"));
        g_assert_false(is_there(&setting, "log.1.gz"));
        request(&setting, LOG_COMPRESSION_GZIP);
        end(&setting);
        fixture_folder_free(programs);
        g_setenv("PATH", old_path, true);
}

/* More logs than children: all get their turn, two at a time. */
static void test_many(void)
{
        g_autofree char *old_path = g_strdup(g_getenv("PATH"));
        g_autofree char *script = NULL;
        char *programs;
        Setting setting;

        begin(&setting);
        script = g_strdup_printf(
                        "mkdir %s/slot1 2>/dev/null && slot=1 || { mkdir %s/slot2 && slot=2; } || "
                        "exit 1; cat; rmdir %s/slot$slot",
                        setting.folder, setting.folder, setting.folder);
        programs = programs_new("gzip", script);
        for (int i = 0; i < 20; i++) {
                g_autofree char *name = g_strdup_printf("log%d.1", i);
                g_autofree char *path = g_strdup_printf("%s%d", setting.path, i);
                const Rotation rotation = { .backups = 1, .compress = LOG_COMPRESSION_GZIP };

                put(&setting, name, name);
                compression_request(path, &rotation);
        }
        for (int i = 0; i < 20; i++) {
                g_autofree char *name = g_strdup_printf("log%d.1.gz", i);

                run_until_there(&setting, name);
        }
        g_assert_cmpuint(count_in_log(&setting, "WARN"), ==, 0);
        end(&setting);
        fixture_folder_free(programs);
        g_setenv("PATH", old_path, true);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        sigemptyset(&no_signals);
        g_test_add_data_func(
                        "/compressor/gzip", GINT_TO_POINTER(LOG_COMPRESSION_GZIP), test_program);
        g_test_add_data_func("/compressor/xz", GINT_TO_POINTER(LOG_COMPRESSION_XZ), test_program);
        g_test_add_data_func(
                        "/compressor/zstd", GINT_TO_POINTER(LOG_COMPRESSION_ZSTD), test_program);
        g_test_add_data_func(
                        "/compressor/bzip2", GINT_TO_POINTER(LOG_COMPRESSION_BZIP2), test_program);
        g_test_add_func("/compressor/missing", test_missing);
        g_test_add_func("/compressor/fails", test_fails);
        g_test_add_func("/compressor/rotation-meanwhile", test_rotation_meanwhile);
        g_test_add_func("/compressor/end-meanwhile", test_end_meanwhile);
        g_test_add_func("/compressor/many", test_many);
        return g_test_run();
}
