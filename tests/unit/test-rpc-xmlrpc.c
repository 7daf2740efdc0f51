/* Calls are read, answers written; the texts are those of Python's xmlrpc.client. */

#include <string.h>

#include "tools/rpc-host/xmlrpc-reader.h"
#include "tools/rpc-host/xmlrpc-writer.h"

#define HEAD        "<?xml version='1.0'?>\n<methodCall>\n<methodName>a.b</methodName>\n"
#define CALL(inner) HEAD "<params><param><value>" inner "</value></param></params></methodCall>"

/* The one parameter of the call. */
static Value *read_one(const char *text)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) params = NULL;
        g_autofree char *method = NULL;
        bool taken = xmlrpc_read_call(text, strlen(text), &method, &params, &error);

        g_assert_no_error(error);
        g_assert_true(taken);
        g_assert_cmpstr(method, ==, "a.b");
        g_assert_cmpuint(params->len, ==, 1);
        g_ptr_array_set_free_func(params, NULL);
        return params->pdata[0];
}

static void check_text(const char *call, ValueKind kind, const char *text, size_t size)
{
        g_autoptr(Value) value = read_one(call);
        size_t length;
        const char *found = value_string(value, &length);

        g_assert_cmpint(value_kind(value), ==, kind);
        g_assert_cmpmem(found, length, text, size);
}

static void check_int(const char *call, int64_t number)
{
        g_autoptr(Value) value = read_one(call);

        g_assert_cmpint(value_kind(value), ==, VALUE_INT);
        g_assert_cmpint(value_int(value), ==, number);
}

static void check_boolean(const char *call, bool truth)
{
        g_autoptr(Value) value = read_one(call);

        g_assert_cmpint(value_kind(value), ==, VALUE_BOOLEAN);
        g_assert_true(value_boolean(value) == truth);
}

static void check_double(const char *call, double number)
{
        g_autoptr(Value) value = read_one(call);

        g_assert_cmpint(value_kind(value), ==, VALUE_DOUBLE);
        g_assert_cmpfloat(value_double(value), ==, number);
}

static void test_types(void)
{
        check_int(CALL("<int>5</int>"), 5);
        check_int(CALL("<i4> -5\n</i4>"), -5);
        check_int(CALL("<i8>+9223372036854775807</i8>"), INT64_MAX);
        check_boolean(CALL("<boolean>1</boolean>"), true);
        check_boolean(CALL("<boolean>0</boolean>"), false);
        check_boolean(CALL("<boolean>true</boolean>"), false);
        check_double(CALL("<double>-1.5e3</double>"), -1500);
        check_text(CALL("<string>a&lt;b&#233;</string>"), VALUE_STRING, "a<b\xc3\xa9", 5);
        check_text(CALL("<string/>"), VALUE_STRING, "", 0);
        check_text(CALL(" bare "), VALUE_STRING, " bare ", 6);
        check_text(CALL(""), VALUE_STRING, "", 0);
        check_text(CALL("\n<string>a</string>\n"), VALUE_STRING, "a", 1);
        check_text(CALL("<string><![CDATA[<b>]]> c</string>"), VALUE_STRING, "<b> c", 5);
        check_text(CALL("<base64>YQBi\n</base64>"), VALUE_STRING, "a\0b", 3);
        check_text(CALL("<dateTime.iso8601>20261231T23:59:59</dateTime.iso8601>"), VALUE_DATE,
                        "20261231T23:59:59", 17);
}

static void test_containers(void)
{
        g_autoptr(Value) value = read_one(CALL("<array><data>"
                                               "<value><struct>"
                                               "<member><name>z</name><value>1</value></member>"
                                               "<member><value><int>2</int></value><name>a</name>"
                                               "</member></struct></value>"
                                               "<value><array><data/></array></value>"
                                               "</data></array>"));
        const Value *structure = value_at(value, 0);

        g_assert_cmpuint(value_length(value), ==, 2);
        g_assert_cmpint(value_kind(structure), ==, VALUE_STRUCT);
        g_assert_cmpstr(value_name_at(structure, 0), ==, "z");
        g_assert_cmpint(value_int(value_find(structure, "a")), ==, 2);
        g_assert_cmpint(value_kind(value_at(value, 1)), ==, VALUE_ARRAY);
}

static void check_refused(const char *text, size_t size, int code, const char *why)
{
        g_autoptr(GError) error = NULL;
        GPtrArray *params = NULL;
        char *method = NULL;

        g_assert_false(xmlrpc_read_call(text, size, &method, &params, &error));
        g_assert_nonnull(error);
        if (why)
                g_assert_nonnull(strstr(error->message, why));
        if (code >= 0)
                g_assert_error(error, XMLRPC_ERROR, code);
        g_assert_null(method);
        g_assert_null(params);
}

