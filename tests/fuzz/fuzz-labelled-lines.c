/* A result that is to be printed: in pieces of any size the text must be the same, and of the
 * length that the data and the labels make.
 *
 * The first byte says how large the pieces are. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "listener-host/labelled-lines.h"

static GString *print(GBytes *result, size_t max_bytes)
{
        const char *why = NULL;
        g_autoptr(LabelledLines) lines = labelled_lines_new(result, &why);
        GString *text = g_string_new(NULL);

        g_assert_cmpint(!lines, ==, why != NULL);
        while (lines && labelled_lines_next(lines, max_bytes, text))
                ;
        return text;
}

static size_t count_newlines(const char *data, size_t size)
{
        size_t n = 0;

        for (size_t i = 0; i < size; i++)
                n += data[i] == '\n';
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) result = NULL;
        GString *whole, *parts;

        if (size < 2)
                return 0;
        result = g_bytes_new(data + 1, size - 1);
        whole = print(result, SIZE_MAX);
        parts = print(result, data[0] % 32 + 1);
        g_assert_cmpmem(whole->str, whole->len, parts->str, parts->len);
        if (whole->len > 0)
                g_assert_cmpuint(count_newlines(whole->str, whole->len), ==,
                                count_newlines((const char *)data + 1, size - 1));
        g_string_free(whole, true);
        g_string_free(parts, true);
        return 0;
}
