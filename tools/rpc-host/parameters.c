/* Supervisor hands what it was given to Python, which takes nearly everything for a number or for
 * true. */

#include "tools/rpc-host/parameters.h"

#include <inttypes.h>

/* As Python's int(), which Supervisor asks. */
bool parameter_to_int(const Value *value, int64_t *ret)
{
        g_autofree char *text = NULL;

        switch (value_kind(value)) {
        case VALUE_INT:
                *ret = value_int(value);
                return true;
        case VALUE_BOOLEAN:
                *ret = value_boolean(value);
                return true;
        case VALUE_DOUBLE:
                if (!(value_double(value) > -1e15 && value_double(value) < 1e15))
                        return false;
                *ret = (int64_t)value_double(value);
                return true;
        case VALUE_STRING:
                text = g_strstrip(g_strdup(value_string(value, NULL)));
                return g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, ret, NULL);
        case VALUE_DATE:
        case VALUE_ARRAY:
        case VALUE_STRUCT:
                return false;
        }
        g_assert_not_reached();
}

bool parameter_to_truth(const Value *value)
{
        switch (value_kind(value)) {
        case VALUE_INT:
                return value_int(value) != 0;
        case VALUE_BOOLEAN:
                return value_boolean(value);
        case VALUE_DOUBLE:
                return value_double(value) < 0 || value_double(value) > 0;
        case VALUE_STRING:
        case VALUE_DATE:
                return *value_string(value, NULL) != '\0';
        case VALUE_ARRAY:
        case VALUE_STRUCT:
                return value_length(value) > 0;
        }
        g_assert_not_reached();
}

static bool is_of_type(const Value *value, char type)
{
        ValueKind kind = value_kind(value);
        int64_t number;

        switch (type) {
        case METHOD_STRING:
                return kind == VALUE_STRING;
        case METHOD_INT:
                return parameter_to_int(value, &number);
        case METHOD_SIGNAL:
                return kind == VALUE_STRING || kind == VALUE_INT || kind == VALUE_BOOLEAN;
        case METHOD_ARRAY:
                return kind == VALUE_ARRAY;
        case METHOD_TRUTH:
        case METHOD_ANY:
                return true;
        }
        g_assert_not_reached();
}

/* For the text of a fault; NULL for what is no plain value. */
static char *to_text(const Value *value)
{
        switch (value_kind(value)) {
        case VALUE_INT:
                return g_strdup_printf("%" PRId64, value_int(value));
        case VALUE_BOOLEAN:
                return g_strdup(value_boolean(value) ? "True" : "False");
        case VALUE_STRING:
        case VALUE_DATE:
                return g_strndup(value_string(value, NULL), 100);
        case VALUE_DOUBLE:
        case VALUE_ARRAY:
        case VALUE_STRUCT:
                return NULL;
        }
        g_assert_not_reached();
}

Fault *parameters_check(const MethodRow *row, const GPtrArray *params)
{
        for (size_t i = 0; i < params->len; i++) {
                const Value *value = params->pdata[i];
                g_autofree char *text = NULL;

                if (is_of_type(value, method_row_parameter(row, i, NULL, NULL)))
                        continue;
                text = to_text(value);
                return fault_new(FAULT_INCORRECT_PARAMETERS, text);
        }
        return NULL;
}
