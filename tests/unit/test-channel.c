/* The way of the bytes: what each option makes of them, and in which order. */

#include "daemon/output/channel.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/output-fixture.h"

#define B "<!--XSUPERVISOR:BEGIN-->"
#define E "<!--XSUPERVISOR:END-->"

static void push(Channel *channel, const char *text)
{
        channel_push(channel, text, strlen(text));
}

static void check_log(const OutputFixture *fixture, const char *expected)
{
        g_autofree char *text = fixture_read(fixture->folder, "log");

        g_assert_cmpstr(text, ==, expected);
}

static void check_events(OutputFixture *fixture, const char *expected)
{
        g_autofree char *events = output_fixture_events(fixture);

        g_assert_cmpstr(events, ==, expected);
}

static void test_plain(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel = output_fixture_channel(fixture, "log");

        g_assert_nonnull(channel_direct_outlet(channel));
        push(channel, "one\ntw");
        push(channel, "o\033[0m" B);
        check_log(fixture, "one\ntwo\033[0m" B);
        channel_free(channel);
        check_events(fixture, "");
        output_fixture_free(fixture);
}

static void test_events_by_piece(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.events_enabled = true;
        channel = output_fixture_channel(fixture, NULL);
        g_assert_null(channel_direct_outlet(channel));
        push(channel, "one\ntw");
        push(channel, "o\n");
        check_events(fixture, "PROCESS_LOG_STDOUT one\ntw|PROCESS_LOG_STDOUT o\n|");
        channel_free(channel);
        output_fixture_free(fixture);
}

static void test_events_by_line(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.events_enabled = true;
        fixture->config->output.events_by_line = true;
        channel = output_fixture_channel(fixture, NULL);
        push(channel, "one\ntw");
        check_events(fixture, "PROCESS_LOG_STDOUT one\n|");
        push(channel, "o\n\nthree");
        check_events(fixture, "PROCESS_LOG_STDOUT two\n|PROCESS_LOG_STDOUT \n|");
        channel_end(channel);
        check_events(fixture, "PROCESS_LOG_STDOUT three|");
        channel_free(channel);
        output_fixture_free(fixture);
}

/* As with Supervisor: the log event of what was said comes before, and there is one of each part of
 * a piece. */
static void test_communication(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.capture_maxbytes = 1000;
        fixture->config->output.events_enabled = true;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "before" B "said" E "after\n");
        check_log(fixture, "beforeafter\n");
        check_events(fixture, "PROCESS_LOG_STDOUT before|PROCESS_LOG_STDOUT said|"
                              "PROCESS_COMMUNICATION_STDOUT said|PROCESS_LOG_STDOUT after\n|");
        push(channel, "<!-- no tag");
        push(channel, "-->" B E);
        check_events(fixture, "PROCESS_LOG_STDOUT <!-- no tag|PROCESS_LOG_STDOUT -->|"
                              "PROCESS_COMMUNICATION_STDOUT |");
        push(channel, "x<!--XSUP");
        push(channel, "y");
        check_events(fixture, "PROCESS_LOG_STDOUT x|PROCESS_LOG_STDOUT <!--XSUPy|");
        channel_free(channel);
        output_fixture_free(fixture);
}

static void test_end_of_communication(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.capture_maxbytes = 1000;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "last <!--X");
        check_log(fixture, "last ");
        channel_end(channel);
        check_log(fixture, "last <!--X");
        channel_free(channel);
        channel = output_fixture_channel(fixture, "log");
        push(channel, B "never ends");
        channel_end(channel);
        check_log(fixture, "last <!--X");
        check_events(fixture, "");
        channel_free(channel);
        output_fixture_free(fixture);
}

static void test_strip_ansi(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->supervisord.strip_ansi = true;
        fixture->config->output.capture_maxbytes = 1000;
        fixture->config->output.events_enabled = true;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "\033[31mred\033[");
        push(channel, "0m" B "\033[1mloud" E "\033");
        channel_end(channel);
        check_log(fixture, "red\033");
        check_events(fixture, "PROCESS_LOG_STDOUT red|PROCESS_LOG_STDOUT loud|"
                              "PROCESS_COMMUNICATION_STDOUT loud|PROCESS_LOG_STDOUT \033|");
        channel_free(channel);
        output_fixture_free(fixture);
}

