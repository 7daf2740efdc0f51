/* Answers and what fg sends go past the editor: they are no commands, so they are neither completed
 * nor kept. On a terminal that loses nothing, since the editor reads no further than its line. */

#include "tools/ctl/line-reader.h"

#include <stdio.h>
#include <unistd.h>

struct LineReader {
        LineBuffer *buffer;
        LineEditor *editor; /* borrowed; NULL = none */
};

LineReader *line_reader_new(void)
{
        LineReader *reader = g_new0(LineReader, 1);

        reader->buffer = line_buffer_new(STDIN_FILENO);
        return reader;
}

LineReader *line_reader_free(LineReader *reader)
{
        if (!reader)
                return NULL;
        line_buffer_free(reader->buffer);
        g_free(reader);
        return NULL;
}

void line_reader_set_editor(LineReader *reader, LineEditor *editor)
{
        reader->editor = editor;
}

static bool read_plain(LineReader *reader, const char *prompt, char **ret_line)
{
        GString *line;

        fputs(prompt, stdout);
        fflush(stdout);
        while (!(line = line_buffer_take(reader->buffer))) {
                if (line_buffer_is_at_end(reader->buffer))
                        return false;
                line_buffer_fill(reader->buffer);
        }
        *ret_line = g_string_free(line, false);
        return true;
}

bool line_reader_read(LineReader *reader, const char *prompt, char **ret_line)
{
        if (!reader->editor)
                return read_plain(reader, prompt, ret_line);
        fflush(stdout);
        return line_editor_read(reader->editor, prompt, ret_line);
}

bool line_reader_ask(LineReader *reader, const char *question)
{
        g_autofree char *answer = NULL;

        line_buffer_resume(reader->buffer);
        if (read_plain(reader, question, &answer))
                return g_ascii_tolower(answer[0]) == 'y';
        putchar('\n');
        return false;
}

LineBuffer *line_reader_buffer(LineReader *reader)
{
        return reader->buffer;
}
