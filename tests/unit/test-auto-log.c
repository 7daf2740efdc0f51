/* AUTO logs: their names, and which of them an earlier run left behind. */

#include "daemon/output/auto-log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/auto-log-claim.h"
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
        static const char *const gone[] = { "web-stdout---unit-abcdefgh.log",
                "web-stdout---unit-abcdefgh.log.1", "a b-stderr---unit-x.log.12",
                "web-stdout---unit-abcdefgh.log.3.xz", "web-stdout---unit-abcdefgh.log.gz.tmp" };
        static const char *const kept[] = { "web-stdout---other-abcdefgh.log", "web.log",
                "web-stdout---unit-abcdefgh.txt", "web-stdout---unit-abcdefgh.log.gz",
                "web-stdout---unit-a b.log" };
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

/* In a folder for all, others may have logs of the same name. */
static void test_clean_of_others(void)
{
        static const char name[] = "web-stdout---unit-abcdefgh.log";
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, name, NULL);

        touch(folder, name);
        if (chown(path, 65534, -1) < 0)
                g_test_skip("only root can give files away");
        else {
                auto_log_clean(folder, "unit");
                g_assert_true(exists(folder, name));
        }
        fixture_folder_free(folder);
}

/* Alone, it cleans; beside another instance it does not, whoever was first. */
static void test_claim(void)
{
        static const char name[] = "web-stdout---unit-abcdefgh.log";
        char *folder = fixture_folder_new();
        g_autofree char *lock = g_strdup_printf(".busvisor-%u-unit.lock", (unsigned)geteuid());
        g_autoptr(AutoLogClaim) first = auto_log_claim_new(folder, "unit");
        g_autoptr(AutoLogClaim) second = NULL;
        g_autoptr(AutoLogClaim) other = auto_log_claim_new(folder, "other");

        g_assert_nonnull(other);
        touch(folder, name);
        auto_log_claim_clean(first);
        g_assert_false(exists(folder, name));
        second = auto_log_claim_new(folder, "unit");
        touch(folder, name);
        auto_log_claim_clean(second);
        auto_log_claim_clean(first);
        g_assert_true(exists(folder, name));
        first = auto_log_claim_free(first);
        first = auto_log_claim_new(folder, "unit");
        auto_log_claim_clean(first);
        g_assert_true(exists(folder, name));
        second = auto_log_claim_free(second);
        g_assert_true(exists(folder, lock));
        auto_log_claim_clean(first);
        g_assert_false(exists(folder, name));
        first = auto_log_claim_free(first);
        g_assert_false(exists(folder, lock));
        fixture_folder_free(folder);
}

/* A lock that a crash has left holds up nobody. */
static void test_claim_left_over(void)
{
        static const char name[] = "web-stdout---unit-abcdefgh.log";
        char *folder = fixture_folder_new();
        g_autofree char *lock = g_strdup_printf(".busvisor-%u-unit.lock", (unsigned)geteuid());
        g_autoptr(AutoLogClaim) claim = NULL;
        g_autoptr(AutoLogClaim) nowhere = auto_log_claim_new("/no/such/folder", "unit");

        auto_log_claim_clean(nowhere);
        touch(folder, lock);
        touch(folder, name);
        claim = auto_log_claim_new(folder, "unit");
        auto_log_claim_clean(claim);
        g_assert_false(exists(folder, name));
        claim = auto_log_claim_free(claim);
        fixture_folder_free(folder);
}

/* Who holds the lock for good, be it somebody else, holds up nobody, and nothing is cleaned then.
 */
static void test_claim_held(void)
{
        static const char name[] = "web-stdout---unit-abcdefgh.log";
        char *folder = fixture_folder_new();
        g_autofree char *lock = g_strdup_printf(".busvisor-%u-unit.lock", (unsigned)geteuid());
        g_autofree char *path = g_build_filename(folder, lock, NULL);
        g_autoptr(AutoLogClaim) claim = NULL;
        autofd held = -1;

        touch(folder, lock);
        touch(folder, name);
        held = open(path, O_RDWR | O_CLOEXEC);
        g_assert_cmpint(flock(held, LOCK_EX), ==, 0);
        if (geteuid() == 0)
                g_assert_cmpint(chown(path, 12345, 12345), ==, 0);
        claim = auto_log_claim_new(folder, "unit");
        auto_log_claim_clean(claim);
        g_assert_true(exists(folder, name));
        claim = auto_log_claim_free(claim);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/auto-log/create", test_create);
        g_test_add_func("/auto-log/slash", test_slash);
        g_test_add_func("/auto-log/clean", test_clean);
        g_test_add_func("/auto-log/clean-of-others", test_clean_of_others);
        g_test_add_func("/auto-log/claim", test_claim);
        g_test_add_func("/auto-log/claim-left-over", test_claim_left_over);
        g_test_add_func("/auto-log/claim-held", test_claim_held);
        return g_test_run();
}