static void test_records(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.prefix = LOG_PREFIX_NAME;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "one\ntw");
        check_log(fixture, "cat one\n");
        push(channel, "o\n\nthree");
        channel_end(channel);
        check_log(fixture, "cat one\ncat two\ncat \ncat three\n");
        channel_free(channel);
        output_fixture_free(fixture);
}

static void test_json(void)
{
        OutputFixture *fixture = output_fixture_new();
        g_autofree char *text = NULL;
        Channel *channel;

        fixture->config->output.format = LOG_FORMAT_JSON;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "a \"quoted\" \377 line\n");
        channel_free(channel);
        text = fixture_read(fixture->folder, "log");
        g_assert_true(g_str_has_prefix(text, "{\"time\":\"20"));
        g_assert_true(g_str_has_suffix(text,
                        "Z\",\"group\":\"pets\",\"process\":\"cat\",\"pid\":4711,"
                        "\"channel\":\"stdout\","
                        "\"message\":\"a \\\"quoted\\\" \357\277\275 line\"}\n"));
        output_fixture_free(fixture);
}

static void test_syslog(void)
{
        OutputFixture *fixture = output_fixture_new();
        int service = output_fixture_service(fixture, "syslog");
        Channel *channel;

        fixture->config->output.syslog = true;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "one\ntwo\nrest");
        for (int i = 0; i < 2; i++) {
                g_autofree char *message = output_fixture_receive(service);

                g_assert_true(g_str_has_prefix(message, "<14>"));
                g_assert_true(g_str_has_suffix(message, i == 0 ? ": cat one" : ": cat two"));
        }
        g_assert_null(output_fixture_receive(service));
        check_log(fixture, "one\ntwo\nrest");
        channel_free(channel);
        close(service);
        output_fixture_free(fixture);
}

static void test_journal(void)
{
        OutputFixture *fixture = output_fixture_new();
        int service = output_fixture_service(fixture, "journal");
        g_autofree char *message = NULL;
        Channel *channel;

        fixture->config->output.journal = true;
        channel = output_fixture_channel(fixture, NULL);
        push(channel, "hello \377\n");
        message = output_fixture_receive(service);
        g_assert_cmpstr(message, ==,
                        "MESSAGE=hello \377\nPRIORITY=6\nSYSLOG_IDENTIFIER=cat\nSYSLOG_PID=4711\n"
                        "OBJECT_PID=4711\nBUSVISOR_IDENTIFIER=unit\nBUSVISOR_GROUP=pets\n"
                        "BUSVISOR_PROCESS=cat\nBUSVISOR_CHANNEL=stdout\n");
        channel_free(channel);
        close(service);
        output_fixture_free(fixture);
}

/* Nobody there: lost and counted, and the file has it all the same. */
static void test_no_service(void)
{
        OutputFixture *fixture = output_fixture_new();
        Channel *channel;

        fixture->config->output.syslog = true;
        channel = output_fixture_channel(fixture, "log");
        push(channel, "one\n");
        g_assert_false(channel_is_full(channel));
        g_assert_cmpuint(fixture->loss->bytes, >, 0);
        check_log(fixture, "one\n");
        channel_free(channel);
        output_fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/channel/plain", test_plain);
        g_test_add_func("/channel/events-by-piece", test_events_by_piece);
        g_test_add_func("/channel/events-by-line", test_events_by_line);
        g_test_add_func("/channel/communication", test_communication);
        g_test_add_func("/channel/end-of-communication", test_end_of_communication);
        g_test_add_func("/channel/strip-ansi", test_strip_ansi);
        g_test_add_func("/channel/records", test_records);
        g_test_add_func("/channel/json", test_json);
        g_test_add_func("/channel/syslog", test_syslog);
        g_test_add_func("/channel/journal", test_journal);
        g_test_add_func("/channel/no-service", test_no_service);
        return g_test_run();
}