static void test_calls(void)
{
        g_autoptr(GPtrArray) none = NULL, two = NULL;
        g_autofree char *first = NULL, *second = NULL;
        static const char without[] = "\xef\xbb\xbf<methodCall><methodName>system.listMethods"
                                      "</methodName></methodCall>\n";
        static const char with[] = "<!-- b --><methodCall><params><param><value>1</value></param>"
                                   "<param><value>2</value></param></params>"
                                   "<methodName>c</methodName></methodCall>";

        g_assert_true(xmlrpc_read_call(without, strlen(without), &first, &none, NULL));
        g_assert_cmpstr(first, ==, "system.listMethods");
        g_assert_cmpuint(none->len, ==, 0);
        g_assert_true(xmlrpc_read_call(with, strlen(with), &second, &two, NULL));
        g_assert_cmpstr(second, ==, "c");
        g_assert_cmpuint(two->len, ==, 2);
}

/* As Supervisor takes them. */
static void test_by_hand(void)
{
        check_int(HEAD "<params><value><int>1</int></value></params></methodCall>", 1);
        check_int(HEAD "<params><param><int>1</int></param></params></methodCall>", 1);
        check_text(HEAD "<params><value>a</value></params></methodCall>", VALUE_STRING, "a", 1);
        check_text(HEAD "<params> <param>\n<string>a</string> </param> </params></methodCall>",
                        VALUE_STRING, "a", 1);
}

static void test_malformed(void)
{
        static const char *const texts[] = {
                "",
                " ",
                "GET / HTTP/1.1",
                "<",
                "<methodCall>",
                "<methodCall/>",
                "<methodCall><methodName/></methodCall>",
                "<methodCall><methodName>a</methodName></methodCall><methodCall/>",
                "<methodCall><methodName>a</methodName><methodName>b</methodName></methodCall>",
                "<methodCall>x<methodName>a</methodName></methodCall>",
                "<value><int>1</int></value>",
                HEAD "<params/><params/></methodCall>",
                HEAD "<params><param/></params></methodCall>",
                HEAD "<params>1</params></methodCall>",
                HEAD "<params><int>1</int></params></methodCall>",
                HEAD "<params><param>1</param></params></methodCall>",
                HEAD "<params><param><int>1</int><int>2</int></param></params></methodCall>",
                HEAD "<params><param><int>1</int><value>2</value></param></params></methodCall>",
                CALL("<int>1</int><int>2</int>"),
                CALL("<int>1</int>x"),
                CALL("<int>x</int>"),
                CALL("<int>1.5</int>"),
                CALL("<int></int>"),
                CALL("<int>9223372036854775808</int>"),
                CALL("<double>inf</double>"),
                CALL("<double>0x10</double>"),
                CALL("<double>1e999</double>"),
                CALL("<double></double>"),
                CALL("<array><data/><data/></array>"),
                CALL("<array>1</array>"),
                CALL("<struct><member><name>a</name></member></struct>"),
                CALL("<struct><member><value>a</value></member></struct>"),
                CALL("<struct><name>a</name></struct>"),
                CALL("<string>&unknown;</string>"),
                CALL("<string>\xff</string>"),
                CALL("<string><b>x</b></string>"),
                CALL("<unknown/>"),
        };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
                check_refused(texts[i], strlen(texts[i]), -1, NULL);
        check_refused(CALL("a\0b"), sizeof(CALL("a\0b")) - 1, XMLRPC_ERROR_MALFORMED, "UTF-8");
}

static void test_nil(void)
{
        check_refused(CALL("<nil/>"), strlen(CALL("<nil/>")), XMLRPC_ERROR_NIL, "nil");
        check_refused(CALL("<ex:nil/>"), strlen(CALL("<ex:nil/>")), XMLRPC_ERROR_NIL, "nil");
}

