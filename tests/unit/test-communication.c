/* Each stream is fed whole, byte by byte, and cut in two and in three at every place: what comes
 * out is the same. */

#include "daemon/output/communication.h"

#include <stdbool.h>
#include <string.h>

#define B COMMUNICATION_BEGIN
#define E COMMUNICATION_END

/* What was handed out: plain text as it is, captured text in round brackets, messages in square
 * ones. */
typedef struct Got {
        GString *text;
        bool in_captured;
} Got;

static void leave_captured(Got *got)
{
        if (got->in_captured)
                g_string_append_c(got->text, ')');
        got->in_captured = false;
}

static void on_plain(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        g_assert_cmpuint(size, >, 0);
        leave_captured(got);
        g_string_append_len(got->text, data, size);
}

static void on_captured(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        g_assert_cmpuint(size, >, 0);
        if (!got->in_captured)
                g_string_append_c(got->text, '(');
        got->in_captured = true;
        g_string_append_len(got->text, data, size);
}

static void on_message(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        leave_captured(got);
        g_string_append_c(got->text, '[');
        g_string_append_len(got->text, data, size);
        g_string_append_c(got->text, ']');
}

static const CommunicationHandler handler = { on_plain, on_captured, on_message };

/* Two cuts; the number of bytes without an end goes to *ret_unfinished. */
static char *feed(const char *data, size_t max, size_t first, size_t second, size_t *ret_unfinished)
{
        Got got = { .text = g_string_new(NULL) };
        g_autoptr(Communication) communication = communication_new(max, &handler, &got);

        communication_push(communication, data, first);
        communication_push(communication, data + first, second - first);
        communication_push(communication, data + second, strlen(data) - second);
        *ret_unfinished = communication_end(communication);
        leave_captured(&got);
        return g_string_free(got.text, false);
}

static void check(const char *data, size_t max, const char *expected, size_t expected_unfinished)
{
        Got bytes = { .text = g_string_new(NULL) };
        g_autoptr(Communication) communication = communication_new(max, &handler, &bytes);
        size_t unfinished;

        for (size_t first = 0; first <= strlen(data); first++)
                for (size_t second = first; second <= strlen(data); second++) {
                        g_autofree char *got = feed(data, max, first, second, &unfinished);

                        g_assert_cmpstr(got, ==, expected);
                        g_assert_cmpuint(unfinished, ==, expected_unfinished);
                }
        for (const char *byte = data; *byte; byte++)
                communication_push(communication, byte, 1);
        g_assert_cmpuint(communication_end(communication), ==, expected_unfinished);
        leave_captured(&bytes);
        g_assert_cmpstr(bytes.text->str, ==, expected);
        g_string_free(bytes.text, true);
}

static void test_messages(void)
{
        check("", 100, "", 0);
        check("plain\n", 100, "plain\n", 0);
        check("a" B "hello" E "b", 100, "a(hello)[hello]b", 0);
        check(B E, 100, "[]", 0);
        check(B "one" E B "two" E "\n", 100, "(one)[one](two)[two]\n", 0);
        /* The other tag is data. */
        check(E "x" B "y" B "z" E, 200, E "x(y" B "z)[y" B "z]", 0);
}

static void test_what_is_no_tag(void)
{
        check("<", 100, "<", 0);
        check("a <b> c <!-- d --> e", 100, "a <b> c <!-- d --> e", 0);
        check("<<!--XSUPERVISOR:BEGIN->", 100, "<<!--XSUPERVISOR:BEGIN->", 0);
        check("<!--XSUPER" B "<!--X" E, 100, "<!--XSUPER(<!--X)[<!--X]", 0);
        check("last words <!--XSUPERVISOR:BEGIN--", 100, "last words <!--XSUPERVISOR:BEGIN--", 0);
}

static void test_bound(void)
{
        check(B "0123456789" E, 10, "(0123456789)[0123456789]", 0);
        check(B "0123456789a" E, 10, "(0123456789a)[123456789a]", 0);
        check(B "0123456789" E B "xy" E, 1, "(0123456789)[9](xy)[y]", 0);
        check(B "0123456789012345678901234567890" E, 3, "(0123456789012345678901234567890)[890]",
                        0);
}

static void test_unfinished(void)
{
        check("a" B "never ends", 100, "a(never ends)", 10);
        check("a" B "never ends <!--XSUPER", 5, "a(never ends <!--XSUPER)", 5);
        check("a" B, 5, "a", 0);
}

/* A prompt must not wait for more. */
static void test_hold_back(void)
{
        Got got = { .text = g_string_new(NULL) };
        g_autoptr(Communication) communication = communication_new(10, &handler, &got);

        communication_push(communication, "name? ", 6);
        g_assert_cmpstr(got.text->str, ==, "name? ");
        communication_push(communication, "<!", 2);
        g_assert_cmpstr(got.text->str, ==, "name? ");
        communication_push(communication, "\n", 1);
        g_assert_cmpstr(got.text->str, ==, "name? <!\n");
        g_string_free(got.text, true);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/communication/messages", test_messages);
        g_test_add_func("/communication/what-is-no-tag", test_what_is_no_tag);
        g_test_add_func("/communication/bound", test_bound);
        g_test_add_func("/communication/unfinished", test_unfinished);
        g_test_add_func("/communication/hold-back", test_hold_back);
        return g_test_run();
}
