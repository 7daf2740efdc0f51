/* The whole file is written after each line: it is small, a second shell or a crash leaves a whole
 * one, and the shell may end at any moment by Ctrl-C. libedit's own form of the file has a heading
 * and escapes, so it is not used. */

#include "tools/ctl/line-history.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/ctl/failure.h"

/* Longer lines are not kept; a file that has more than all lines together is no history. */
#define LINE_MAX_BYTES 4096
#define FILE_MAX_BYTES (LINE_HISTORY_MAX * LINE_MAX_BYTES)

struct LineHistory {
        char *path;
        GQueue *lines;
};

static void load(LineHistory *history)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;
        struct stat status;

        if (stat(history->path, &status) < 0 || !S_ISREG(status.st_mode) ||
                        status.st_size > FILE_MAX_BYTES ||
                        !g_file_get_contents(history->path, &text, NULL, NULL))
                return;
        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
                line_history_add(history, *line);
}

LineHistory *line_history_new(const char *path)
{
        LineHistory *history = g_new0(LineHistory, 1);

        history->path = g_strdup(path);
        history->lines = g_queue_new();
        if (path)
                load(history);
        return history;
}

LineHistory *line_history_free(LineHistory *history)
{
        if (!history)
                return NULL;
        g_queue_free_full(history->lines, g_free);
        g_free(history->path);
        g_free(history);
        return NULL;
}

const char *line_history_at(const LineHistory *history, unsigned position)
{
        return g_queue_peek_nth(history->lines, position);
}

bool line_history_add(LineHistory *history, const char *line)
{
        const char *last = g_queue_peek_tail(history->lines);

        if (!*line || strlen(line) > LINE_MAX_BYTES || g_strcmp0(line, last) == 0)
                return false;
        g_queue_push_tail(history->lines, g_strdup(line));
        if (history->lines->length > LINE_HISTORY_MAX)
                g_free(g_queue_pop_head(history->lines));
        return true;
}

bool line_history_save(const LineHistory *history, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *folder = NULL;
        g_autoptr(GError) own = NULL;

        if (!history->path)
                return true;
        folder = g_path_get_dirname(history->path);
        g_mkdir_with_parents(folder, 0700); /* what is wrong shows below */
        for (GList *line = history->lines->head; line; line = line->next)
                g_string_append_printf(text, "%s\n", (const char *)line->data);
        if (g_file_set_contents_full(history->path, text->str, text->len,
                            G_FILE_SET_CONTENTS_CONSISTENT, 0600, &own))
                return true;
        g_set_error(error, FAILURE, FAILURE_OTHER, "the history is not kept: %s", own->message);
        return false;
}
