/* One call at a time, and no line is read while one is under way: who types faster than the process
 * reads waits in his own pipe. The daemon keeps a bounded amount for a process that does not read,
 * and tells nobody when there is room again, so a refusal is tried again now and then. */

#include "tools/ctl/stdin-writer.h"

#include <errno.h>
#include <sys/epoll.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"

#define WRITE_ACTION "write to the process"

/* Half of what the daemon keeps, so that a line of any length gets through. */
#define CHUNK_BYTES    (32 * 1024)
#define TRY_AGAIN_USEC (100 * 1000)

struct StdinWriter {
        Client *client;    /* borrowed */
        sd_event *loop;    /* borrowed */
        const char *path;  /* borrowed */
        LineBuffer *input; /* borrowed */
        StdinWriterHandler handler;
        GString *pending; /* lines with their newlines */
        size_t n_sent;    /* of pending, under way included */
        size_t n_under_way;
        bool is_over;
        sd_event_source *readable, *try_again;
        sd_bus_slot *writing;
};

StdinWriter *stdin_writer_new(Client *client, sd_event *loop, const char *path, LineBuffer *input,
                const StdinWriterHandler *handler)
{
        StdinWriter *writer = g_new0(StdinWriter, 1);

        writer->client = client;
        writer->loop = loop;
        writer->path = path;
        writer->input = input;
        writer->handler = *handler;
        writer->pending = g_string_new(NULL);
        return writer;
}

StdinWriter *stdin_writer_free(StdinWriter *writer)
{
        if (!writer)
                return NULL;
        sd_bus_slot_unref(writer->writing);
        sd_event_source_disable_unref(writer->readable);
        sd_event_source_disable_unref(writer->try_again);
        g_string_free(writer->pending, true);
        g_free(writer);
        return NULL;
}

static void set_reading(StdinWriter *writer, bool reads)
{
        sd_event_source_set_enabled(writer->readable, reads ? SD_EVENT_ON : SD_EVENT_OFF);
}

static void fail(StdinWriter *writer, const sd_bus_error *bus_error, int r)
{
        g_autoptr(GError) error = NULL;

        client_set_error(bus_error, r, WRITE_ACTION, &error);
        writer->is_over = true;
        set_reading(writer, false);
        writer->handler.on_failed(error, writer->handler.userdata);
}

static void go_on(StdinWriter *writer);

static int on_written(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        StdinWriter *writer = userdata;
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        writer->writing = sd_bus_slot_unref(writer->writing);
        if (sd_bus_message_is_method_error(reply, BUS_ERROR_STDIN_FULL)) {
                writer->n_sent -= writer->n_under_way;
                sd_event_source_set_time_relative(writer->try_again, TRY_AGAIN_USEC);
                sd_event_source_set_enabled(writer->try_again, SD_EVENT_ONESHOT);
        } else if (error) {
                fail(writer, error, -sd_bus_message_get_errno(reply));
        } else {
                go_on(writer);
        }
        return 0;
}

static int send_chunk(StdinWriter *writer)
{
        g_autoptr(sd_bus_message) call = NULL;
        const char *data = writer->pending->str + writer->n_sent;
        size_t size = MIN(writer->pending->len - writer->n_sent, CHUNK_BYTES);
        int r = client_new_call_on(
                        writer->client, writer->path, BUS_INTERFACE_PROCESS, "WriteStdin", &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append_array(call, 'y', data, size);
        if (r < 0)
                return r;
        r = sd_bus_call_async(client_bus(writer->client), &writer->writing, call, on_written,
                        writer, CLIENT_TIMEOUT);
        if (r < 0)
                return r;
        writer->n_under_way = size;
        writer->n_sent += size;
        return 0;
}

/* Those that are there, as long as they are a chunk together. False when there is none. */
static bool take_lines(StdinWriter *writer)
{
        GString *line;

        g_string_truncate(writer->pending, 0);
        writer->n_sent = 0;
        while (writer->pending->len < CHUNK_BYTES && (line = line_buffer_take(writer->input))) {
                g_string_append_len(writer->pending, line->str, (gssize)line->len);
                g_string_append_c(writer->pending, '\n');
                g_string_free(line, true);
        }
        return writer->pending->len > 0;
}

static void end(StdinWriter *writer)
{
        writer->is_over = true;
        set_reading(writer, false);
        writer->handler.on_end(writer->handler.userdata);
}

static void go_on(StdinWriter *writer)
{
        int r;

        if (writer->is_over || writer->writing)
                return;
        if (writer->n_sent < writer->pending->len || take_lines(writer)) {
                set_reading(writer, false);
                r = send_chunk(writer);
                if (r < 0)
                        fail(writer, NULL, r);
        } else if (line_buffer_is_at_end(writer->input)) {
                end(writer);
        } else {
                set_reading(writer, true);
        }
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        StdinWriter *writer = userdata;

        line_buffer_fill(writer->input);
        go_on(writer);
        return 0;
}

static int on_file(sd_event_source *source, void *userdata)
{
        return on_readable(source, -1, 0, userdata);
}

static int on_try_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        go_on(userdata);
        return 0;
}

int stdin_writer_start(StdinWriter *writer)
{
        int r = sd_event_add_io(writer->loop, &writer->readable, line_buffer_fd(writer->input),
                        EPOLLIN, on_readable, writer);

        /* A file has always something to be read, be it its end. */
        if (r == -EPERM)
                r = sd_event_add_defer(writer->loop, &writer->readable, on_file, writer);
        if (r < 0)
                return r;
        r = sd_event_add_time_relative(writer->loop, &writer->try_again, CLOCK_MONOTONIC, 0, 0,
                        on_try_again, writer);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(writer->try_again, SD_EVENT_OFF);
        if (r < 0)
                return r;
        line_buffer_resume(writer->input);
        go_on(writer);
        return 0;
}
