/* Most text is plain ASCII: whole runs of it are copied, and only what is left is looked at
 * closely. */

#include "tools/rpc-host/xmlrpc-writer.h"

#include <stdint.h>
#include <string.h>

#define DECLARATION "<?xml version='1.0'?>\n"
#define REPLACEMENT "\xef\xbf\xbd"

/* Bytes of a sequence that begins with this one, by the byte alone. */
static size_t sequence_length(unsigned char first)
{
        if (first < 0xc2 || first > 0xf4)
                return 1;
        return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* As far as it looks like one sequence: of a character that was cut there is one replacement. */
static size_t skip_broken(const char *text, size_t size)
{
        size_t length = MIN(sequence_length(*text), size), n = 1;

        while (n < length && ((unsigned char)text[n] & 0xc0) == 0x80)
                n++;
        return n;
}

static size_t write_long_character(GString *out, const char *text, size_t size)
{
        gunichar character = g_utf8_get_char_validated(text, size);
        size_t length;

        if (character == (gunichar)-1 || character == (gunichar)-2) {
                g_string_append(out, REPLACEMENT);
                return skip_broken(text, size);
        }
        length = g_utf8_skip[(unsigned char)*text];
        if (character == 0xfffe || character == 0xffff)
                g_string_append(out, REPLACEMENT);
        else
                g_string_append_len(out, text, length);
        return length;
}

/* How many bytes of the text it took. */
static size_t write_character(GString *out, const char *text, size_t size)
{
        switch (*text) {
        case '&':
                g_string_append(out, "&amp;");
                return 1;
        case '<':
                g_string_append(out, "&lt;");
                return 1;
        case '>':
                g_string_append(out, "&gt;");
                return 1;
        case '\r':
                g_string_append(out, "&#13;");
                return 1;
        }
        if ((unsigned char)*text >= 0x80)
                return write_long_character(out, text, size);
        g_string_append(out, REPLACEMENT);
        return 1;
}

static bool is_plain(unsigned char byte)
{
        if (byte < 0x20)
                return byte == '\n' || byte == '\t';
        return byte < 0x80 && byte != '&' && byte != '<' && byte != '>';
}

static void write_text(GString *out, const char *text, size_t size)
{
        size_t at = 0;

        while (at < size) {
                size_t start = at;

                while (at < size && is_plain(text[at]))
                        at++;
                g_string_append_len(out, text + start, at - start);
                if (at < size)
                        at += write_character(out, text + at, size - at);
        }
}

static void write_integer(GString *out, int64_t number)
{
        char digits[24];

        g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, number);
        g_string_append(out, "<int>");
        g_string_append(out, digits);
        g_string_append(out, "</int>");
}

static void write_double(GString *out, double number)
{
        char digits[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append(out, "<double>");
        g_string_append(out, g_ascii_dtostr(digits, sizeof digits, number));
        g_string_append(out, "</double>");
}

static void write_string(GString *out, const char *tag, const Value *value)
{
        size_t size;
        const char *text = value_string(value, &size);

        g_string_append(out, "<");
        g_string_append(out, tag);
        g_string_append(out, ">");
        write_text(out, text, size);
        g_string_append(out, "</");
        g_string_append(out, tag);
        g_string_append(out, ">");
}

static void write_array(GString *out, const Value *array)
{
        size_t length = value_length(array);

        g_string_append(out, "<array><data>\n");
        for (size_t i = 0; i < length; i++)
                xmlrpc_write_value(out, value_at(array, i));
        g_string_append(out, "</data></array>");
}

static void write_struct(GString *out, const Value *structure)
{
        size_t length = value_length(structure);

        g_string_append(out, "<struct>\n");
        for (size_t i = 0; i < length; i++) {
                const char *name = value_name_at(structure, i);

                g_string_append(out, "<member>\n<name>");
                write_text(out, name, strlen(name));
                g_string_append(out, "</name>\n");
                xmlrpc_write_value(out, value_at(structure, i));
                g_string_append(out, "</member>\n");
        }
        g_string_append(out, "</struct>");
}

void xmlrpc_write_value(GString *text, const Value *value)
{
        g_string_append(text, "<value>");
        switch (value_kind(value)) {
        case VALUE_INT:
                write_integer(text, value_int(value));
                break;
        case VALUE_BOOLEAN:
                g_string_append(text, value_boolean(value) ? "<boolean>1</boolean>"
                                                           : "<boolean>0</boolean>");
                break;
        case VALUE_STRING:
                write_string(text, "string", value);
                break;
        case VALUE_DOUBLE:
                write_double(text, value_double(value));
                break;
        case VALUE_DATE:
                write_string(text, "dateTime.iso8601", value);
                break;
        case VALUE_ARRAY:
                write_array(text, value);
                break;
        case VALUE_STRUCT:
                write_struct(text, value);
                break;
        }
        g_string_append(text, "</value>\n");
}

GString *xmlrpc_write_result(const Value *result)
{
        GString *text = g_string_new(DECLARATION "<methodResponse>\n<params>\n<param>\n");

        xmlrpc_write_value(text, result);
        g_string_append(text, "</param>\n</params>\n</methodResponse>\n");
        return text;
}

GString *xmlrpc_write_fault(const Fault *fault)
{
        GString *text = g_string_new(DECLARATION "<methodResponse>\n<fault>\n");
        g_autoptr(Value) structure = value_new_struct();

        value_set(structure, "faultCode", value_new_int(fault->code));
        value_set(structure, "faultString", value_new_string(fault->text));
        xmlrpc_write_value(text, structure);
        g_string_append(text, "</fault>\n</methodResponse>\n");
        return text;
}
