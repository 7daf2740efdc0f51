/* Load: from a file on disk to a Config. The one door to everything in this folder. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

/* What the command line sets over the file ([supervisord] only), option name to text as it would
 * stand in the file: "nodaemon" to "true". May be NULL. */
typedef GHashTable ConfigOverrides;

/* Reads FILE (.yaml and .yml as YAML, anything else as INI) and all that it includes. On failure
 * the error is one line "FILE:LINE: what is wrong, what would be right" (YAML adds the column). */
bool config_load(const char *file, const ConfigOverrides *overrides, Config **ret, GError **error);

/* The file to use when none is named: the first that exists of busvisor.yaml in the working folder,
 * $XDG_CONFIG_HOME/busvisor/busvisor.yaml (not for root), /etc/busvisor/busvisor.yaml, and
 * Supervisor's own list, see supervisor-files.h. Where program (argv[0]) is called supervisord,
 * that list goes first. The error lists them all. Caller frees *ret with g_free. */
bool config_find_file(const char *program, char **ret, GError **error);
