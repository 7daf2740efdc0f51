/* AUTO logs: their names, and which of them an earlier run left behind. */

#include "daemon/output/auto-log.h"

#include <string.h>
#include <sys/stat.h>

#include "tests/unit/fixture.h"

static void touch(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_true(g_file_set_contents(path, "x", -1, NULL));
}

static bool exists(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_create(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = auto_log_create(folder, "web", "stdout", "unit");
        g_autofree char *other = auto_log_create(folder, "web", "stdout", "unit");
        g_autofree char *name = g_path_get_basename(path);
        struct stat status;

        g_assert_true(g_str_has_prefix(name, "web-stdout---unit-"));
        g_assert_true(g_str_has_suffix(name, ".log"));
        g_assert_cmpuint(strlen(name), ==, strlen("web-stdout---unit-XXXXXXXX.log"));
        g_assert_cmpstr(path, !=, other);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        g_assert_null(auto_log_create("/no/such/folder", "web", "stdout", "unit"));
        fixture_folder_free(folder);
}

/* An identifier with a slash cannot lead out of the folder. */
static void test_slash(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = auto_log_create(folder, "web", "stderr", "../x");
        g_autofree char *parent = g_path_get_dirname(path);

        g_assert_cmpstr(parent, ==, folder);
        fixture_folder_free(folder);
}

static void test_clean(void)
{
        static const char *const gone[] = {"web-stdout---unit-abcdefgh.log",
                "web-stdout---unit-abcdefgh.log.1", "a b-stderr---unit-x.log.12"};
        static const char *const kept[] = {"web-stdout---other-abcdefgh.log", "web.log",
                "web-stdout---unit-abcdefgh.txt", "web-stdout---unit-abcdefgh.log.gz",
                "web-stdout---unit-a b.log"};
        char *folder = fixture_folder_new();

        for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
                touch(folder, gone[i]);
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
                touch(folder, kept[i]);
        auto_log_clean(folder, "unit");
        for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
                g_assert_false(exists(folder, gone[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
                g_assert_true(exists(folder, kept[i]));
        auto_log_clean("/no/such/folder", "unit");
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/auto-log/create", test_create);
        g_test_add_func("/auto-log/slash", test_slash);
        g_test_add_func("/auto-log/clean", test_clean);
        return g_test_run();
}
