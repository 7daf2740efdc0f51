/* Arguments: the command line of busvisord: every option of supervisord, and some of our own. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/load.h"

typedef enum RunMode {
        RUN_DAEMON,
        RUN_HELP,
        RUN_VERSION,
        RUN_CHECK,
        RUN_DUMP_CONFIG,
        RUN_SAMPLE_CONFIG,
        RUN_CONVERT_CONFIG,
} RunMode;

typedef struct Arguments {
        RunMode mode;
        char *file;                 /* -c, NULL when not given */
        ConfigOverrides *overrides; /* what options say over the file */
} Arguments;

Arguments *arguments_free(Arguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arguments, arguments_free)

/* The error says what is wrong with the line. */
bool arguments_parse(int argc, char **argv, Arguments **ret, GError **error);
/* Writes the text of --help to stdout. */
void arguments_print_help(void);
