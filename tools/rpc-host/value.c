/* An answer about a thousand processes has some fifteen thousand values: each is one piece of
 * memory, a string within it. */

#include "tools/rpc-host/value.h"

#include <string.h>

typedef struct Member {
        char *name;
        Value *value;
} Member;

struct Value {
        ValueKind kind;
        union {
                int64_t number;
                bool truth;
                double real;
                size_t length;    /* of what is in bytes */
                GPtrArray *items; /* of Value */
                GArray *members;  /* of Member */
        };
        char bytes[]; /* of strings and dates, with a zero byte behind them */
};

static Value *new_value(ValueKind kind, size_t bytes)
{
        Value *value = g_malloc(sizeof *value + bytes);

        value->kind = kind;
        return value;
}

Value *value_new_int(int64_t number)
{
        Value *value = new_value(VALUE_INT, 0);

        value->number = number;
        return value;
}

Value *value_new_boolean(bool truth)
{
        Value *value = new_value(VALUE_BOOLEAN, 0);

        value->truth = truth;
        return value;
}

static Value *new_text(ValueKind kind, const void *bytes, size_t size)
{
        Value *value = new_value(kind, size + 1);

        value->length = size;
        if (size > 0)
                memcpy(value->bytes, bytes, size);
        value->bytes[size] = '\0';
        return value;
}

Value *value_new_string(const char *text)
{
        return new_text(VALUE_STRING, text, strlen(text));
}

Value *value_new_bytes(const void *bytes, size_t size)
{
        return new_text(VALUE_STRING, bytes, size);
}

Value *value_new_double(double number)
{
        Value *value = new_value(VALUE_DOUBLE, 0);

        value->real = number;
        return value;
}

Value *value_new_date(const char *text)
{
        return new_text(VALUE_DATE, text, strlen(text));
}

static void free_item(void *item)
{
        value_free(item);
}

Value *value_new_array(void)
{
        Value *value = new_value(VALUE_ARRAY, 0);

        value->items = g_ptr_array_new_with_free_func(free_item);
        return value;
}

static void clear_member(void *item)
{
        Member *member = item;

        g_free(member->name);
        value_free(member->value);
}

Value *value_new_struct(void)
{
        Value *value = new_value(VALUE_STRUCT, 0);

        value->members = g_array_new(false, false, sizeof(Member));
        g_array_set_clear_func(value->members, clear_member);
        return value;
}

Value *value_free(Value *value)
{
        if (!value)
                return NULL;
        if (value->kind == VALUE_ARRAY)
                g_ptr_array_unref(value->items);
        if (value->kind == VALUE_STRUCT)
                g_array_unref(value->members);
        g_free(value);
        return NULL;
}

ValueKind value_kind(const Value *value)
{
        return value->kind;
}

int64_t value_int(const Value *value)
{
        return value->kind == VALUE_INT ? value->number : 0;
}

bool value_boolean(const Value *value)
{
        return value->kind == VALUE_BOOLEAN && value->truth;
}

double value_double(const Value *value)
{
        return value->kind == VALUE_DOUBLE ? value->real : 0;
}

const char *value_string(const Value *value, size_t *ret_length)
{
        bool is_text = value->kind == VALUE_STRING || value->kind == VALUE_DATE;

        if (ret_length)
                *ret_length = is_text ? value->length : 0;
        return is_text ? value->bytes : "";
}

size_t value_length(const Value *value)
{
        if (value->kind == VALUE_ARRAY)
                return value->items->len;
        return value->kind == VALUE_STRUCT ? value->members->len : 0;
}

static const Member *member_at(const Value *value, size_t i)
{
        return &g_array_index(value->members, Member, i);
}

const Value *value_at(const Value *value, size_t i)
{
        if (i >= value_length(value))
                return NULL;
        return value->kind == VALUE_ARRAY ? value->items->pdata[i] : member_at(value, i)->value;
}

const char *value_name_at(const Value *value, size_t i)
{
        bool is_member = value->kind == VALUE_STRUCT && i < value->members->len;

        return is_member ? member_at(value, i)->name : NULL;
}

const Value *value_find(const Value *value, const char *name)
{
        if (value->kind != VALUE_STRUCT)
                return NULL;
        for (size_t i = value->members->len; i > 0; i--)
                if (strcmp(member_at(value, i - 1)->name, name) == 0)
                        return member_at(value, i - 1)->value;
        return NULL;
}

/* Of each piece of memory what it takes besides its contents. */
#define OVERHEAD_BYTES 64

size_t value_bytes(const Value *value)
{
        size_t bytes = OVERHEAD_BYTES, length;

        (void)value_string(value, &length);
        bytes += length;
        for (size_t i = 0; i < value_length(value); i++) {
                const char *name = value_name_at(value, i);

                bytes += value_bytes(value_at(value, i)) +
                         (name ? strlen(name) + OVERHEAD_BYTES : 0);
        }
        return bytes;
}

void value_append(Value *array, Value *item)
{
        g_assert(array->kind == VALUE_ARRAY && item);
        g_ptr_array_add(array->items, item);
}

void value_set(Value *structure, const char *name, Value *item)
{
        Member member = { g_strdup(name), item };

        g_assert(structure->kind == VALUE_STRUCT && item);
        g_array_append_val(structure->members, member);
}
