/* Commands: what splits has at least one word. */

#include "tests/fuzz/driver.h"

#include "daemon/config/command-line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *command = g_strndup((const char *)data, size);
        g_auto(GStrv) arguments = NULL;

        if (g_utf8_validate(command, -1, NULL) && command_line_split(command, &arguments, NULL))
                g_assert_nonnull(arguments[0]);
        return 0;
}
