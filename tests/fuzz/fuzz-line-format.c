/* Any bytes as JSON lines: the lines are the same in whatever portions the bytes come, no byte is
 * lost, each is one line that json-c reads.
 *
 * The first byte says how large the portions are, the second how long lines may be. */

#include "tests/fuzz/driver.h"

#include <stdbool.h>
#include <string.h>

#include <json-c/json.h>

#include "daemon/output/line-format.h"
#include "daemon/output/lines.h"

typedef struct Got {
        size_t max_line, size;
        LineFormat *format;
        GString *records;
} Got;

static void on_line(const char *line, size_t size, void *userdata)
{
        Got *got = userdata;
        size_t length = line[size - 1] == '\n' ? size - 1 : size;

        g_assert_cmpuint(length, <=, got->max_line);
        got->size += size;
        line_format_append(got->format, got->records, line, length, 1);
}

static GString *play(const char *data, size_t size, size_t portion, size_t max_line)
{
        const ChannelConfig config = { .format = LOG_FORMAT_JSON };
        Got got = { .max_line = max_line, .records = g_string_new(NULL) };
        g_autoptr(Lines) lines = lines_new(max_line, on_line, &got);

        got.format = line_format_new(&config, "g", "p", "stdout");
        for (size_t at = 0; at < size; at += portion)
                lines_push(lines, data + at, MIN(portion, size - at));
        lines_end(lines);
        g_assert_cmpuint(got.size, ==, size);
        line_format_free(got.format);
        return got.records;
}

static void check_records(const GString *records)
{
        g_auto(GStrv) lines = g_strsplit(records->str, "\n", -1);

        g_assert_true(g_utf8_validate(records->str, records->len, NULL));
        for (char **line = lines; **line; line++) {
                json_object *object = json_tokener_parse(*line);

                g_assert_nonnull(object);
                json_object_put(object);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data + 2;
        GString *whole, *parts;

        if (size < 3)
                return 0;
        whole = play(text, size - 2, size - 2, data[1] % 64 + 4);
        parts = play(text, size - 2, data[0] % 32 + 1, data[1] % 64 + 4);
        check_records(whole);
        g_assert_cmpstr(whole->str, ==, parts->str);
        g_string_free(whole, true);
        g_string_free(parts, true);
        return 0;
}
