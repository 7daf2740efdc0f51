/* Python's formatting is followed to the letter (what a flag does to which conversion, what fails),
 * with one change on purpose: a nameless %s would put every variable of the daemon, secrets
 * included, into a command line, where its writer only ever meant a literal (`date +%s`). The rules
 * about which nameless conversions are errors are kept, so that what is refused is the same.
 *
 * Widths and results have bounds: a %(x)999999999s must not take all memory. */

#include "daemon/config/expand.h"

#include <string.h>

#include "daemon/config/place.h"

#define MAX_WIDTH  65536
#define MAX_RESULT (1 << 20)

typedef struct Value {
        char *text; /* owned, or digits */
        bool is_number;
        int64_t number;
        char digits[24]; /* of a number */
} Value;

struct Expansions {
        const Expansions *outer; /* borrowed */
        GHashTable *values;      /* char * to Value */
};

/* One %…X of the text. */
typedef struct Conversion {
        const char *start, *end;
        bool left, sign, space, zero, alternate;
        int width;
        int precision; /* -1 = none */
        char type;
} Conversion;

/* Where the formatting stands. As in Python there is one argument: the table until a name was
 * given, then the value of the last name; each can be used once. */
typedef struct Formatter {
        const char *at;
        const Expansions *names;
        GString *out;
        const Value *value;
        char *name; /* of value, for errors; owned */
        bool used;
        bool nameless;
} Formatter;

static void value_free(void *pointer)
{
        Value *value = pointer;

        if (!value->is_number)
                g_free(value->text);
        g_free(value);
}

Expansions *expansions_new(const Expansions *outer)
{
        Expansions *expansions = g_new0(Expansions, 1);

        expansions->outer = outer;
        expansions->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
        return expansions;
}

Expansions *expansions_free(Expansions *expansions)
{
        if (expansions)
                g_hash_table_unref(expansions->values);
        g_free(expansions);
        return NULL;
}

void expansions_set(Expansions *expansions, const char *name, const char *text)
{
        Value *value = g_new0(Value, 1);

        value->text = g_strdup(text);
        g_hash_table_replace(expansions->values, g_strdup(name), value);
}

void expansions_set_number(Expansions *expansions, const char *name, int64_t number)
{
        Value *value = g_new0(Value, 1);

        g_snprintf(value->digits, sizeof value->digits, "%" G_GINT64_FORMAT, number);
        value->text = value->digits;
        value->is_number = true;
        value->number = number;
        g_hash_table_replace(expansions->values, g_strdup(name), value);
}

void expansions_set_variable(Expansions *expansions, const char *variable, const char *value)
{
        g_autofree char *name = g_strconcat("ENV_", variable, NULL);

        expansions_set(expansions, name, value);
}

void expansions_set_variables(Expansions *expansions, GHashTable *variables)
{
        GHashTableIter iter;
        void *name, *value;

        g_hash_table_iter_init(&iter, variables);
        while (g_hash_table_iter_next(&iter, &name, &value))
                expansions_set_variable(expansions, name, value);
}

static const Value *find_value(const Expansions *expansions, const char *name)
{
        for (; expansions; expansions = expansions->outer) {
                const Value *value = g_hash_table_lookup(expansions->values, name);

                if (value)
                        return value;
        }
        return NULL;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *list_known_names(const Expansions *expansions)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autoptr(GString) list = g_string_new(NULL);

        for (; expansions; expansions = expansions->outer) {
                GHashTableIter iter;
                void *name;

                g_hash_table_iter_init(&iter, expansions->values);
                while (g_hash_table_iter_next(&iter, &name, NULL))
                        if (!g_str_has_prefix(name, "ENV_"))
                                g_ptr_array_add(names, name);
        }
        g_ptr_array_sort(names, compare_names);
        for (unsigned i = 0; i < names->len; i++)
                g_string_append_printf(list, "%s, ", (const char *)names->pdata[i]);
        g_string_append(list, "ENV_X for each variable X of the environment");
        return g_string_free(g_steal_pointer(&list), FALSE);
}

static bool take_value(Formatter *formatter, const char *name, GError **error)
{
        const Value *value = find_value(formatter->names, name);

        if (!value) {
                g_autofree char *known = list_known_names(formatter->names);

                return value_error(error, "%%(%s) is not known here; known are: %s", name, known);
        }
        if (!g_utf8_validate(value->text, -1, NULL))
                return value_error(error, "the value of %%(%s) is not UTF-8", name);
        formatter->value = value;
        formatter->used = false;
        g_free(formatter->name);
        formatter->name = g_strdup(name);
        return true;
}

/* The name may hold parentheses itself, in pairs. */
static bool parse_name(Formatter *formatter, GError **error)
{
        const char *start = formatter->at + 1, *end = start;
        g_autofree char *name = NULL;
        int open = 1;

        for (; *end && open > 0; end++)
                open += *end == '(' ? 1 : *end == ')' ? -1 : 0;
        if (open > 0)
                return value_error(error, "%%( is not closed; write %%(name)s, or %%%% for %%");
        formatter->at = end;
        name = g_strndup(start, end - start - 1);
        return take_value(formatter, name, error);
}

