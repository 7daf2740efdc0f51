/* Line editor: lines typed on a terminal, with editing, history and completion. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "tools/ctl/line-history.h"

typedef struct LineEditor LineEditor;

/* The words that could stand at the end of line, which ends at the cursor; sorted. *ret_word is
 * where that word begins in line. */
typedef GPtrArray *(*LineEditorCompleter)(const char *line, const char **ret_word, void *userdata);

/* On stdin and stdout, which must be terminals. Borrows history. NULL when the terminal cannot be
 * used. */
LineEditor *line_editor_new(LineHistory *history, LineEditorCompleter completer, void *userdata);
LineEditor *line_editor_free(LineEditor *editor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineEditor, line_editor_free)

/* Waits for a line, which ret_line gets without its newline; caller frees with g_free. False when
 * there is none: after Ctrl-D, Ctrl-C, or a failure of the terminal. SIGINT is blocked meanwhile.
 */
bool line_editor_read(LineEditor *editor, const char *prompt, char **ret_line);

/* For the arrow keys, from now on. */
void line_editor_add_history(LineEditor *editor, const char *line);
