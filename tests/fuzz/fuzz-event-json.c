/* Lines of JSON: what is read as an event can be written, and read again as the same. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "bus/event-json-reader.h"
#include "bus/event-json.h"

static void check_round(const Event *event)
{
        g_autofree char *line = event_to_json_line(event);
        g_autofree char *line_again = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(Event) again = event_from_json_line(line, strlen(line), &error);

        g_assert_no_error(error);
        line_again = event_to_json_line(again);
        g_assert_cmpstr(line, ==, line_again);
        g_assert_null(strpbrk(line, "\n\r\x1b\x7f"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *rest = (const char *)data;

        while (size > 0) {
                const char *newline = memchr(rest, '\n', size);
                size_t length = newline ? (size_t)(newline - rest) + 1 : size;
                g_autoptr(GError) error = NULL;
                g_autoptr(Event) event = event_from_json_line(rest, length, &error);

                g_assert_true((event != NULL) == (error == NULL));
                if (event)
                        check_round(event);
                rest += length;
                size -= length;
        }
        return 0;
}
