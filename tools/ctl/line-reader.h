/* Line reader: the lines of a person or of a script, one after the other. */
#pragma once

#include <stdbool.h>

#include "tools/ctl/line-buffer.h"
#include "tools/ctl/line-editor.h"

typedef struct LineReader LineReader;

/* Reads stdin. */
LineReader *line_reader_new(void);
LineReader *line_reader_free(LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineReader, line_reader_free)

/* With an editor (borrowed) commands are read through it. */
void line_reader_set_editor(LineReader *reader, LineEditor *editor);

/* Shows the prompt and waits for a line. Caller frees with g_free. False when there is no more. */
bool line_reader_read(LineReader *reader, const char *prompt, char **ret_line);
/* Shows the question; whether the answer begins with a y. */
bool line_reader_ask(LineReader *reader, const char *question);

/* For who reads stdin in another way: what was read already is in there. */
LineBuffer *line_reader_buffer(LineReader *reader);
