/* Value: a value of XML-RPC, as it comes in requests and goes into answers.
 *
 * Whatever it is asked for that it is not, it answers with nothing: 0, false, "", no items. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef enum ValueKind {
        VALUE_INT,
        VALUE_BOOLEAN,
        VALUE_STRING,
        VALUE_DOUBLE,
        VALUE_DATE, /* a string, of the form 20261231T23:59:59 or another: nobody looks */
        VALUE_ARRAY,
        VALUE_STRUCT,
} ValueKind;

typedef struct Value Value;

Value *value_new_int(int64_t number);
Value *value_new_boolean(bool truth);
Value *value_new_string(const char *text);
/* A string of any bytes: those that are no UTF-8, or no characters of XML, are replaced when it is
 * written. */
Value *value_new_bytes(const void *bytes, size_t size);
Value *value_new_double(double number);
Value *value_new_date(const char *text);
Value *value_new_array(void);
Value *value_new_struct(void);
Value *value_free(Value *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Value, value_free)

ValueKind value_kind(const Value *value);
int64_t value_int(const Value *value);
bool value_boolean(const Value *value);
double value_double(const Value *value);
/* Of a string or date; with a zero byte behind it, which the length, where wanted, does not count.
 */
const char *value_string(const Value *value, size_t *ret_length);

/* How many items an array or members a struct has. */
/* About how much memory it takes, with all that is in it. */
size_t value_bytes(const Value *value);
size_t value_length(const Value *value);
/* NULL beyond the end; in a struct the member at that place, with its name. */
const Value *value_at(const Value *value, size_t i);
const char *value_name_at(const Value *value, size_t i);
/* The member of that name, of several the last; or NULL. */
const Value *value_find(const Value *value, const char *name);

/* To an array, which owns the item from now on. */
void value_append(Value *array, Value *item);
/* To a struct, behind its other members, of which none should have that name. The name is copied.
 */
void value_set(Value *structure, const char *name, Value *item);
