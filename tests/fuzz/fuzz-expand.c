/* Formats: what comes out is text of bounded size. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "daemon/config/expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(Expansions) names = expansions_new(NULL);
        g_autofree char *expanded = NULL;

        if (!g_utf8_validate(text, -1, NULL))
                return 0;
        expansions_set(names, "here", "/\xc3\xa4'\n");
        expansions_set_number(names, "process_num", 42);
        if (!expand(text, names, &expanded, NULL, NULL))
                return 0;
        g_assert_true(g_utf8_validate(expanded, -1, NULL));
        g_assert_cmpuint(strlen(expanded), <, 8 << 20);
        return 0;
}
