/* Events as lines. */

#include <signal.h>

#include <glib.h>

#include "tools/ctl/event-text.h"

static Event *exited(void)
{
        Event *event = event_new_process_state("web", "a", PROCESS_RUNNING, PROCESS_EXITED);

        event->serial = 7;
        event->realtime_usec = UINT64_C(1700000000123456);
        event->pid = 12;
        event->exit_code = 3;
        return event;
}

static Event *output(const char *data, size_t size)
{
        Event *event = event_new(EVENT_PROCESS_LOG_STDOUT);

        event->group = g_strdup("cat");
        event->process = g_strdup("cat");
        event->pid = 12;
        event->data = g_bytes_new(data, size);
        return event;
}

static void assert_details(Event *event, const char *subject, const char *details)
{
        g_autofree char *subject_text = event_text_subject(event);
        g_autofree char *details_text = event_text_details(event);

        g_assert_cmpstr(subject_text, ==, subject);
        g_assert_cmpstr(details_text, ==, details);
        event_unref(event);
}

static void test_time(void)
{
        g_autofree char *text = event_text_time(UINT64_C(1700000000123456));

        g_assert_cmpstr(text, ==, "2023-11-14 22:13:20.123");
}

static void test_details(void)
{
        Event *killed = event_new_process_state("cat", "cat", PROCESS_STOPPING, PROCESS_STOPPED);
        Event *remote = event_new(EVENT_REMOTE_COMMUNICATION);

        killed->pid = 9;
        killed->term_signal = SIGKILL;
        remote->remote_type = g_strdup("deploy");
        remote->data = g_bytes_new("now", 3);
        remote->asked_by = g_strdup(":1.5");
        assert_details(exited(), "web:a", "exit code 3, unexpected, from RUNNING, pid 12");
        assert_details(killed, "cat", "killed by SIGKILL, from STOPPING, pid 9");
        assert_details(remote, "deploy", "asked by :1.5, \"now\"");
        assert_details(event_new_tick(60, 1700000000), "", "when 1700000000");
        assert_details(event_new_group(EVENT_PROCESS_GROUP_ADDED, "web"), "web", "");
        assert_details(output("a\xff", 2), "cat", "pid 12, \"a\\xff\"");
        assert_details(output("\xc3(\0\xe2\x82", 5), "cat", "pid 12, \"\\xc3(\\x00\\xe2\\x82\"");
        assert_details(output("\xc3\xa9 \"\\n\"\n", 8), "cat",
                        "pid 12, \"\xc3\xa9 \\\"\\\\n\\\"\n\"");
        assert_details(output("", 0), "cat", "pid 12, \"\"");
}

int main(int argc, char **argv)
{
        g_setenv("TZ", "UTC", true);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/event-text/time", test_time);
        g_test_add_func("/ctl/event-text/details", test_details);
        return g_test_run();
}
