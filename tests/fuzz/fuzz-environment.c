/* Environments: a line becomes pairs, or nothing at all. */

#include "tests/fuzz/driver.h"

#include "daemon/config/environment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(GHashTable) pairs = environment_new();

        if (g_utf8_validate(text, -1, NULL) && !environment_parse(text, pairs, NULL))
                g_assert_cmpuint(g_hash_table_size(pairs), ==, 0);
        return 0;
}
