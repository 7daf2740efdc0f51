/* GMarkup knows no document types and no entities but the five, which is why it is used: what it
 * passes on uninterpreted is refused here, comments and processing instructions apart. What may
 * stand in what is a table; the stack beside it is as deep as a call may be. */

#include "tools/rpc-host/xmlrpc-reader.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef enum Element {
        ELEMENT_NONE, /* outside */
        ELEMENT_CALL,
        ELEMENT_METHOD,
        ELEMENT_PARAMS,
        ELEMENT_PARAM,
        ELEMENT_VALUE,
        ELEMENT_INT,
        ELEMENT_BOOLEAN,
        ELEMENT_STRING,
        ELEMENT_DOUBLE,
        ELEMENT_DATE,
        ELEMENT_BASE64,
        ELEMENT_NIL,
        ELEMENT_ARRAY,
        ELEMENT_DATA,
        ELEMENT_STRUCT,
        ELEMENT_MEMBER,
        ELEMENT_NAME,
} Element;

#define IN(element) (1U << (element))

/* Those in which text means something, and those that have each element within them once. */
#define WITH_TEXT                                                                                  \
        (IN(ELEMENT_METHOD) | IN(ELEMENT_VALUE) | IN(ELEMENT_INT) | IN(ELEMENT_BOOLEAN) |          \
                        IN(ELEMENT_STRING) | IN(ELEMENT_DOUBLE) | IN(ELEMENT_DATE) |               \
                        IN(ELEMENT_BASE64) | IN(ELEMENT_NAME))
#define WITH_SINGLES                                                                               \
        (IN(ELEMENT_CALL) | IN(ELEMENT_PARAM) | IN(ELEMENT_VALUE) | IN(ELEMENT_ARRAY) |            \
                        IN(ELEMENT_MEMBER))

typedef struct Frame Frame;
typedef struct Reader Reader;
typedef struct Row Row;

struct Row {
        const char *name;
        Element element;
        unsigned parents;                                          /* in which it may stand */
        void (*end)(Reader *reader, Frame *frame, GError **error); /* may be NULL */
};

struct Frame {
        const Row *row;
        Value *value;  /* of value and member: what it is; of array and struct: itself so far */
        char *name;    /* of member */
        unsigned seen; /* elements within */
};

struct Reader {
        Frame stack[XMLRPC_MAX_DEPTH];
        unsigned depth;
        unsigned n_elements;
        GString *text; /* since the last tag */
        char *method;
        GPtrArray *params;
        bool has_nil;
};

GQuark xmlrpc_error_quark(void)
{
        return g_quark_from_static_string("busvisor-xmlrpc");
}

G_GNUC_PRINTF(2, 3)
static void refuse(GError **error, const char *format, ...)
{
        va_list arguments;
        g_autofree char *text = NULL;

        va_start(arguments, format);
        text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_set_error_literal(error, XMLRPC_ERROR, XMLRPC_ERROR_MALFORMED, text);
}

static Frame *top(Reader *reader)
{
        return &reader->stack[reader->depth - 1];
}

static void clear_frame(Frame *frame)
{
        frame->value = value_free(frame->value);
        g_clear_pointer(&frame->name, g_free);
}

/* What an element is when it ends. Its frame has left the stack, and the one in which it stands is
 * on top. */

static void end_method(Reader *reader, Frame *frame, GError **error)
{
        reader->method = g_strdup(reader->text->str);
}

static void end_param(Reader *reader, Frame *frame, GError **error)
{
        if (frame->value)
                g_ptr_array_add(reader->params, g_steal_pointer(&frame->value));
        else if (frame->seen == 0)
                refuse(error, "a parameter has no value");
}

static void end_name(Reader *reader, Frame *frame, GError **error)
{
        top(reader)->name = g_strdup(reader->text->str);
}

static void end_member(Reader *reader, Frame *frame, GError **error)
{
        if (!frame->name || !frame->value)
                refuse(error, "a member lacks its name or its value");
        else
                value_set(top(reader)->value, frame->name, g_steal_pointer(&frame->value));
}

static void end_int(Reader *reader, Frame *frame, GError **error)
{
        g_autofree char *stripped = g_strstrip(g_strdup(reader->text->str));
        const char *digits = stripped;
        int64_t number;

        if (digits[0] == '+' && g_ascii_isdigit(digits[1]))
                digits++;
        if (g_ascii_string_to_signed(digits, 10, INT64_MIN, INT64_MAX, &number, NULL))
                top(reader)->value = value_new_int(number);
        else
                refuse(error, "'%.40s' is no integer of 64 bits", stripped);
}

/* strtod takes "inf" and hexadecimal digits too, which are no numbers here. */
static void end_double(Reader *reader, Frame *frame, GError **error)
{
        g_autofree char *stripped = g_strstrip(g_strdup(reader->text->str));
        char *end = stripped;
        double number = 0;

        if (strspn(stripped, "0123456789+-.eE") == strlen(stripped))
                number = g_ascii_strtod(stripped, &end);
        if (end > stripped && !*end && isfinite(number))
                top(reader)->value = value_new_double(number);
        else
                refuse(error, "'%.40s' is no number", stripped);
}

