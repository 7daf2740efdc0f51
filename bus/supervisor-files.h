/* Supervisor files: where Supervisor's own programs look for their configuration when none is
 * named. */
#pragma once

/* All of these places in their order, whether there is a file or not, up to a NULL; the first two
 * lie beside the folder of program: argv[0], which without a slash was found in PATH. Caller frees
 * with g_strfreev. */
char **supervisor_files(const char *program);

/* The first one that exists, NULL when none does. Caller frees with g_free. */
char *supervisor_files_find(const char *program);
