/* What is told of a process, and its name. */

#include "tools/rpc-host/process-info.h"

#include "tools/rpc-host/process-name.h"

static const char *text_of(const Value *value, const char *name)
{
        return value_string(value_find(value, name), NULL);
}

static int64_t number_of(const Value *value, const char *name)
{
        return value_int(value_find(value, name));
}

static void test_info(void)
{
        static const char *const order[] = { "name", "group", "start", "stop", "now", "state",
                "statename", "spawnerr", "exitstatus", "logfile", "stdout_logfile",
                "stderr_logfile", "pid", "description" };
        ProcessInfo info = {
                .group = "g",
                .process = "p",
                .state = PROCESS_RUNNING,
                .pid = 77,
                .start_usec = 1000999999,
                .stop_usec = 999000000,
                .spawn_error = "",
                .exit_status = -1,
                .stdout_log = "/out",
                .stderr_log = "",
        };
        g_autoptr(Value) value = process_info_to_value(&info, 1061000000), ended = NULL;

        info.state = PROCESS_STOPPED;
        ended = process_info_to_value(&info, 1061000000);
        g_assert_cmpuint(value_length(value), ==, G_N_ELEMENTS(order));
        for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
                g_assert_cmpstr(value_name_at(value, i), ==, order[i]);
        g_assert_cmpstr(text_of(value, "name"), ==, "p");
        g_assert_cmpstr(text_of(value, "group"), ==, "g");
        g_assert_cmpstr(text_of(value, "statename"), ==, "RUNNING");
        g_assert_cmpstr(text_of(value, "logfile"), ==, "/out");
        g_assert_cmpstr(text_of(value, "stdout_logfile"), ==, "/out");
        g_assert_cmpstr(text_of(value, "stderr_logfile"), ==, "");
        g_assert_cmpint(number_of(value, "state"), ==, 20);
        g_assert_cmpint(number_of(value, "start"), ==, 1000);
        g_assert_cmpint(number_of(value, "stop"), ==, 999);
        g_assert_cmpint(number_of(value, "now"), ==, 1061);
        g_assert_cmpint(number_of(value, "pid"), ==, 77);
        g_assert_cmpint(number_of(value, "exitstatus"), ==, 0);
        g_assert_cmpint(number_of(ended, "exitstatus"), ==, -1);
        /* The difference of what is told, not of what was measured. */
        g_assert_cmpstr(text_of(value, "description"), ==, "pid 77, uptime 0:01:01");
}

/* XML-RPC has numbers of 32 bits. */
static void test_far_future(void)
{
        ProcessInfo info = { "g", "p", PROCESS_FATAL, 0, UINT64_MAX, UINT64_MAX, "it broke", 0, "",
                "" };
        g_autoptr(Value) value = process_info_to_value(&info, UINT64_MAX);
        g_autoptr(Value) low = process_info_new_int(INT64_MIN);

        g_assert_cmpint(number_of(value, "start"), ==, INT32_MAX);
        g_assert_cmpint(number_of(value, "now"), ==, INT32_MAX);
        g_assert_cmpstr(text_of(value, "description"), ==, "it broke");
        g_assert_cmpint(value_int(low), ==, INT32_MIN);
}

static void test_names(void)
{
        static const struct {
                const char *text, *group, *process;
        } names[] = {
                { "a", "a", "a" },
                { "a:b", "a", "b" },
                { "a:b:c", "a", "b:c" },
                { "a:*", "a", NULL },
                { "a:", "a", NULL },
                { "*", "*", "*" },
                { "", "", "" },
                { ":", "", NULL },
        };
        g_autofree char *both = process_name_of("g", "p"), *same = process_name_of("p", "p");

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_auto(ProcessName) name = {};

                process_name_parse(names[i].text, &name);
                g_assert_cmpstr(name.group, ==, names[i].group);
                g_assert_cmpstr(name.process, ==, names[i].process);
        }
        g_assert_cmpstr(both, ==, "g:p");
        g_assert_cmpstr(same, ==, "p");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc-process-info/info", test_info);
        g_test_add_func("/rpc-process-info/far-future", test_far_future);
        g_test_add_func("/rpc-process-info/names", test_names);
        return g_test_run();
}