static void test_document_types(void)
{
        static const char *const texts[] = {
                "<!DOCTYPE a><methodCall><methodName>a</methodName></methodCall>",
                "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>"
                "<methodCall><methodName>&b;</methodName></methodCall>",
                "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"
                "<methodCall><methodName>a</methodName></methodCall>",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
                check_refused(texts[i], strlen(texts[i]), XMLRPC_ERROR_MALFORMED, "document type");
}

static void test_latin1(void)
{
        static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?><methodCall>"
                                   "<methodName>\xe4</methodName></methodCall>";
        g_autoptr(GPtrArray) params = NULL;
        g_autofree char *method = NULL;

        g_assert_true(xmlrpc_read_call(text, strlen(text), &method, &params, NULL));
        g_assert_cmpstr(method, ==, "\xc3\xa4");
}

static char *repeat(const char *before, const char *open, const char *close, unsigned n,
                const char *after)
{
        GString *text = g_string_new(before);

        for (unsigned i = 0; i < n; i++)
                g_string_append(text, open);
        for (unsigned i = 0; i < n; i++)
                g_string_append(text, close);
        g_string_append(text, after);
        return g_string_free(text, false);
}

#define BEFORE HEAD "<params><param>"
#define AFTER  "</param></params></methodCall>"

static void test_bounds(void)
{
        g_autofree char *deep = repeat(
                        BEFORE, "<value><array><data>", "</data></array></value>", 20, AFTER);
        g_autofree char *too_deep = repeat(
                        BEFORE, "<value><array><data>", "</data></array></value>", 21, AFTER);
        g_autofree char *never_closed = repeat(BEFORE, "<value><array><data>", "", 100000, "");
        g_autofree char *many = repeat(HEAD "<params><param><value><array><data>", "<value/>", "",
                        XMLRPC_MAX_ELEMENTS,
                        "</data></array></value></param></params>"
                        "</methodCall>");
        g_autoptr(Value) value = read_one(deep);

        g_assert_cmpuint(value_length(value), ==, 1);
        check_refused(too_deep, strlen(too_deep), XMLRPC_ERROR_MALFORMED, "nested deeper");
        check_refused(never_closed, strlen(never_closed), XMLRPC_ERROR_MALFORMED, "nested deeper");
        check_refused(many, strlen(many), XMLRPC_ERROR_MALFORMED, "more than");
}

/* Answers. */

static void check_written(Value *value, const char *expected)
{
        GString *text = g_string_new(NULL);

        xmlrpc_write_value(text, value);
        g_assert_cmpstr(text->str, ==, expected);
        g_string_free(text, true);
        value_free(value);
}

static void test_written_types(void)
{
        Value *array = value_new_array(), *structure = value_new_struct();

        check_written(value_new_int(-3), "<value><int>-3</int></value>\n");
        check_written(value_new_int(INT64_MIN), "<value><int>-9223372036854775808</int></value>\n");
        check_written(value_new_boolean(true), "<value><boolean>1</boolean></value>\n");
        check_written(value_new_double(0.5), "<value><double>0.5</double></value>\n");
        check_written(value_new_date("x"),
                        "<value><dateTime.iso8601>x</dateTime.iso8601></value>\n");
        value_set(structure, "z", value_new_string("1"));
        value_set(structure, "<a>", value_new_boolean(false));
        value_append(array, structure);
        check_written(array, "<value><array><data>\n<value><struct>\n"
                             "<member>\n<name>z</name>\n<value><string>1</string></value>\n"
                             "</member>\n<member>\n<name>&lt;a&gt;</name>\n"
                             "<value><boolean>0</boolean></value>\n</member>\n</struct></value>\n"
                             "</data></array></value>\n");
}

#define BAD "\xef\xbf\xbd"

static void test_written_text(void)
{
        static const struct {
                const char *text, *expected;
        } rows[] = {
                { "a & <b> \"c\" 'd'", "a &amp; &lt;b&gt; \"c\" 'd'" },
                { "tab\tline\nreturn\r", "tab\tline\nreturn&#13;" },
                { "\x1b[31mred\x1b[0m", BAD "[31mred" BAD "[0m" },
                { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
                                "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
                { "cut \xe2\x82", "cut " BAD },
                { "\x82 cut \xf0\x9f\x98z", BAD " cut " BAD "z" },
                { "\xff\xfe", BAD BAD },
                { "\xc0\xaf", BAD BAD },
                { "\xed\xa0\x80", BAD },
                { "\xef\xbf\xbf \xef\xbf\xbe", BAD " " BAD },
                { "\x7f", "\x7f" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autofree char *expected = g_strdup_printf(
                                "<value><string>%s</string></value>\n", rows[i].expected);

                check_written(value_new_string(rows[i].text), expected);
        }
        check_written(value_new_bytes("a\0b", 3), "<value><string>a" BAD "b</string></value>\n");
}

static void test_whole_answers(void)
{
        g_autoptr(Value) value = value_new_boolean(true);
        g_autoptr(Fault) fault = fault_new(FAULT_BAD_NAME, "a&b");
        g_autoptr(GString) result = xmlrpc_write_result(value);
        g_autoptr(GString) failure = xmlrpc_write_fault(fault);

        g_assert_cmpstr(result->str, ==,
                        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n"
                        "<value><boolean>1</boolean></value>\n"
                        "</param>\n</params>\n</methodResponse>\n");
        g_assert_cmpstr(failure->str, ==,
                        "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n"
                        "<member>\n<name>faultCode</name>\n<value><int>10</int></value>\n"
                        "</member>\n<member>\n<name>faultString</name>\n"
                        "<value><string>BAD_NAME: a&amp;b</string></value>\n</member>\n"
                        "</struct></value>\n</fault>\n</methodResponse>\n");
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc-xmlrpc/types", test_types);
        g_test_add_func("/rpc-xmlrpc/containers", test_containers);
        g_test_add_func("/rpc-xmlrpc/calls", test_calls);
        g_test_add_func("/rpc-xmlrpc/malformed", test_malformed);
        g_test_add_func("/rpc-xmlrpc/nil", test_nil);
        g_test_add_func("/rpc-xmlrpc/document-types", test_document_types);
        g_test_add_func("/rpc-xmlrpc/latin1", test_latin1);
        g_test_add_func("/rpc-xmlrpc/by-hand", test_by_hand);
        g_test_add_func("/rpc-xmlrpc/bounds", test_bounds);
        g_test_add_func("/rpc-xmlrpc/written-types", test_written_types);
        g_test_add_func("/rpc-xmlrpc/written-text", test_written_text);
        g_test_add_func("/rpc-xmlrpc/whole-answers", test_whole_answers);
        return g_test_run();
}