static void parse_flags(Formatter *formatter, Conversion *conversion)
{
        for (;; formatter->at++)
                switch (*formatter->at) {
                case '-':
                        conversion->left = true;
                        break;
                case '+':
                        conversion->sign = true;
                        break;
                case ' ':
                        conversion->space = true;
                        break;
                case '0':
                        conversion->zero = true;
                        break;
                case '#':
                        conversion->alternate = true;
                        break;
                default:
                        return;
                }
}

static bool parse_size(Formatter *formatter, int *ret, GError **error)
{
        int size = 0;

        for (; g_ascii_isdigit(*formatter->at); formatter->at++) {
                size = size * 10 + (*formatter->at - '0');
                if (size > MAX_WIDTH)
                        return value_error(error, "a width over %d is too much", MAX_WIDTH);
        }
        *ret = size;
        return true;
}

static bool parse_conversion(Formatter *formatter, Conversion *ret, GError **error)
{
        Conversion conversion = { .start = formatter->at++, .precision = -1 };

        if (*formatter->at == '(' && !parse_name(formatter, error))
                return false;
        parse_flags(formatter, &conversion);
        if (!parse_size(formatter, &conversion.width, error))
                return false;
        if (*formatter->at == '.') {
                formatter->at++;
                if (!parse_size(formatter, &conversion.precision, error))
                        return false;
        }
        if (*formatter->at && strchr("hlL", *formatter->at))
                formatter->at++;
        if (!*formatter->at || !strchr("srcadiuoxXeEfFgG", *formatter->at))
                return value_error(error,
                                "'%.*s' is no conversion; write %%(name)s for a value, %%%% for a "
                                "percent sign",
                                (int)(g_utf8_next_char(formatter->at) - conversion.start -
                                                (*formatter->at ? 0 : 1)),
                                conversion.start);
        conversion.type = *formatter->at++;
        conversion.end = formatter->at;
        *ret = conversion;
        return true;
}

/* Appends prefix and body, padded to the width: zeros go between both. */
static void append_padded(GString *out, const Conversion *conversion, const char *prefix,
                const char *body, bool zero)
{
        glong length = g_utf8_strlen(prefix, -1) + g_utf8_strlen(body, -1);
        glong padding = MAX(conversion->width - length, 0);

        if (!conversion->left && !zero && padding > 0)
                g_string_append_printf(out, "%*s", (int)padding, "");
        g_string_append(out, prefix);
        if (!conversion->left && zero)
                for (; padding > 0; padding--)
                        g_string_append_c(out, '0');
        g_string_append(out, body);
        if (conversion->left && padding > 0)
                g_string_append_printf(out, "%*s", (int)padding, "");
}

static const char *sign_prefix(const Conversion *conversion, int64_t number)
{
        return number < 0 ? "-" : conversion->sign ? "+" : conversion->space ? " " : "";
}

static void append_integer(GString *out, const Conversion *conversion, int64_t number)
{
        uint64_t magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number;
        bool alternate = conversion->alternate && strchr("oxX", conversion->type);
        char prefix[4] = "", digits[32];
        GString *body = g_string_new(NULL);

        switch (conversion->type) {
        case 'o':
                g_snprintf(digits, sizeof digits, "%" G_GINT64_MODIFIER "o", magnitude);
                break;
        case 'x':
                g_snprintf(digits, sizeof digits, "%" G_GINT64_MODIFIER "x", magnitude);
                break;
        case 'X':
                g_snprintf(digits, sizeof digits, "%" G_GINT64_MODIFIER "X", magnitude);
                break;
        default:
                g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, magnitude);
        }
        for (int missing = conversion->precision - (int)strlen(digits); missing > 0; missing--)
                g_string_append_c(body, '0');
        g_string_append(body, digits);
        g_strlcat(prefix, sign_prefix(conversion, number), sizeof prefix);
        if (alternate) {
                const char base[] = { '0', conversion->type, '\0' };

                g_strlcat(prefix, base, sizeof prefix);
        }
        append_padded(out, conversion, prefix, body->str, conversion->zero);
        g_string_free(body, TRUE);
}

static void append_float(GString *out, const Conversion *conversion, int64_t number)
{
        int precision = conversion->precision < 0 ? 6 : MIN(conversion->precision, 512);
        char format[16], body[1024];

        g_snprintf(format, sizeof format, "%%%s.%d%c", conversion->alternate ? "#" : "", precision,
                        conversion->type);
        g_ascii_formatd(body, sizeof body, format, ABS((double)number));
        append_padded(out, conversion, sign_prefix(conversion, number), body, conversion->zero);
}

