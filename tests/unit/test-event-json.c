/* Every type of event goes through a line and comes back equal; what others write comes in or is
 * refused with what would be right. */

#include "bus/event-json.h"

#include <signal.h>
#include <string.h>

#include "bus/event-json-reader.h"
#include "tests/unit/event-fixture.h"

static Event *read_line(const char *line)
{
        g_autoptr(GError) error = NULL;
        Event *event = event_from_json_line(line, strlen(line), &error);

        g_assert_no_error(error);
        g_assert_nonnull(event);
        return event;
}

static void check_round(const Event *event)
{
        g_autofree char *line = event_to_json_line(event);
        g_autoptr(Event) read = read_line(line);

        g_assert_null(strpbrk(line, "\n\r\x1b\x7f"));
        g_assert_true(g_utf8_validate(line, -1, NULL));
        event_assert_same(event, read);
}

static void test_types(void)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) event = event_example(type);

                        check_round(event);
                }
}

static void test_ends(void)
{
        static const struct {
                int exit_code, term_signal;
        } ends[] = { { 0, 0 }, { 1, 0 }, { 255, 0 }, { -1, SIGKILL }, { -1, 64 }, { -1, 0 } };

        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
                g_autoptr(Event) event = event_example(EVENT_PROCESS_STATE_EXITED);

                event->exit_code = ends[i].exit_code;
                event->term_signal = ends[i].term_signal;
                check_round(event);
        }
}

static void check_data(const char *data, size_t size, const char *part)
{
        g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDERR);
        g_autofree char *line = NULL;

        g_bytes_unref(event->data);
        event->data = g_bytes_new(data, size);
        check_round(event);
        line = event_to_json_line(event);
        if (!strstr(line, part))
                g_error("no %s in %s", part, line);
}

static void test_data(void)
{
        check_data("", 0, "\"data\":\"\"");
        check_data("a\n\"b\"/\\", 7, "\"data\":\"a\\n\\\"b\\\"/\\\\\"");
        check_data("\xc3\xa9\xc2\xa9", 4, "\"data\":\"\xc3\xa9\xc2\xa9\"");
        check_data("\xff\0x", 3, "\"data_base64\":\"/wB4\"");
        check_data("\0", 1, "\"data_base64\":\"AA==\"");
        check_data("cut \xc3", 5, "\"data_base64\":\"Y3V0IMM=\"");
}

/* What a terminal would obey is escaped wherever it stands, at the very end too. */
static void test_controls(void)
{
        check_data("\x1b[2J\x7f", 5, "\"data\":\"\\u001b[2J\\u007f\"");
        check_data("\xc2\x9b"
                   "2J\xc2\x80\xc2\x9f",
                        8, "\"data\":\"\\u009b2J\\u0080\\u009f\"");
        check_data("\xc2\xa0\xc2\x9b", 4, "\"data\":\"\xc2\xa0\\u009b\"");
}

/* The longest that there is: each byte takes six. */
static void test_longest(void)
{
        g_autofree char *data = g_strnfill(EVENT_DATA_MAX_BYTES, '\1');
        g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDOUT);
        g_autofree char *line = NULL;

        g_bytes_unref(event->data);
        event->data = g_bytes_new(data, EVENT_DATA_MAX_BYTES);
        check_round(event);
        line = event_to_json_line(event);
        g_assert_cmpuint(strlen(line), <, EVENT_JSON_MAX_BYTES);
}

