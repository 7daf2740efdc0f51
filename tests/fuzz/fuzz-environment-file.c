/* Files of variables: a file becomes names that can be in an environment, or an error. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "daemon/config/environment-file.h"
#include "daemon/config/environment.h"
#include "daemon/config/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(GHashTable) variables = environment_new();
        g_autoptr(GError) error = NULL;
        GHashTableIter iter;
        void *name;

        if (!source_check("/fuzz.env", text, strlen(text), NULL))
                return 0;
        if (!environment_file_parse("/fuzz.env", text, variables, &error))
                g_assert_nonnull(error);
        g_hash_table_iter_init(&iter, variables);
        while (g_hash_table_iter_next(&iter, &name, NULL))
                g_assert_true(*(char *)name && !strpbrk(name, "= \n"));
        return 0;
}
