/* YAML files: whatever is in one becomes sections and what they inherit, or one line of error. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "daemon/config/inherit.h"
#include "daemon/config/source.h"
#include "daemon/config/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(Sections) sections = sections_new();
        g_autoptr(GError) error = NULL;
        unsigned file = sections_add_file(sections, "/fuzz.yaml");

        if (!source_check("/fuzz.yaml", text, strlen(text), NULL))
                return 0;
        if (!yaml_parse(text, sections, file, &error) || !inherit_settings(sections, &error))
                g_assert_nonnull(error);
        return 0;
}