/* To the letter, as others rely on it. */
static void test_lines(void)
{
        g_autoptr(Event) event =
                        event_new_process_state("web", "a", PROCESS_RUNNING, PROCESS_EXITED);
        g_autoptr(Event) tick = event_new_tick(60, 1700000000);
        g_autoptr(Event) running = event_new(EVENT_SUPERVISOR_STATE_CHANGE_RUNNING);
        g_autofree char *line = NULL;
        g_autofree char *tick_line = event_to_json_line(tick);
        g_autofree char *running_line = event_to_json_line(running);

        event->serial = 7;
        event->realtime_usec = UINT64_C(1700000000123456);
        event->monotonic_usec = 5;
        event->pid = 12;
        event->exit_code = 3;
        event->asked_by = g_strdup(":1.5");
        line = event_to_json_line(event);
        g_assert_cmpstr(line, ==,
                        "{\"serial\":7,\"realtime\":1700000000123456,\"monotonic\":5,"
                        "\"type\":\"PROCESS_STATE_EXITED\",\"group\":\"web\",\"process\":\"a\","
                        "\"state\":\"EXITED\",\"from_state\":\"RUNNING\",\"pid\":12,\"tries\":0,"
                        "\"expected\":false,\"exit_code\":3,\"asked_by\":\":1.5\"}");
        g_assert_cmpstr(tick_line, ==,
                        "{\"serial\":0,\"realtime\":0,\"monotonic\":0,\"type\":\"TICK_60\","
                        "\"tick_period\":60,\"when\":1700000000}");
        g_assert_cmpstr(running_line, ==,
                        "{\"serial\":0,\"realtime\":0,\"monotonic\":0,"
                        "\"type\":\"SUPERVISOR_STATE_CHANGE_RUNNING\","
                        "\"supervisor_state\":\"RUNNING\"}");
}

/* Written by hand: little, in any order, with what is not known. */
static void test_by_hand(void)
{
        g_autoptr(Event) tick = read_line(" {\"when\": 3600, \"type\" : \"TICK_3600\"} \r\n");
        g_autoptr(Event) state = read_line(
                        "{\"note\":{\"a\":[1,{}]},\"type\":\"PROCESS_STATE_FATAL\",\"pid\":null,"
                        "\"group\":\"g\",\"process\":\"\\u00e9\",\"from_state\":\"BACKOFF\","
                        "\"when\":\"today\"}");
        g_autoptr(Event) log = read_line(
                        "{\"type\":\"PROCESS_LOG_STDERR\",\"group\":\"g\",\"process\":\"p\"}");

        g_assert_cmpuint(tick->tick_period, ==, 3600);
        g_assert_cmpuint(tick->tick_when, ==, 3600);
        g_assert_cmpstr(state->process, ==, "\xc3\xa9");
        g_assert_cmpint(state->from_state, ==, PROCESS_BACKOFF);
        g_assert_cmpint(state->exit_code, ==, -1);
        g_assert_cmpint(state->pid, ==, 0);
        g_assert_cmpuint(g_bytes_get_size(log->data), ==, 0);
}

static void assert_refused(const char *line, const char *message)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(event_from_json_line(line, strlen(line), &error));
        g_assert_error(error, EVENT_JSON_ERROR, 0);
        g_assert_cmpstr(error->message, ==, message);
}

static void test_no_json(void)
{
        assert_refused("", "it ends within the JSON; each event is one whole line");
        assert_refused("{\"type\":\"TICK_5\"",
                        "it ends within the JSON; each event is one whole line");
        assert_refused("{\"type\":'TICK_5','when':0}",
                        "it is no JSON: unexpected character at byte 9");
        assert_refused("{\"type\":\"TICK_5\",\"when\":0}x",
                        "something follows the JSON at byte 27; each event is one line of its own");
        assert_refused("[]", "it is no object; an event is {\"type\":\"TICK_5\",\"when\":0}");
        assert_refused("{\"type\":\"\xff\"}", "it is not in UTF-8 from byte 10 on");
}

static void test_wrong_type(void)
{
        assert_refused("{}", "\"type\" is missing; it is the name of an event, such as "
                             "\"PROCESS_STATE_EXITED\"");
        assert_refused("{\"type\":5}", "\"type\" is 5; it has to be a string");
        assert_refused("{\"type\":\"PROCESS_STATE_EXITD\"}",
                        "there is no event type \"PROCESS_STATE_EXITD\"; did you mean "
                        "\"PROCESS_STATE_EXITED\"?");
        assert_refused("{\"type\":\"NOTHING\"}", "there is no event type \"NOTHING\"");
        assert_refused("{\"type\":\"TICK\"}",
                        "TICK stands for the types below it and never happens itself");
}

