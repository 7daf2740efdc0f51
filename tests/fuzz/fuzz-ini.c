/* INI files: whatever is in one, it becomes sections or one line of error, and what became sections
 * can be written as YAML, which is YAML then. */

#include "tests/fuzz/driver.h"

#include <string.h>
#include <yaml.h>

#include "daemon/config/convert.h"
#include "daemon/config/source.h"

static void check_is_yaml(const char *text)
{
        yaml_document_t document;
        yaml_parser_t parser;

        g_assert_true(yaml_parser_initialize(&parser));
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
        g_assert_true(yaml_parser_load(&parser, &document));
        yaml_document_delete(&document);
        yaml_parser_delete(&parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_autoptr(Config) config = config_new();
        g_autoptr(GError) error = NULL;
        g_autofree char *converted = NULL;

        if (!source_check("/fuzz.conf", text, strlen(text), NULL))
                return 0;
        if (config_convert_text("/fuzz.conf", text, config, &converted, &error))
                check_is_yaml(converted);
        else
                g_assert_nonnull(error);
        return 0;
}
