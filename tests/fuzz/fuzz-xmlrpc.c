/* Calls: what is read can be written, and read again as the same. */

#include "tests/fuzz/driver.h"

#include <string.h>

#include "tools/rpc-host/xmlrpc-reader.h"
#include "tools/rpc-host/xmlrpc-writer.h"

#define BEFORE "<methodCall><methodName>a</methodName><params><param>"
#define AFTER  "</param></params></methodCall>"

/* Bare text comes back as an element string, one level deeper. */
static void check_round(const Value *value)
{
        g_autoptr(GString) text = g_string_new(BEFORE), again = g_string_new(BEFORE);
        g_autoptr(GPtrArray) params = NULL;
        g_autofree char *method = NULL;
        g_autoptr(GError) error = NULL;

        xmlrpc_write_value(text, value);
        g_string_append(text, AFTER);
        if (!xmlrpc_read_call(text->str, text->len, &method, &params, &error)) {
                g_assert_true(strstr(error->message, "nested deeper") ||
                                strstr(error->message, "more than"));
                return;
        }
        g_assert_cmpuint(params->len, ==, 1);
        xmlrpc_write_value(again, params->pdata[0]);
        g_string_append(again, AFTER);
        g_assert_cmpstr(text->str, ==, again->str);
}

/* Any bytes at all make a string that can be read. */
static void check_bytes(const uint8_t *data, size_t size)
{
        g_autoptr(Value) value = value_new_bytes(data, size);

        check_round(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GPtrArray) params = NULL;
        g_autofree char *method = NULL;
        g_autoptr(GError) error = NULL;

        check_bytes(data, size);
        if (!xmlrpc_read_call((const char *)data, size, &method, &params, &error)) {
                g_assert_nonnull(error);
                return 0;
        }
        g_assert_true(*method);
        for (unsigned i = 0; i < params->len; i++)
                check_round(params->pdata[i]);
        return 0;
}
