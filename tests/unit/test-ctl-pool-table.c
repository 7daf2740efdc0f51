/* The columns of the table of pools, and its JSON. */

#include <string.h>

#include <json-c/json.h>

#include "tools/ctl/pool-table.h"

#define NOW_USEC (UINT64_C(1000) * G_USEC_PER_SEC)

/* A pool that lags, with a listener that is stuck and one that does not run, and an idle one. */
static GPtrArray *new_pools(void)
{
        GPtrArray *pools = g_ptr_array_new_with_free_func(pool_status_free);
        PoolStatus *mail = pool_status_new("mail"), *log = pool_status_new("log");
        ListenerStatus *stuck;

        mail->queued = 10;
        mail->in_hand = 1;
        mail->lag_events = 1234;
        mail->lag_usec = 75 * G_USEC_PER_SEC;
        mail->delivered = 7;
        mail->retried = 3;
        stuck = pool_status_add(mail, "mail_0", PROCESS_RUNNING, "BUSY");
        stuck->pid = 12;
        stuck->delivered = 7;
        stuck->event = 99;
        stuck->given_usec = NOW_USEC - 75 * G_USEC_PER_SEC;
        pool_status_add(mail, "mail_1", PROCESS_FATAL, "");
        pool_status_add(log, "log", PROCESS_RUNNING, "");
        g_ptr_array_add(pools, mail);
        g_ptr_array_add(pools, log);
        return pools;
}

/* What print() prints in a process of its own. */
static void assert_prints(const Output *output, const char *expected)
{
        g_autoptr(GPtrArray) pools = NULL;
        g_autofree char *pattern = NULL;

        if (g_test_subprocess()) {
                pools = new_pools();
                pool_table_print(output, pools, NOW_USEC);
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        pattern = g_strdup_printf("*%s*", expected);
        g_test_trap_assert_stdout(pattern);
}

static void test_wide(void)
{
        assert_prints(&(Output){ 0 },
                        "POOL  LISTENER  STATE     EVENT  HELD  QUEUED   LAG  AGE  DELIVERED  "
                        "RETRIED  VIOLATIONS  DISCARDED  DEAD\n"
                        "mail  -         -             -     -      10  1234  75s          7  "
                        "      3           0          0     0\n"
                        "mail  mail_0    BUSY         99   75s       -     -    -          7  "
                        "      -           -          -     -\n"
                        "mail  mail_1    FATAL         -     -       -     -    -          0  "
                        "      -           -          -     -\n"
                        "log   -         -             -     -       0     0    -          0  "
                        "      0           0          0     0\n"
                        "log   log       DETACHED      -     -       -     -    -          0  "
                        "      -           -          -     -\n");
}

/* Only as many columns go as must, from the right, and none that tells of something. */
static void test_narrow(void)
{
        assert_prints(&(Output){ .width = 98 },
                        "POOL  LISTENER  STATE     EVENT  HELD  QUEUED   LAG  AGE  DELIVERED  "
                        "RETRIED  VIOLATIONS\n"
                        "mail  -         -             -     -      10  1234  75s          7  "
                        "      3           0\n");
}

static void test_too_narrow(void)
{
        assert_prints(&(Output){ .width = 74 },
                        "POOL  LISTENER  STATE     EVENT  HELD  QUEUED   LAG  AGE  DELIVERED  "
                        "RETR…\n"
                        "mail  -         -             -     -      10  1234  75s          7  "
                        "    …\n");
}

static void test_age(void)
{
        static const struct {
                uint64_t usec;
                const char *text;
        } cases[] = {
                { 0, "0.0s" },
                { 1, "0.0s" },
                { 350 * 1000, "0.3s" },
                { UINT64_C(9999999), "9.9s" },
                { UINT64_C(10) * G_USEC_PER_SEC, "10s" },
                { UINT64_C(99) * G_USEC_PER_SEC, "99s" },
                { UINT64_C(100) * G_USEC_PER_SEC, "1m" },
                { UINT64_C(5999) * G_USEC_PER_SEC, "99m" },
                { UINT64_C(6000) * G_USEC_PER_SEC, "1h" },
                { UINT64_C(99) * 3600 * G_USEC_PER_SEC, "99h" },
                { UINT64_C(100) * 3600 * G_USEC_PER_SEC, "4d" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = pool_table_age(cases[i].usec);

                g_assert_cmpstr(text, ==, cases[i].text);
        }
}

static int64_t number(json_object *object, const char *name)
{
        return json_object_get_int64(json_object_object_get(object, name));
}

static const char *text_of(json_object *object, const char *name)
{
        return json_object_get_string(json_object_object_get(object, name));
}

static void test_json(void)
{
        g_autoptr(GPtrArray) pools = new_pools();
        g_autofree char *text = pool_table_to_json(pools, NOW_USEC);
        json_object *array = json_tokener_parse(text), *mail, *stuck, *dead;

        g_assert_cmpuint(json_object_array_length(array), ==, 2);
        mail = json_object_array_get_idx(array, 0);
        g_assert_cmpstr(text_of(mail, "pool"), ==, "mail");
        g_assert_cmpint(number(mail, "lag_events"), ==, 1234);
        g_assert_cmpint(number(mail, "lag_usec"), ==, 75 * G_USEC_PER_SEC);
        g_assert_cmpint(number(mail, "in_hand"), ==, 1);
        g_assert_cmpint(number(mail, "dead_letters"), ==, 0);
        stuck = json_object_array_get_idx(json_object_object_get(mail, "listeners"), 0);
        g_assert_cmpstr(text_of(stuck, "process"), ==, "mail_0");
        g_assert_cmpstr(text_of(stuck, "process_state"), ==, "RUNNING");
        g_assert_cmpstr(text_of(stuck, "state"), ==, "BUSY");
        g_assert_cmpint(number(stuck, "event"), ==, 99);
        g_assert_cmpint(number(stuck, "held_usec"), ==, 75 * G_USEC_PER_SEC);
        dead = json_object_array_get_idx(json_object_object_get(mail, "listeners"), 1);
        g_assert_cmpstr(text_of(dead, "state"), ==, "");
        g_assert_false(json_object_object_get_ex(dead, "event", NULL));
        json_object_put(array);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/pool-table/wide", test_wide);
        g_test_add_func("/ctl/pool-table/narrow", test_narrow);
        g_test_add_func("/ctl/pool-table/too-narrow", test_too_narrow);
        g_test_add_func("/ctl/pool-table/age", test_age);
        g_test_add_func("/ctl/pool-table/json", test_json);
        return g_test_run();
}
