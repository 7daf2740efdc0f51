/* Read line by line, as a recording may be larger than memory. */

#include "listener-host/replay.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bus/event-json-reader.h"
#include "bus/event-json.h"

struct Replay {
        char *name; /* for errors */
        FILE *file;
        GString *line;
        unsigned long line_number;
};

Replay *replay_open(const char *path, GError **error)
{
        bool is_stdin = strcmp(path, "-") == 0;
        FILE *file = is_stdin ? stdin : fopen(path, "re");
        Replay *replay;

        if (!file) {
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
                                g_strerror(errno));
                return NULL;
        }
        replay = g_new0(Replay, 1);
        replay->name = g_strdup(is_stdin ? "stdin" : path);
        replay->file = file;
        replay->line = g_string_new(NULL);
        return replay;
}

Replay *replay_free(Replay *replay)
{
        if (!replay)
                return NULL;
        if (replay->file != stdin)
                fclose(replay->file);
        g_string_free(replay->line, true);
        g_free(replay->name);
        g_free(replay);
        return NULL;
}

/* False at the end. Of a line that is too long, enough is kept for the reader to refuse it. */
static bool read_line(Replay *replay)
{
        int c;

        g_string_truncate(replay->line, 0);
        while ((c = getc_unlocked(replay->file)) != EOF && c != '\n')
                if (replay->line->len <= EVENT_JSON_MAX_BYTES)
                        g_string_append_c(replay->line, c);
        replay->line_number++;
        return c != EOF || replay->line->len > 0;
}

static bool is_blank(const GString *line)
{
        return strspn(line->str, " \t\r") == line->len;
}

Event *replay_next(Replay *replay, EventTypeSet types, GError **error)
{
        while (read_line(replay)) {
                g_autoptr(Event) event = NULL;

                if (is_blank(replay->line))
                        continue;
                event = event_from_json_line(replay->line->str, replay->line->len, error);
                if (!event) {
                        g_prefix_error(error, "%s:%lu: ", replay->name, replay->line_number);
                        return NULL;
                }
                if (types & event_type_bit(event->type))
                        return g_steal_pointer(&event);
        }
        if (ferror(replay->file))
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s",
                                replay->name, g_strerror(errno));
        return NULL;
}
