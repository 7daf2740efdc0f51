/* Stdin writer: hands lines to the stdin of a process, as they come. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "tools/ctl/client.h"
#include "tools/ctl/line-buffer.h"

typedef struct StdinWriter StdinWriter;

/* Called from the loop, once one of them. Not to free the writer. */
typedef struct StdinWriterHandler {
        /* There are no more lines, and the process has got all of them. */
        void (*on_end)(void *userdata);
        /* With FAILURE_NOT_RUNNING when it is not there any more. */
        void (*on_failed)(const GError *error, void *userdata);
        void *userdata;
} StdinWriterHandler;

/* path is that of the object of the process. The client must be connected, and its bus attached to
 * the loop. All is borrowed but the contents of handler. */
StdinWriter *stdin_writer_new(Client *client, sd_event *loop, const char *path, LineBuffer *input,
                const StdinWriterHandler *handler);
StdinWriter *stdin_writer_free(StdinWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StdinWriter, stdin_writer_free)

/* Negative errno. */
int stdin_writer_start(StdinWriter *writer);
