/* Line history: what was typed in the shell, oldest first, kept in a file of one line each.
 *
 * That is readline's form, so that the history file of Supervisor's supervisorctl can be used for
 * both. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* Older lines are forgotten. */
#define LINE_HISTORY_MAX 1000

typedef struct LineHistory LineHistory;

/* Reads the file, as far as there is a readable one. NULL = no file. */
LineHistory *line_history_new(const char *path);
LineHistory *line_history_free(LineHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineHistory, line_history_free)

/* By position, 0 = oldest; NULL after the newest. */
const char *line_history_at(const LineHistory *history, unsigned position);

/* False when it is the same as the one before, which is not kept twice. */
bool line_history_add(LineHistory *history, const char *line);

/* Writes the file, readable for its owner only, and makes the folder for it. */
bool line_history_save(const LineHistory *history, GError **error);