/* How Python's repr() (or ascii(), which leaves no other letters) writes a text. */
static char *quoted_like_python(const char *text, bool ascii)
{
        char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
        GString *out = g_string_new(NULL);

        g_string_append_c(out, quote);
        for (; *text; text = g_utf8_next_char(text)) {
                gunichar c = g_utf8_get_char(text);

                if (c == '\n' || c == '\r' || c == '\t')
                        g_string_append_printf(out, "\\%c",
                                        c == '\n'   ? 'n'
                                        : c == '\r' ? 'r'
                                                    : 't');
                else if (c == '\\' || c == (gunichar)quote)
                        g_string_append_printf(out, "\\%c", (char)c);
                else if (c < 0x80 ? g_ascii_isprint(c) : !ascii && g_unichar_isprint(c))
                        g_string_append_unichar(out, c);
                else
                        g_string_append_printf(out,
                                        c < 0x100     ? "\\x%02x"
                                        : c < 0x10000 ? "\\u%04x"
                                                      : "\\U%08x",
                                        c);
        }
        g_string_append_c(out, quote);
        return g_string_free(out, FALSE);
}

static void append_text(GString *out, const Conversion *conversion, const Value *value)
{
        g_autofree char *text =
                        conversion->type == 's' || value->is_number
                                        ? g_strdup(value->text)
                                        : quoted_like_python(value->text, conversion->type == 'a');

        if (conversion->precision >= 0 && g_utf8_strlen(text, -1) > conversion->precision)
                *g_utf8_offset_to_pointer(text, conversion->precision) = '\0';
        append_padded(out, conversion, "", text, false);
}

static bool append_character(
                GString *out, const Conversion *conversion, const Value *value, GError **error)
{
        char text[8] = "";

        if (value->is_number) {
                if (value->number <= 0 || value->number > 0x10ffff ||
                                !g_unichar_validate(value->number))
                        return value_error(error, "%s is no character for %%c", value->text);
                text[g_unichar_to_utf8(value->number, text)] = '\0';
        } else {
                if (g_utf8_strlen(value->text, -1) != 1)
                        return value_error(error, "%%c wants one character, not '%s'", value->text);
                g_strlcpy(text, value->text, sizeof text);
        }
        append_padded(out, conversion, "", text, false);
        return true;
}

static bool append_value(Formatter *formatter, const Conversion *conversion, GError **error)
{
        const Value *value = formatter->value;

        if (strchr("sra", conversion->type)) {
                append_text(formatter->out, conversion, value);
                return true;
        }
        if (conversion->type == 'c')
                return append_character(formatter->out, conversion, value, error);
        if (!value->is_number)
                return value_error(error, "%%(%s)%c wants a number, and %s is text: write %%(%s)s",
                                formatter->name, conversion->type, formatter->name,
                                formatter->name);
        if (strchr("eEfFgG", conversion->type))
                append_float(formatter->out, conversion, value->number);
        else
                append_integer(formatter->out, conversion, value->number);
        return true;
}

static bool format_conversion(Formatter *formatter, GError **error)
{
        Conversion conversion;

        if (!parse_conversion(formatter, &conversion, error))
                return false;
        if (formatter->used || (!formatter->value && !strchr("sra", conversion.type)))
                return value_error(error,
                                "'%.*s' has no name; write %%(name)%c for a value, %%%% for a "
                                "percent sign",
                                (int)(conversion.end - conversion.start), conversion.start,
                                conversion.type);
        formatter->used = true;
        if (formatter->value)
                return append_value(formatter, &conversion, error);
        formatter->nameless = true;
        g_string_append_len(formatter->out, conversion.start, conversion.end - conversion.start);
        return true;
}

static bool format_all(Formatter *formatter, GError **error)
{
        while (*formatter->at) {
                const char *percent = strchrnul(formatter->at, '%');

                g_string_append_len(formatter->out, formatter->at, percent - formatter->at);
                formatter->at = percent;
                if (percent[0] == '%' && percent[1] == '%') {
                        g_string_append_c(formatter->out, '%');
                        formatter->at += 2;
                } else if (*percent && !format_conversion(formatter, error))
                        return false;
                if (formatter->out->len > MAX_RESULT)
                        return value_error(error, "the value grows over %d bytes", MAX_RESULT);
        }
        return true;
}

bool expand(const char *text, const Expansions *names, char **ret, bool *ret_nameless,
                GError **error)
{
        g_autoptr(GString) out = NULL;
        Formatter formatter = { .at = text, .names = names };
        bool done;

        /* Most values have none, and there are hundreds of thousands of them in a large file. */
        if (!strchr(text, '%') && strlen(text) <= MAX_RESULT) {
                *ret = g_strdup(text);
                return true;
        }
        out = formatter.out = g_string_new(NULL);
        done = format_all(&formatter, error);
        g_free(formatter.name);
        if (!done)
                return false;
        if (formatter.nameless && ret_nameless)
                *ret_nameless = true;
        *ret = g_string_free(g_steal_pointer(&out), FALSE);
        return true;
}