#define STATE "{\"type\":\"PROCESS_STATE_EXITED\",\"group\":\"g\",\"process\":\"p\","

static void test_wrong_fields(void)
{
        assert_refused(STATE "\"pid\":1}",
                        "\"from_state\" is missing; every PROCESS_STATE_EXITED has it");
        assert_refused(STATE "\"from_state\":\"SLEEPING\"}",
                        "\"from_state\" is \"SLEEPING\"; it has to be a state, such as \"RUNNING\"");
        assert_refused(STATE "\"state\":\"FATAL\"}",
                        "\"state\" is \"FATAL\"; it has to be \"EXITED\" in PROCESS_STATE_EXITED");
        assert_refused(STATE "\"from_state\":\"RUNNING\",\"expected\":1}",
                        "\"expected\" is 1; it has to be true or false");
        assert_refused(STATE "\"from_state\":\"RUNNING\",\"exit_code\":256}",
                        "\"exit_code\" is 256; it has to be a whole number from 0 to 255");
        assert_refused(STATE "\"pid\":-1}",
                        "\"pid\" is -1; it has to be a whole number from 0 to 2147483647");
        assert_refused(STATE "\"pid\":1.5}",
                        "\"pid\" is 1.5; it has to be a whole number from 0 to 2147483647");
        assert_refused("{\"type\":\"PROCESS_GROUP_ADDED\",\"group\":\"a\\u0000b\"}",
                        "\"group\" has a \\u0000 in it, which no name has");
        assert_refused("{\"type\":\"TICK_5\"}", "\"when\" is missing; every TICK_5 has it");
        assert_refused("{\"type\":\"TICK_5\",\"when\":0,\"tick_period\":60}",
                        "\"tick_period\" is 60; it has to be a whole number from 5 to 5");
        assert_refused("{\"type\":\"REMOTE_COMMUNICATION\",\"remote_type\":\"t\","
                       "\"data_base64\":\"AA=\"}",
                        "\"data_base64\" is no Base64 (RFC 4648, with padding)");
        assert_refused("{\"type\":\"REMOTE_COMMUNICATION\",\"remote_type\":\"t\",\"data\":"
                       "[\"0123456789012345678901234567890123456789\"]}",
                        "\"data\" is [\"01234567890123456789012345678901234567…; it has to be a "
                        "string");
}

static void test_too_long(void)
{
        g_autofree char *line = g_strnfill(EVENT_JSON_MAX_BYTES + 1, '[');
        g_autofree char *data = g_strnfill(EVENT_DATA_MAX_BYTES, 'x');
        g_autofree char *remote = g_strdup_printf(
                        "{\"type\":\"REMOTE_COMMUNICATION\",\"remote_type\":\"t\",\"data\":\"%s\"}",
                        data);

        assert_refused(line, "it has more than 8388608 bytes, which no event needs");
        assert_refused(remote, "983041 bytes of data are too many; an event has at most 983040");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-json/types", test_types);
        g_test_add_func("/event-json/ends", test_ends);
        g_test_add_func("/event-json/data", test_data);
        g_test_add_func("/event-json/controls", test_controls);
        g_test_add_func("/event-json/longest", test_longest);
        g_test_add_func("/event-json/lines", test_lines);
        g_test_add_func("/event-json/by-hand", test_by_hand);
        g_test_add_func("/event-json/no-json", test_no_json);
        g_test_add_func("/event-json/wrong-type", test_wrong_type);
        g_test_add_func("/event-json/wrong-fields", test_wrong_fields);
        g_test_add_func("/event-json/too-long", test_too_long);
        return g_test_run();
}
