/* Each test has a folder of its own. */

#include "daemon/event/pool-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Fixture {
        char *folder;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
        fixture->folder = g_dir_make_tmp("busvisor-unit-XXXXXX", NULL);
        g_assert_nonnull(fixture->folder);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(GPtrArray) entries = pool_file_list(fixture->folder);

        for (guint i = 0; i < entries->len; i++)
                g_assert_cmpint(unlink(((PoolFileEntry *)entries->pdata[i])->path), ==, 0);
        g_assert_cmpint(rmdir(fixture->folder), ==, 0);
        g_free(fixture->folder);
}

static GByteArray *cursor_record(uint64_t serial)
{
        g_autoptr(Cursor) cursor = cursor_new(serial);
        GByteArray *records = g_byte_array_new();

        pool_record_append_cursor(records, cursor);
        return records;
}

static GByteArray *first_records(const char *pool, uint64_t serial)
{
        g_autoptr(GByteArray) cursor = cursor_record(serial);
        GByteArray *records = g_byte_array_new();

        pool_record_append_name(records, pool);
        g_byte_array_append(records, cursor->data, cursor->len);
        return records;
}

static void write_first(PoolFile *file, const char *pool, uint64_t serial)
{
        g_autoptr(GByteArray) records = first_records(pool, serial);

        g_assert_cmpint(pool_file_write(file, records, true), ==, 0);
}

static int append_cursor(PoolFile *file, uint64_t serial)
{
        g_autoptr(GByteArray) records = cursor_record(serial);

        return pool_file_append(file, records, false);
}

static void assert_cursor(const Fixture *fixture, const char *pool, uint64_t serial)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, pool);
        g_autoptr(PoolImage) image = NULL;

        g_assert_cmpint(pool_file_read(file, &image), ==, 0);
        g_assert_nonnull(image);
        g_assert_cmpuint(image->cursor->serial, ==, serial);
}

static void assert_nothing(PoolFile *file)
{
        PoolImage *image = (PoolImage *)file;

        g_assert_cmpint(pool_file_read(file, &image), ==, 0);
        g_assert_null(image);
}

static void test_written(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");
        struct stat status;

        assert_nothing(file);
        g_assert_cmpint(append_cursor(file, 5), ==, -ESTALE);
        write_first(file, "mail", 5);
        assert_cursor(fixture, "mail", 5);
        g_assert_cmpint(append_cursor(file, 6), ==, 0);
        g_assert_cmpint(append_cursor(file, 7), ==, 0);
        assert_cursor(fixture, "mail", 7);
        g_assert_cmpint(stat(pool_file_path(file), &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        write_first(file, "mail", 8);
        g_assert_cmpint(append_cursor(file, 9), ==, 0);
        assert_cursor(fixture, "mail", 9);
}

static void test_no_folder(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *folder = g_build_filename(fixture->folder, "pools", NULL);
        g_autoptr(PoolFile) file = pool_file_new(folder, "mail");
        g_autoptr(GByteArray) records = first_records("mail", 5);

        assert_nothing(file);
        g_assert_cmpint(pool_file_write(file, records, false), ==, -ENOENT);
        g_assert_cmpint(append_cursor(file, 6), ==, -ESTALE);
}

static void test_removed(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");

        write_first(file, "mail", 5);
        g_assert_cmpint(unlink(pool_file_path(file)), ==, 0);
        g_assert_cmpint(append_cursor(file, 6), ==, -ESTALE);
        g_assert_cmpint(append_cursor(file, 6), ==, -ESTALE);
        write_first(file, "mail", 6);
        assert_cursor(fixture, "mail", 6);
}

/* Names of pools are no names of files. */
static void test_names(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *long_a = g_strnfill(300, 'a');
        g_autofree char *long_b = g_strconcat(long_a, "b", NULL);
        const char *const pools[] = { "mail", "a/b", "..", ".x", "a b", "\303\244\n", "%41", "A",
                "~", long_a, long_b };
        g_autoptr(GPtrArray) entries = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(pools); i++) {
                g_autoptr(PoolFile) file = pool_file_new(fixture->folder, pools[i]);

                write_first(file, pools[i], i + 1);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(pools); i++)
                assert_cursor(fixture, pools[i], i + 1);
        entries = pool_file_list(fixture->folder);
        g_assert_cmpuint(entries->len, ==, G_N_ELEMENTS(pools));
}

static void append_bytes(const char *path, const void *bytes, size_t size)
{
        FILE *stream = fopen(path, "ab");

        g_assert_nonnull(stream);
        g_assert_cmpuint(fwrite(bytes, 1, size, stream), ==, size);
        fclose(stream);
}

static bool is_set_aside(const PoolFile *file)
{
        g_autofree char *aside = g_strconcat(pool_file_path(file), ".damaged", NULL);

        return access(aside, F_OK) == 0 && access(pool_file_path(file), F_OK) < 0;
}

static void test_torn(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");
        g_autoptr(GByteArray) record = cursor_record(6);

        write_first(file, "mail", 5);
        append_bytes(pool_file_path(file), record->data, record->len - 1);
        assert_cursor(fixture, "mail", 5);
        g_assert_false(is_set_aside(file));
}

/* What comes before the damage counts. */
static void test_damaged(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");
        g_autoptr(GByteArray) record = cursor_record(6);

        write_first(file, "mail", 5);
        record->data[10] ^= 1;
        append_bytes(pool_file_path(file), record->data, record->len);
        append_bytes(pool_file_path(file), record->data, record->len);
        assert_cursor(fixture, "mail", 5);
        g_assert_true(is_set_aside(file));
        assert_nothing(file);
}

static void test_garbage(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");

        append_bytes(pool_file_path(file), "\377\377\377\377 this is none of ours", 25);
        assert_nothing(file);
        g_assert_true(is_set_aside(file));
        write_first(file, "mail", 5);
        assert_cursor(fixture, "mail", 5);
}

static void test_of_another_pool(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");

        write_first(file, "other", 5);
        assert_nothing(file);
        g_assert_true(is_set_aside(file));
}

/* It does not grow for ever. */
static void test_grown(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(PoolFile) file = pool_file_new(fixture->folder, "mail");
        uint64_t serial = 5;

        write_first(file, "mail", serial);
        while (!pool_file_is_grown(file))
                g_assert_cmpint(append_cursor(file, ++serial), ==, 0);
        g_assert_cmpuint(serial, >, 1000);
        write_first(file, "mail", serial);
        g_assert_false(pool_file_is_grown(file));
}

#define ADD(path, function)                                                                        \
        g_test_add("/pool-file/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("written", test_written);
        ADD("no-folder", test_no_folder);
        ADD("removed", test_removed);
        ADD("names", test_names);
        ADD("torn", test_torn);
        ADD("damaged", test_damaged);
        ADD("garbage", test_garbage);
        ADD("of-another-pool", test_of_another_pool);
        ADD("grown", test_grown);
        return g_test_run();
}
