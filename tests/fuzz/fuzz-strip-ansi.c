/* What a terminal would be told: the rest must be the same in whatever portions the bytes come.
 *
 * The first byte says how large the portions are. */

#include "tests/fuzz/driver.h"

#include <stdbool.h>

#include "daemon/output/strip-ansi.h"

static GString *strip_in_portions(const char *data, size_t size, size_t portion)
{
        g_autoptr(StripAnsi) strip = strip_ansi_new();
        GString *rest = g_string_new(NULL);

        for (size_t at = 0; at < size; at += portion)
                strip_ansi_push(strip, data + at, MIN(portion, size - at), rest);
        strip_ansi_end(strip, rest);
        return rest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        GString *whole, *parts;

        if (size < 2)
                return 0;
        whole = strip_in_portions((const char *)data + 1, size - 1, size - 1);
        parts = strip_in_portions((const char *)data + 1, size - 1, data[0] % 32 + 1);
        g_assert_cmpuint(whole->len, <, size);
        g_assert_cmpmem(whole->str, whole->len, parts->str, parts->len);
        g_string_free(whole, true);
        g_string_free(parts, true);
        return 0;
}
