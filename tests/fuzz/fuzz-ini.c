/* INI files: whatever is in one, it becomes sections or one line of error. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "daemon/config/ini.h"
#include "daemon/config/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(Sections) sections = sections_new();
        g_autoptr(Config) config = config_new();
        g_autoptr(GError) error = NULL;
        unsigned file = sections_add_file(sections, "/fuzz.conf");

        if (!source_check("/fuzz.conf", text, strlen(text), NULL))
                return 0;
        if (!ini_parse(text, sections, file, config, &error))
                g_assert_nonnull(error);
        return 0;
}
