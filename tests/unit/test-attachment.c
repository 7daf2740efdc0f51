/* The answers are made by hand. */

#include "listener-host/attachment.h"

#include <stdbool.h>

#include "bus/cleanup.h"
#include "tests/unit/message-fixture.h"

static void test_full(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = new_message(bus);
        g_autoptr(Attachment) attachment = NULL;
        const AttachedPool *mail, *log;
        const AttachedListener *listener;

        g_assert_cmpint(sd_bus_message_append(m, "ssa(sutattta{sv})a(ssut)", "web1", "0123", 2,
                                        "mail", 10, UINT64_C(7), 2, UINT64_C(9), UINT64_C(12),
                                        UINT64_C(3), UINT64_C(6), 5, "of_later", "as", 1, "x",
                                        "event_extras", "b", 1, "attempts", "a(tu)", 1, UINT64_C(8),
                                        4, "result_handler", "s", "supervisor_stdout:event_handler",
                                        "running", "as", 1, "mail_00", "log", 1, UINT64_C(0), 0,
                                        UINT64_C(0), UINT64_C(0), 0, 2, "mail", "mail_00", 4711,
                                        UINT64_C(5), "mail", "mail_01", 4712, UINT64_C(5)),
                        >=, 0);
        seal_message(m);
        g_assert_cmpint(attachment_read(m, &attachment), ==, 0);
        g_assert_cmpstr(attachment->identifier, ==, "web1");
        g_assert_cmpstr(attachment->run_id, ==, "0123");
        g_assert_cmpuint(attachment->pools->len, ==, 2);
        mail = attachment->pools->pdata[0];
        g_assert_cmpstr(mail->name, ==, "mail");
        g_assert_cmpuint(mail->buffer_size, ==, 10);
        g_assert_cmpuint(mail->after, ==, 7);
        g_assert_cmpuint(mail->answered->len, ==, 2);
        g_assert_cmpuint(g_array_index(mail->answered, uint64_t, 1), ==, 12);
        g_assert_cmpuint(mail->poolserial, ==, 3);
        g_assert_cmpuint(mail->begun, ==, 6);
        g_assert_true(mail->event_extras);
        g_assert_cmpuint(mail->attempts->len, ==, 1);
        g_assert_cmpuint(g_array_index(mail->attempts, Attempt, 0).serial, ==, 8);
        g_assert_cmpuint(g_array_index(mail->attempts, Attempt, 0).n_failed, ==, 4);
        g_assert_cmpint(mail->result_handler, ==, POOL_RESULT_HANDLER_STDOUT);
        log = attachment->pools->pdata[1];
        g_assert_cmpstr(log->name, ==, "log");
        g_assert_cmpuint(log->answered->len, ==, 0);
        g_assert_false(log->event_extras);
        g_assert_cmpuint(log->attempts->len, ==, 0);
        g_assert_cmpint(log->result_handler, ==, POOL_RESULT_HANDLER_DEFAULT);
        g_assert_cmpuint(attachment->listeners->len, ==, 2);
        listener = attachment->listeners->pdata[1];
        g_assert_false(listener->is_running);
        listener = attachment->listeners->pdata[0];
        g_assert_true(listener->is_running);
        g_assert_cmpstr(listener->pool, ==, "mail");
        g_assert_cmpstr(listener->process, ==, "mail_00");
        g_assert_cmpuint(listener->generation, ==, 5);
}

/* Each with another value than its default. */
static void append_settings(sd_bus_message *m)
{
        g_assert_cmpint(sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "event_timeout", "t",
                                        UINT64_C(2500000), "max_attempts", "u", 7, "overflow", "s",
                                        "discard", "protocol", "s", "strict", "payload_length", "s",
                                        "bytes"),
                        >=, 0);
}

static sd_bus_message *with_settings(sd_bus *bus, void (*append)(sd_bus_message *m))
{
        sd_bus_message *m = new_message(bus);

        g_assert_cmpint(sd_bus_message_append(m, "ss", "web1", "0123"), >=, 0);
        g_assert_cmpint(sd_bus_message_open_container(m, 'a', "(sutattta{sv})"), >=, 0);
        g_assert_cmpint(sd_bus_message_open_container(m, 'r', "sutattta{sv}"), >=, 0);
        g_assert_cmpint(sd_bus_message_append(m, "sutattt", "mail", 10, UINT64_C(7), 0, UINT64_C(3),
                                        UINT64_C(6)),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_open_container(m, 'a', "{sv}"), >=, 0);
        append(m);
        for (int i = 0; i < 3; i++)
                g_assert_cmpint(sd_bus_message_close_container(m), >=, 0);
        g_assert_cmpint(sd_bus_message_append(m, "a(ssut)", 0), >=, 0);
        seal_message(m);
        return m;
}

static void test_settings(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = with_settings(bus, append_settings);
        g_autoptr(Attachment) attachment = NULL;
        const AttachedPool *pool;

        g_assert_cmpint(attachment_read(m, &attachment), ==, 0);
        pool = attachment->pools->pdata[0];
        g_assert_cmpuint(pool->event_timeout_usec, ==, 2500000);
        g_assert_cmpuint(pool->max_attempts, ==, 7);
        g_assert_cmpint(pool->overflow, ==, POOL_OVERFLOW_DISCARD);
        g_assert_cmpint(pool->protocol, ==, POOL_PROTOCOL_STRICT);
        g_assert_cmpint(pool->payload_length, ==, PAYLOAD_LENGTH_BYTES);
}

static void append_word_of_later(sd_bus_message *m)
{
        g_assert_cmpint(sd_bus_message_append(m, "{sv}", "overflow", "s", "spill"), >=, 0);
}

/* A word that a newer daemon may know leaves the default. */
static void test_defaults(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = with_settings(bus, append_word_of_later);
        g_autoptr(Attachment) attachment = NULL;
        const AttachedPool *pool;

        g_assert_cmpint(attachment_read(m, &attachment), ==, 0);
        pool = attachment->pools->pdata[0];
        g_assert_cmpint(pool->overflow, ==, POOL_OVERFLOW_KEEP);
        g_assert_cmpint(pool->protocol, ==, POOL_PROTOCOL_TOLERANT);
        g_assert_cmpuint(pool->event_timeout_usec, ==, 0);
}

static void test_other_shape(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = new_message(bus);
        Attachment *attachment = NULL;

        g_assert_cmpint(sd_bus_message_append(m, "ssa(sutattta{sv})a(ss)", "web1", "0123", 1,
                                        "mail", 10, UINT64_C(7), 0, UINT64_C(3), UINT64_C(6), 0, 0),
                        >=, 0);
        seal_message(m);
        g_assert_cmpint(attachment_read(m, &attachment), <, 0);
        g_assert_null(attachment);
}

/* An option of another type than ours. */
static void test_other_type(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = new_message(bus);
        Attachment *attachment = NULL;

        g_assert_cmpint(sd_bus_message_append(m, "ssa(sutattta{sv})a(ssut)", "web1", "0123", 1,
                                        "mail", 10, UINT64_C(7), 0, UINT64_C(3), UINT64_C(6), 1,
                                        "event_extras", "s", "true", 0),
                        >=, 0);
        seal_message(m);
        g_assert_cmpint(attachment_read(m, &attachment), <, 0);
        g_assert_null(attachment);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/attachment/full", test_full);
        g_test_add_func("/attachment/settings", test_settings);
        g_test_add_func("/attachment/defaults", test_defaults);
        g_test_add_func("/attachment/other-shape", test_other_shape);
        g_test_add_func("/attachment/other-type", test_other_type);
        return g_test_run();
}
