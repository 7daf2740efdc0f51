/* What the live view makes of what the daemon says, from one look to the next. */

#include <stdbool.h>
#include <string.h>

#include "tools/ctl/process-list.h"
#include "tools/ctl/usage-list.h"
#include "tools/ctl/watch-rows.h"
#include "tools/ctl/watch-screen.h"
#include "tools/ctl/watch-table.h"

#define SECOND UINT64_C(1000000)
#define START  (UINT64_C(1000) * SECOND)

static void add(GPtrArray *processes, GPtrArray *usage, const char *name, pid_t pid,
                uint64_t cpu_msec, uint64_t memory)
{
        ProcessEntry *entry =
                        process_entry_new(name, name, pid > 0 ? PROCESS_RUNNING : PROCESS_STOPPED);
        const UsageEntry used = {
                .group = (char *)name,
                .process = (char *)name,
                .pid = pid,
                .cpu_nsec = pid > 0 ? cpu_msec * 1000000 : USAGE_UNKNOWN,
                .memory = pid > 0 ? memory : USAGE_UNKNOWN,
                .n_restarts = (uint32_t)memory % 10,
        };

        entry->pid = pid;
        entry->start_usec = pid > 0 ? START : 0;
        g_ptr_array_add(processes, entry);
        g_ptr_array_add(usage, usage_entry_new(&used));
}

/* seconds after the processes have started; cpu_msec is what "a" has used by then. */
static void look(WatchRows *rows, double seconds, pid_t pid_of_a, uint64_t cpu_msec)
{
        g_autoptr(GPtrArray) processes = g_ptr_array_new_with_free_func(process_entry_free);
        g_autoptr(GPtrArray) usage = g_ptr_array_new_with_free_func(usage_entry_free);
        g_autoptr(GPtrArray) pools = g_ptr_array_new_with_free_func(pool_lag_free);
        uint64_t usec = (uint64_t)(seconds * (double)SECOND);

        add(processes, usage, "a", pid_of_a, cpu_msec, 1001);
        add(processes, usage, "b", 0, 0, 0);
        add(processes, usage, "c", 30, 100, 5003);
        g_ptr_array_add(pools, pool_lag_new("c", 7));
        watch_rows_look(rows, &(WatchLook){ processes, usage, pools, START + usec, usec });
}

static const WatchRow *find(const WatchRows *rows, const char *name)
{
        for (unsigned i = 0; i < watch_rows_count(rows); i++)
                if (strcmp(watch_rows_at(rows, i)->name, name) == 0)
                        return watch_rows_at(rows, i);
        g_assert_not_reached();
}

static double cpu_of_a(const WatchRows *rows)
{
        return find(rows, "a")->cpu;
}

static void assert_near(double number, double expected)
{
        g_assert_cmpfloat_with_epsilon(number, expected, 0.01);
}

static void test_cpu(void)
{
        g_autoptr(WatchRows) rows = watch_rows_new();

        look(rows, 10, 20, 1000);
        assert_near(cpu_of_a(rows), 10); /* on average */
        look(rows, 11, 20, 1500);
        assert_near(cpu_of_a(rows), 50);
        look(rows, 11.1, 20, 1600); /* too soon to tell more */
        assert_near(cpu_of_a(rows), 50);
        look(rows, 13, 20, 1500);
        assert_near(cpu_of_a(rows), 0);
        look(rows, 14, 21, 2800); /* another process */
        assert_near(cpu_of_a(rows), 20);
        look(rows, 15, 0, 0);
        assert_near(cpu_of_a(rows), -1);
}

static void test_row(void)
{
        g_autoptr(WatchRows) rows = watch_rows_new();
        const WatchRow *row;

        look(rows, 10, 20, 1000);
        row = find(rows, "c");
        g_assert_cmpint(row->pid, ==, 30);
        g_assert_cmpuint(row->uptime_usec, ==, 10 * SECOND);
        g_assert_cmpuint(row->memory, ==, 5003);
        g_assert_cmpuint(row->n_restarts, ==, 3);
        g_assert_cmpuint(row->lag_events, ==, 7);
        row = find(rows, "b");
        g_assert_cmpuint(row->uptime_usec, ==, WATCH_UNKNOWN);
        g_assert_cmpuint(row->memory, ==, WATCH_UNKNOWN);
        g_assert_cmpuint(row->lag_events, ==, WATCH_UNKNOWN);
}