static void end_boolean(Reader *reader, Frame *frame, GError **error)
{
        top(reader)->value = value_new_boolean(strcmp(reader->text->str, "1") == 0);
}

static void end_string(Reader *reader, Frame *frame, GError **error)
{
        top(reader)->value = value_new_bytes(reader->text->str, reader->text->len);
}

static void end_date(Reader *reader, Frame *frame, GError **error)
{
        top(reader)->value = value_new_date(reader->text->str);
}

static void end_base64(Reader *reader, Frame *frame, GError **error)
{
        size_t size;
        g_autofree unsigned char *bytes = g_base64_decode(reader->text->str, &size);

        top(reader)->value = value_new_bytes(bytes, size);
}

static void end_nil(Reader *reader, Frame *frame, GError **error)
{
        reader->has_nil = true;
        top(reader)->value = value_new_string("");
}

static void end_container(Reader *reader, Frame *frame, GError **error)
{
        top(reader)->value = g_steal_pointer(&frame->value);
}

static void end_value(Reader *reader, Frame *frame, GError **error)
{
        Frame *parent = top(reader);

        if (!frame->value)
                frame->value = value_new_bytes(reader->text->str, reader->text->len);
        if (IN(parent->row->element) & (IN(ELEMENT_PARAM) | IN(ELEMENT_PARAMS)))
                g_ptr_array_add(reader->params, g_steal_pointer(&frame->value));
        else if (parent->row->element == ELEMENT_MEMBER)
                parent->value = g_steal_pointer(&frame->value);
        else /* data, within its array */
                value_append(reader->stack[reader->depth - 2].value,
                                g_steal_pointer(&frame->value));
}

/* Programs that write their calls by hand leave out now a param, now a value. */
#define IN_VALUE (IN(ELEMENT_VALUE) | IN(ELEMENT_PARAM))

static const Row rows[] = {
        { "methodCall", ELEMENT_CALL, IN(ELEMENT_NONE), NULL },
        { "methodName", ELEMENT_METHOD, IN(ELEMENT_CALL), end_method },
        { "params", ELEMENT_PARAMS, IN(ELEMENT_CALL), NULL },
        { "param", ELEMENT_PARAM, IN(ELEMENT_PARAMS), end_param },
        { "value", ELEMENT_VALUE,
                        IN(ELEMENT_PARAMS) | IN(ELEMENT_PARAM) | IN(ELEMENT_DATA) |
                                        IN(ELEMENT_MEMBER),
                        end_value },
        { "int", ELEMENT_INT, IN_VALUE, end_int },
        { "i4", ELEMENT_INT, IN_VALUE, end_int },
        { "i8", ELEMENT_INT, IN_VALUE, end_int },
        { "ex:i8", ELEMENT_INT, IN_VALUE, end_int },
        { "boolean", ELEMENT_BOOLEAN, IN_VALUE, end_boolean },
        { "string", ELEMENT_STRING, IN_VALUE, end_string },
        { "double", ELEMENT_DOUBLE, IN_VALUE, end_double },
        { "dateTime.iso8601", ELEMENT_DATE, IN_VALUE, end_date },
        { "base64", ELEMENT_BASE64, IN_VALUE, end_base64 },
        { "nil", ELEMENT_NIL, IN_VALUE, end_nil },
        { "ex:nil", ELEMENT_NIL, IN_VALUE, end_nil },
        { "array", ELEMENT_ARRAY, IN_VALUE, end_container },
        { "data", ELEMENT_DATA, IN(ELEMENT_ARRAY), NULL },
        { "struct", ELEMENT_STRUCT, IN_VALUE, end_container },
        { "member", ELEMENT_MEMBER, IN(ELEMENT_STRUCT), end_member },
        { "name", ELEMENT_NAME, IN(ELEMENT_MEMBER), end_name },
};

/* Beginnings and ends. */

static const Row *find_row(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (strcmp(rows[i].name, name) == 0)
                        return &rows[i];
        return NULL;
}

static bool may_stand_in(const Row *row, const Frame *parent)
{
        return row->parents & IN(parent ? parent->row->element : ELEMENT_NONE);
}

/* A value is one thing, whatever; so is a param. */
static bool is_repeated(const Row *row, const Frame *parent)
{
        Element in = parent->row->element;

        if (!(WITH_SINGLES & IN(in)))
                return false;
        return in == ELEMENT_VALUE || in == ELEMENT_PARAM ? parent->seen != 0
                                                          : parent->seen & IN(row->element);
}

static void push(Reader *reader, const Row *row)
{
        Frame *frame = &reader->stack[reader->depth++];

        *frame = (Frame){ .row = row };
        if (row->element == ELEMENT_ARRAY)
                frame->value = value_new_array();
        if (row->element == ELEMENT_STRUCT)
                frame->value = value_new_struct();
        g_string_truncate(reader->text, 0);
}

