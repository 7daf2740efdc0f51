/* Messages are made by hand. */

#include "daemon/face/pool-report.h"

#include "bus/cleanup.h"
#include "tests/unit/message-fixture.h"

static int read_back(sd_bus_message *m, PoolReport *report)
{
        seal_message(m);
        return pool_report_read(m, 2, report);
}

static void test_full(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = new_message(bus);
        g_autoptr(PoolReport) report = pool_report_new();
        const ListenerReport *listener;

        g_assert_cmpint(sd_bus_message_append(m, "a{sv}", 6, "since", "t", UINT64_C(99), "of_later",
                                        "as", 1, "x", "delivered", "t", UINT64_C(7), "discarded",
                                        "t", UINT64_C(2), "queued", "u", 3, "listeners",
                                        "a(ststtt)", 3, "a", UINT64_C(4), "BUSY", UINT64_C(5),
                                        UINT64_C(60), UINT64_C(1000), "b", UINT64_C(1), "READY",
                                        UINT64_C(2), UINT64_C(0), UINT64_C(0), "c", UINT64_C(1),
                                        "READY", UINT64_C(0), UINT64_C(0), UINT64_C(0)),
                        >=, 0);
        g_assert_cmpint(read_back(m, report), >=, 0);
        g_assert_true(report->is_current);
        g_assert_cmpuint(report->since, ==, 99);
        g_assert_cmpuint(pool_report_total(report, POOL_COUNT_DELIVERED), ==, 7);
        g_assert_cmpuint(pool_report_total(report, POOL_COUNT_RETRIED), ==, 0);
        g_assert_cmpuint(pool_report_total(report, POOL_COUNT_DISCARDED), ==, 2);
        g_assert_cmpuint(report->queued, ==, 3);
        g_assert_cmpuint(report->in_hand, ==, 0);
        g_assert_cmpuint(report->listeners->len, ==, 2); /* there cannot be more */
        listener = pool_report_find(report, "a", 4);
        g_assert_cmpstr(listener->state, ==, "BUSY");
        g_assert_cmpuint(listener->n_delivered, ==, 5);
        g_assert_cmpuint(listener->in_hand, ==, 60);
        g_assert_cmpuint(listener->given_usec, ==, 1000);
        g_assert_null(pool_report_find(report, "a", 5));
        pool_report_end(report);
        g_assert_null(pool_report_find(report, "a", 4));
        g_assert_false(report->is_current);
        g_assert_cmpuint(report->queued, ==, 0);
        g_assert_cmpuint(pool_report_total(report, POOL_COUNT_DELIVERED), ==, 7);
}

static void test_empty(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) m = new_message(bus);
        g_autoptr(PoolReport) report = pool_report_new();

        g_assert_cmpint(sd_bus_message_append(m, "a{sv}", 0), >=, 0);
        g_assert_cmpint(read_back(m, report), >=, 0);
        for (PoolCount count = 0; count < _POOL_COUNT_MAX; count++)
                g_assert_cmpuint(pool_report_total(report, count), ==, 0);
}

static void test_other_type(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) number = new_message(bus), list = new_message(bus);
        g_autoptr(PoolReport) report = pool_report_new();

        g_assert_cmpint(sd_bus_message_append(number, "a{sv}", 1, "delivered", "u", 1), >=, 0);
        g_assert_cmpint(read_back(number, report), <, 0);
        g_assert_cmpint(sd_bus_message_append(list, "a{sv}", 1, "listeners", "as", 1, "a"), >=, 0);
        g_assert_cmpint(read_back(list, report), <, 0);
}

/* What a host tells grows from report to report; another one begins at zero. */
static void test_succession(void)
{
        g_autoptr(PoolReport) first = pool_report_new(), same = pool_report_new();
        g_autoptr(PoolReport) other = pool_report_new(), third = pool_report_new();

        first->since = same->since = 1;
        other->since = 2;
        third->since = 3;
        first->counts[POOL_COUNT_RETRIED] = 4;
        same->counts[POOL_COUNT_RETRIED] = 6;
        other->counts[POOL_COUNT_RETRIED] = 10;
        pool_report_succeed(same, first);
        g_assert_cmpuint(pool_report_total(same, POOL_COUNT_RETRIED), ==, 6);
        pool_report_succeed(other, same);
        g_assert_cmpuint(pool_report_total(other, POOL_COUNT_RETRIED), ==, 16);
        pool_report_succeed(third, other);
        g_assert_cmpuint(pool_report_total(third, POOL_COUNT_RETRIED), ==, 16);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/pool-report/full", test_full);
        g_test_add_func("/pool-report/empty", test_empty);
        g_test_add_func("/pool-report/other-type", test_other_type);
        g_test_add_func("/pool-report/succession", test_succession);
        return g_test_run();
}