static void test_order(void)
{
        static const struct {
                WatchKey key;
                bool reverse;
                const char *order;
        } cases[] = {
                { WATCH_BY_NAME, false, "abc" },
                { WATCH_BY_NAME, true, "cba" },
                { WATCH_BY_STATE, false, "acb" },
                { WATCH_BY_CPU, false, "acb" },
                { WATCH_BY_CPU, true, "bca" },
                { WATCH_BY_MEMORY, false, "cab" },
                { WATCH_BY_UPTIME, false, "acb" },
                { WATCH_BY_RESTARTS, false, "cab" },
                { WATCH_BY_LAG, false, "cab" },
                { WATCH_BY_PID, false, "bac" },
        };
        g_autoptr(WatchRows) rows = watch_rows_new();

        look(rows, 10, 20, 1000);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                watch_rows_set_order(rows, cases[i].key, cases[i].reverse);
                for (unsigned k = 0; k < 3; k++)
                        g_assert_cmpint(watch_rows_at(rows, k)->name[0], ==, cases[i].order[k]);
        }
}

static void test_keys(void)
{
        for (WatchKey key = 0; key < _WATCH_KEY_MAX; key++)
                g_assert_cmpint(watch_key_from_string(watch_key_to_string(key)), ==, key);
        g_assert_cmpint(watch_key_from_string("size"), ==, _WATCH_KEY_INVALID);
}

static void test_texts(void)
{
        static const struct {
                uint64_t seconds;
                const char *text;
        } uptimes[] = {
                { 5, "0:00:05" },
                { 36000 + 23 * 60, "10:23:00" },
                { 3 * 86400 + 3723, "3d 1:02:03" },
        };
        static const struct {
                uint64_t bytes;
                const char *text;
        } sizes[] = {
                { 0, "0B" },
                { 1023, "1023B" },
                { 1536, "1.5K" },
                { UINT64_C(12) << 20, "12.0M" },
                { UINT64_C(3) << 40, "3.0T" },
        };
        g_autoptr(WatchRows) rows = watch_rows_new();
        g_autofree char *summary = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(uptimes); i++) {
                g_autofree char *text = watch_table_uptime(uptimes[i].seconds * SECOND);

                g_assert_cmpstr(text, ==, uptimes[i].text);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                g_autofree char *text = watch_table_size(sizes[i].bytes);

                g_assert_cmpstr(text, ==, sizes[i].text);
        }
        look(rows, 10, 20, 1000);
        summary = watch_table_summary(rows);
        g_assert_cmpstr(summary, ==, "3 processes: 1 STOPPED, 2 RUNNING");
}

static void test_presses(void)
{
        static const struct {
                const char *bytes;
                WatchPress press;
                size_t length;
        } cases[] = {
                { "q", WATCH_PRESS_QUIT, 1 },
                { "\033[Bq", WATCH_PRESS_DOWN, 3 },
                { "\033[5~", WATCH_PRESS_PAGE_UP, 4 },
                { "\033[24~", WATCH_PRESS_NONE, 5 },
                { "\033", WATCH_PRESS_NONE, 1 },
                { "xq", WATCH_PRESS_NONE, 1 },
                { "ä", WATCH_PRESS_NONE, 1 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                size_t length;

                g_assert_cmpint(watch_press_parse(cases[i].bytes, strlen(cases[i].bytes), &length),
                                ==, cases[i].press);
                g_assert_cmpuint(length, ==, cases[i].length);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/watch-rows/cpu", test_cpu);
        g_test_add_func("/ctl/watch-rows/row", test_row);
        g_test_add_func("/ctl/watch-rows/order", test_order);
        g_test_add_func("/ctl/watch-rows/keys", test_keys);
        g_test_add_func("/ctl/watch-rows/texts", test_texts);
        g_test_add_func("/ctl/watch-rows/presses", test_presses);
        return g_test_run();
}