static void on_start(GMarkupParseContext *context, const char *name, const char **attributes,
                const char **values, void *userdata, GError **error)
{
        Reader *reader = userdata;
        const Row *row = find_row(name);
        Frame *parent = reader->depth > 0 ? top(reader) : NULL;

        if (!row || !may_stand_in(row, parent))
                refuse(error, "an element '%.40s' is out of place", name);
        else if (parent ? is_repeated(row, parent) : reader->n_elements > 0)
                refuse(error, "an element '%s' is one too many", name);
        else if (reader->depth == XMLRPC_MAX_DEPTH)
                refuse(error, "elements are nested deeper than %d", XMLRPC_MAX_DEPTH);
        else if (++reader->n_elements > XMLRPC_MAX_ELEMENTS)
                refuse(error, "there are more than %d elements", XMLRPC_MAX_ELEMENTS);
        else {
                if (parent)
                        parent->seen |= IN(row->element);
                push(reader, row);
        }
}

static void on_end(GMarkupParseContext *context, const char *name, void *userdata, GError **error)
{
        Reader *reader = userdata;
        Frame *frame = &reader->stack[--reader->depth];

        if (frame->row->end)
                frame->row->end(reader, frame, error);
        clear_frame(frame);
        g_string_truncate(reader->text, 0);
}

/* What is between. */

static void on_text(GMarkupParseContext *context, const char *text, size_t size, void *userdata,
                GError **error)
{
        Reader *reader = userdata;
        const Frame *frame = reader->depth > 0 ? top(reader) : NULL;
        bool counts = frame && (WITH_TEXT & IN(frame->row->element)) && frame->seen == 0;

        if (counts) {
                g_string_append_len(reader->text, text, size);
                return;
        }
        for (size_t i = 0; i < size; i++)
                if (!g_ascii_isspace(text[i])) {
                        refuse(error, "text is out of place");
                        return;
                }
}

static bool has_prefix(const char *text, size_t size, const char *prefix)
{
        return size >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

static void on_passthrough(GMarkupParseContext *context, const char *text, size_t size,
                void *userdata, GError **error)
{
        if (!has_prefix(text, size, "<?") && !has_prefix(text, size, "<!--"))
                refuse(error, "a document type is not taken");
}

static const GMarkupParser parser = { on_start, on_end, on_text, on_passthrough, NULL };

static bool parse(Reader *reader, const char *text, size_t size, GError **error)
{
        GMarkupParseContext *context = g_markup_parse_context_new(
                        &parser, G_MARKUP_TREAT_CDATA_AS_TEXT, reader, NULL);
        bool parsed = g_markup_parse_context_parse(context, text, size, error) &&
                      g_markup_parse_context_end_parse(context, error);

        g_markup_parse_context_free(context);
        return parsed;
}

/* The text in UTF-8 when its declaration says that it is ISO-8859-1. Not by g_convert(): iconv
 * loads a library for each encoding, which the sandbox does not let it find. */
static GString *from_latin1(const char *text, size_t size)
{
        const char *end = g_strstr_len(text, MIN(size, 200), "?>");
        g_autofree char *declaration = NULL;
        GString *converted;

        if (!has_prefix(text, size, "<?xml") || !end)
                return NULL;
        declaration = g_ascii_strdown(text, end - text);
        if (!strstr(declaration, "iso-8859-1"))
                return NULL;
        converted = g_string_sized_new(size);
        for (size_t i = 0; i < size; i++)
                g_string_append_unichar(converted, (unsigned char)text[i]);
        return converted;
}

static bool read_text(Reader *reader, const char *text, size_t size, GError **error)
{
        g_autoptr(GString) converted = NULL;

        if (has_prefix(text, size, "\xef\xbb\xbf")) {
                text += 3;
                size -= 3;
        }
        if (!g_utf8_validate_len(text, size, NULL)) {
                converted = from_latin1(text, size);
                if (!converted) {
                        refuse(error, "it is not UTF-8");
                        return false;
                }
                text = converted->str;
                size = converted->len;
        }
        return parse(reader, text, size, error);
}

static void free_value(void *value)
{
        value_free(value);
}

bool xmlrpc_read_call(const char *text, size_t size, char **ret_method, GPtrArray **ret_params,
                GError **error)
{
        Reader reader = {
                .text = g_string_new(NULL),
                .params = g_ptr_array_new_with_free_func(free_value),
        };
        bool taken = read_text(&reader, text, size, error);

        if (taken && (!reader.method || !*reader.method)) {
                refuse(error, "it names no method");
                taken = false;
        } else if (taken && reader.has_nil) {
                g_set_error_literal(error, XMLRPC_ERROR, XMLRPC_ERROR_NIL, "no method takes a nil");
                taken = false;
        }
        if (taken) {
                *ret_method = g_steal_pointer(&reader.method);
                *ret_params = g_ptr_array_ref(reader.params);
        }
        while (reader.depth > 0)
                clear_frame(&reader.stack[--reader.depth]);
        g_string_free(reader.text, true);
        g_free(reader.method);
        g_ptr_array_unref(reader.params);
        return taken;
}
