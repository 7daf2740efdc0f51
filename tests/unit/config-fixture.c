/* The folder is a real one: what a file includes and what %(here)s means are part of the tests. */

#include "tests/unit/config-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

void folder_set_up(Folder *folder, const void *data)
{
        folder->path = g_dir_make_tmp("busvisor-XXXXXX", NULL);
        g_assert_nonnull(folder->path);
}

/* Two levels are all that the tests make. */
static void remove_all(const char *path)
{
        GDir *directory = g_dir_open(path, 0, NULL);
        const char *name;

        while (directory && (name = g_dir_read_name(directory))) {
                g_autofree char *below = g_build_filename(path, name, NULL);

                remove_all(below);
        }
        g_clear_pointer(&directory, g_dir_close);
        g_remove(path);
}

void folder_tear_down(Folder *folder, const void *data)
{
        remove_all(folder->path);
        g_free(folder->path);
}

char *write_file(Folder *folder, const char *name, const char *text)
{
        char *path = g_build_filename(folder->path, name, NULL);
        g_autofree char *above = g_path_get_dirname(path);

        g_mkdir_with_parents(above, 0755);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

void put_file(Folder *folder, const char *name, const char *text)
{
        g_free(write_file(folder, name, text));
}

Config *load(Folder *folder, const char *name, const char *text)
{
        g_autofree char *path = write_file(folder, name, text);
        g_autoptr(GError) error = NULL;
        Config *config = NULL;

        config_load(path, NULL, &config, &error);
        g_assert_no_error(error);
        return config;
}

Config *load_ini(Folder *folder, const char *text)
{
        return load(folder, "x.conf", text);
}

char *error_of(Folder *folder, const char *name, const char *text)
{
        g_autofree char *path = write_file(folder, name, text);
        g_autoptr(GError) error = NULL;
        Config *config = NULL;

        g_assert_false(config_load(path, NULL, &config, &error));
        g_assert_nonnull(error);
        g_assert_null(config);
        g_assert_null(strchr(error->message, '\n'));
        return g_strdup(error->message);
}

void check_error(Folder *folder, const char *text, unsigned line, const char *word)
{
        g_autofree char *message = error_of(folder, "x.conf", text);
        g_autofree char *place = g_strdup_printf("%s/x.conf:%u: ", folder->path, line);

        g_assert_true(g_str_has_prefix(message, place));
        g_assert_nonnull(strstr(message, word));
}

GroupConfig *group_at(const Config *config, unsigned i)
{
        g_assert_cmpuint(i, <, config->groups->len);
        return config->groups->pdata[i];
}

ProcessConfig *process_at(const Config *config, unsigned group, unsigned i)
{
        g_assert_cmpuint(i, <, group_at(config, group)->processes->len);
        return group_at(config, group)->processes->pdata[i];
}

bool has_notice(const Config *config, const char *word)
{
        for (unsigned i = 0; i < config->notices->len; i++)
                if (strstr(((ConfigNotice *)config->notices->pdata[i])->text, word))
                        return true;
        return false;
}
