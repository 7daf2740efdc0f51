/* Records to the byte; what is JSON is read by json-c too. */

#include "daemon/output/line-format.h"

#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "daemon/output/json-text.h"
#include "daemon/output/stamp.h"

#define WHEN UINT64_C(1769864709042123)

static LineFormat *format_new(LogFormat kind, unsigned prefix)
{
        ChannelConfig config = { .format = kind, .prefix = prefix };
        LineFormat *format = line_format_new(&config, "grp", "web_\"1\"", "stderr");

        if (format)
                line_format_set_pid(format, 4711);
        return format;
}

static void check(LogFormat kind, unsigned prefix, const char *line, const char *expected)
{
        g_autoptr(LineFormat) format = format_new(kind, prefix);
        GString *got = g_string_new(NULL);

        line_format_append(format, got, line, strlen(line), WHEN);
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void test_text(void)
{
        g_assert_null(format_new(LOG_FORMAT_TEXT, 0));
        check(LOG_FORMAT_TEXT, LOG_PREFIX_TIMESTAMP, "hello", "2026-01-31 13:05:09,042 hello\n");
        check(LOG_FORMAT_TEXT, LOG_PREFIX_NAME, "hello", "web_\"1\" hello\n");
        check(LOG_FORMAT_TEXT, LOG_PREFIX_TIMESTAMP | LOG_PREFIX_NAME, "",
                        "2026-01-31 13:05:09,042 web_\"1\" \n");
}

static void test_json(void)
{
        check(LOG_FORMAT_JSON, LOG_PREFIX_TIMESTAMP, "say \"hi\"",
                        "{\"time\":\"2026-01-31T13:05:09.042123Z\",\"group\":\"grp\","
                        "\"process\":\"web_\\\"1\\\"\",\"pid\":4711,\"channel\":\"stderr\","
                        "\"message\":\"say \\\"hi\\\"\"}\n");
}

static void test_json_is_json(void)
{
        g_autoptr(LineFormat) format = format_new(LOG_FORMAT_JSON, 0);
        GString *got = g_string_new(NULL);
        char line[256];
        json_object *object, *message;

        for (size_t i = 0; i < sizeof line; i++)
                line[i] = i;
        line_format_append(format, got, line, sizeof line, WHEN);
        g_assert_true(g_utf8_validate(got->str, got->len, NULL));
        g_assert_cmpint(strcspn(got->str, "\n"), ==, got->len - 1);
        object = json_tokener_parse(got->str);
        g_assert_nonnull(object);
        g_assert_true(json_object_object_get_ex(object, "message", &message));
        g_assert_cmpmem(json_object_get_string(message), 128, line, 128);
        json_object_put(object);
        g_string_free(got, true);
}

static void check_text(const char *data, const char *expected)
{
        GString *got = g_string_new(NULL);

        json_text_append(got, data, strlen(data));
        g_assert_cmpstr(got->str, ==, expected);
        g_string_free(got, true);
}

static void test_json_text(void)
{
        check_text("", "");
        check_text("\b\t\n\v\f\r\033\177", "\\b\\t\\n\\u000b\\f\\r\\u001b\177");
        check_text("a\\b/c", "a\\\\b/c");
        check_text("\303\244\342\202\254\360\237\230\200", "\303\244\342\202\254\360\237\230\200");
        /* Cut short, wrong, overlong, a surrogate, above U+10FFFF. */
        check_text("a\342\202", "a\357\277\275");
        check_text("a\342\202b", "a\357\277\275b");
        check_text("\377\376", "\357\277\275\357\277\275");
        check_text("\300\257", "\357\277\275\357\277\275");
        check_text("\355\240\200", "\357\277\275\357\277\275\357\277\275");
        check_text("\364\220\200\200", "\357\277\275\357\277\275\357\277\275\357\277\275");
        check_text("\360\237\230x", "\357\277\275x");
}

/* The date is kept for as long as the second lasts, no longer. */
static void test_stamp(void)
{
        GString *got = g_string_new(NULL);

        stamp_append_local(got, 0);
        stamp_append_local(got, 999999);
        stamp_append_local(got, 1000000);
        g_assert_cmpstr(got->str, ==,
                        "1970-01-01 00:00:00,0001970-01-01 00:00:00,9991970-01-01 00:00:01,000");
        g_string_truncate(got, 0);
        stamp_append_utc(got, WHEN);
        stamp_append_utc(got, WHEN + 1);
        g_assert_cmpstr(got->str, ==, "2026-01-31T13:05:09.042123Z2026-01-31T13:05:09.042124Z");
        g_string_free(got, true);
}

int main(int argc, char **argv)
{
        setenv("TZ", "UTC", 1);
        tzset();
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/line-format/text", test_text);
        g_test_add_func("/line-format/json", test_json);
        g_test_add_func("/line-format/json-is-json", test_json_is_json);
        g_test_add_func("/line-format/json-text", test_json_text);
        g_test_add_func("/line-format/stamp", test_stamp);
        return g_test_run();
}
