/* Config fixture: a folder of configuration files for a test, and what they load to. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/load.h"

typedef struct Folder {
        char *path;
} Folder;

void folder_set_up(Folder *folder, const void *data);
void folder_tear_down(Folder *folder, const void *data);

/* A test that is given a folder of its own: void test(Folder *, const void *). */
#define CONFIG_FIXTURE_ADD(name, function)                                                         \
        g_test_add(name, Folder, NULL, folder_set_up, function, folder_tear_down)

/* The path; g_free. Folders above the file are made. */
char *write_file(Folder *folder, const char *name, const char *text);
void put_file(Folder *folder, const char *name, const char *text);

/* Writes the file and loads it, which must succeed. */
Config *load(Folder *folder, const char *name, const char *text);
Config *load_ini(Folder *folder, const char *text);
/* Likewise, which must fail: the error, one line; g_free. */
char *error_of(Folder *folder, const char *name, const char *text);
/* The error is at this line of x.conf and has the word in it. */
void check_error(Folder *folder, const char *text, unsigned line, const char *word);

GroupConfig *group_at(const Config *config, unsigned i);
ProcessConfig *process_at(const Config *config, unsigned group, unsigned i);
bool has_notice(const Config *config, const char *word);
