/* Bytes go out as they are in the log, whatever they are: this is what it is for. */

#include "tools/ctl/log-writer.h"

#include <stdio.h>
#include <string.h>

#include "tools/ctl/json-text.h"

struct LogWriter {
        const Output *output;
        const char *name, *channel;
        GByteArray *held; /* the beginning of a character */
};

LogWriter *log_writer_new(const Output *output, const char *name, const char *channel)
{
        LogWriter *writer = g_new0(LogWriter, 1);

        writer->output = output;
        writer->name = name;
        writer->channel = channel;
        writer->held = g_byte_array_new();
        return writer;
}

static json_object *new_piece(const LogWriter *writer)
{
        json_object *object = json_object_new_object();

        json_text_add(object, "name", writer->name);
        if (writer->channel)
                json_text_add(object, "channel", writer->channel);
        return object;
}

static void print_piece(const LogWriter *writer, const void *data, size_t size)
{
        json_object *object = new_piece(writer);

        json_text_add_bytes(object, data, size);
        json_text_print_line(writer->output, object);
}

LogWriter *log_writer_free(LogWriter *writer)
{
        if (!writer)
                return NULL;
        if (writer->held->len > 0)
                print_piece(writer, writer->held->data, writer->held->len);
        g_byte_array_unref(writer->held);
        g_free(writer);
        return NULL;
}

/* How many of the bytes end within no character. */
static size_t whole_length(const char *bytes, size_t size)
{
        const char *end;

        if (g_utf8_validate(bytes, size, &end))
                return size;
        return g_utf8_get_char_validated(end, bytes + size - end) == (gunichar)-2
                               ? (size_t)(end - bytes)
                               : size;
}

static void write_json(LogWriter *writer, const void *data, size_t size)
{
        GByteArray *held = writer->held;
        size_t whole;

        g_byte_array_append(held, data, size);
        whole = whole_length((const char *)held->data, held->len);
        if (whole > 0)
                print_piece(writer, held->data, whole);
        g_byte_array_remove_range(held, 0, whole);
}

bool log_writer_data(LogWriter *writer, const void *data, size_t size)
{
        if (writer->output->json)
                write_json(writer, data, size);
        else
                output_bytes(writer->output, data, size);
        return !ferror(stdout);
}

bool log_writer_truncated(LogWriter *writer)
{
        json_object *object;

        if (!writer->output->json) {
                log_writer_note(writer, "==> File truncated <==");
                return !ferror(stdout);
        }
        g_byte_array_set_size(writer->held, 0);
        object = new_piece(writer);
        json_object_object_add(object, "truncated", json_object_new_boolean(true));
        json_text_print_line(writer->output, object);
        return !ferror(stdout);
}

void log_writer_note(LogWriter *writer, const char *line)
{
        if (writer->output->json)
                return;
        output_bytes(writer->output, line, strlen(line));
        output_bytes(writer->output, "\n", 1);
}
