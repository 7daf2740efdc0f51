/* Runs a fuzz target without libFuzzer: over the seeds named on the command line, or else over all
 * in the folder seeds-NAME for the target fuzz-NAME, then over a fixed number of changes of them.
 *
 * The changes come from a fixed start, so that every run is the same and a failure can be repeated.
 */

#include "tests/fuzz/driver.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGED_INPUTS 20000
#define MAX_SEED       4096

static void read_seed(const char *path, GPtrArray *seeds)
{
        char *text;
        size_t size;

        if (g_file_get_contents(path, &text, &size, NULL))
                g_ptr_array_add(seeds, g_bytes_new_take(text, size));
        else
                printf("# %s cannot be read\n", path);
}

static int compare_paths(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, as the order of a folder is not the same everywhere. */
static void read_folder(const char *path, GPtrArray *seeds)
{
        g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
        GDir *folder = g_dir_open(path, 0, NULL);
        const char *name;

        while (folder && (name = g_dir_read_name(folder)))
                g_ptr_array_add(paths, g_build_filename(path, name, NULL));
        g_clear_pointer(&folder, g_dir_close);
        g_ptr_array_sort(paths, compare_paths);
        for (unsigned i = 0; i < paths->len; i++)
                read_seed(paths->pdata[i], seeds);
}

static char *seed_folder(const char *program)
{
        const char *source = g_getenv("BUSVISOR_SOURCE");
        g_autofree char *name = g_path_get_basename(program);
        g_autofree char *folder = g_strconcat("seeds-", strchr(name, '-') + 1, NULL);

        return g_build_filename(source ? source : ".", "tests", "fuzz", folder, NULL);
}

/* The option --tap, which every test is given, says nothing new here. */
static GPtrArray *read_seeds(int argc, char *argv[])
{
        GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        g_autofree char *folder = seed_folder(argv[0]);

        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], "--tap") != 0)
                        read_seed(argv[i], seeds);
        if (seeds->len == 0)
                read_folder(folder, seeds);
        return seeds;
}

static void insert_random(GRand *random, GByteArray *input, unsigned at)
{
        static const char telling[] = "%()[]{}=:;#,\"'\\ \n\t&*-|>!0s\xc2\xa0";
        char byte = telling[g_rand_int_range(random, 0, sizeof telling - 1)];

        g_byte_array_append(input, (const uint8_t *)&byte, 1);
        memmove(input->data + at + 1, input->data + at, input->len - 1 - at);
        input->data[at] = byte;
}

static void repeat_part(GRand *random, GByteArray *input, unsigned at)
{
        unsigned length = g_rand_int_range(random, 1, 33);
        g_autofree uint8_t *part = g_memdup2(input->data + at, MIN(length, input->len - at));

        g_byte_array_append(input, part, MIN(length, input->len - at));
}

static void change_once(GRand *random, GByteArray *input)
{
        unsigned at = input->len > 0 ? g_rand_int_range(random, 0, input->len) : 0;

        switch (g_rand_int_range(random, 0, 5)) {
        case 0:
                insert_random(random, input, at);
                break;
        case 1:
                if (input->len > 0)
                        input->data[at] = g_rand_int_range(random, 1, 128);
                break;
        case 2:
                if (input->len > 0)
                        g_byte_array_remove_index(input, at);
                break;
        case 3:
                if (input->len > 0)
                        repeat_part(random, input, at);
                break;
        case 4:
                g_byte_array_set_size(input, input->len - at / 4);
                break;
        }
}

static void run_changed(GRand *random, GBytes *seed)
{
        g_autoptr(GByteArray) input = g_byte_array_new();
        size_t size;
        const uint8_t *data = g_bytes_get_data(seed, &size);

        g_byte_array_append(input, data, MIN(size, MAX_SEED));
        for (int changes = g_rand_int_range(random, 1, 9); changes > 0; changes--)
                change_once(random, input);
        LLVMFuzzerTestOneInput(input->data, input->len);
}

int main(int argc, char *argv[])
{
        g_autoptr(GPtrArray) seeds = read_seeds(argc, argv);
        GRand *random = g_rand_new_with_seed(1);

        for (unsigned i = 0; i < seeds->len; i++) {
                size_t size;
                const uint8_t *data = g_bytes_get_data(seeds->pdata[i], &size);

                LLVMFuzzerTestOneInput(data, size);
        }
        for (int i = 0; i < CHANGED_INPUTS && seeds->len > 0; i++)
                run_changed(random, seeds->pdata[i % seeds->len]);
        g_rand_free(random);
        printf("1..1\n%s 1 - %u seeds and %d changes of them\n", seeds->len > 0 ? "ok" : "not ok",
                        seeds->len, CHANGED_INPUTS);
        return seeds->len > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
