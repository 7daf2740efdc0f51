/* What /proc says of this test and of its children. */

#include "daemon/process/process-table.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child in a group of its own, with a name that would break a simple parser; and a dead one in
 * the same group. Answers when both are as they should be. */
static pid_t make_group(pid_t *ret_dead)
{
        int ready[2];
        char byte;
        pid_t leader, dead;
        siginfo_t info;

        g_assert_cmpint(pipe(ready), ==, 0);
        leader = fork();
        if (leader == 0) {
                setpgid(0, 0);
                prctl(PR_SET_NAME, "a) Z 1\n(b");
                (void)!write(ready[1], "", 1);
                pause();
                _exit(0);
        }
        g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
        dead = fork();
        if (dead == 0) {
                setpgid(0, leader);
                _exit(0);
        }
        g_assert_cmpint(waitid(P_PID, dead, &info, WEXITED | WNOWAIT), ==, 0);
        close(ready[0]);
        close(ready[1]);
        *ret_dead = dead;
        return leader;
}

static void test_group(void)
{
        pid_t dead, leader = make_group(&dead);
        g_autoptr(GArray) table = process_table_read();
        g_autoptr(GArray) group = process_table_in_group(table, leader);
        g_autoptr(GArray) below = process_table_below(table, getpid());
        const ProcessEntry *entry = &g_array_index(group, ProcessEntry, 0);

        g_assert_cmpuint(group->len, ==, 1);
        g_assert_cmpint(entry->pid, ==, leader);
        g_assert_cmpint(entry->parent, ==, getpid());
        g_assert_cmpstr(entry->name, ==, "a) Z 1?(b");
        g_assert_cmpuint(below->len, ==, 1);
        g_assert_cmpint(g_array_index(below, ProcessEntry, 0).pid, ==, leader);
        kill(leader, SIGKILL);
        g_assert_cmpint(waitpid(leader, NULL, 0), ==, leader);
        g_assert_cmpint(waitpid(dead, NULL, 0), ==, dead);
}

static void test_below(void)
{
        static const ProcessEntry entries[] = {
                { .pid = 30, .parent = 20 },
                { .pid = 20, .parent = 10 },
                { .pid = 10, .parent = 1 },
                { .pid = 40, .parent = 1 },
        };
        g_autoptr(GArray) table = g_array_new(false, false, sizeof(ProcessEntry));
        g_autoptr(GArray) below = NULL;

        g_array_append_vals(table, entries, G_N_ELEMENTS(entries));
        below = process_table_below(table, 10);
        g_assert_cmpuint(below->len, ==, 2);
        g_assert_cmpint(g_array_index(below, ProcessEntry, 0).pid, ==, 20);
        g_assert_cmpint(g_array_index(below, ProcessEntry, 1).pid, ==, 30);
}

static void test_text(void)
{
        static const ProcessEntry entries[] = { { .pid = 30, .name = "sh" },
                { .pid = 20, .name = "sleep" }, { .pid = 10, .name = "x" } };
        g_autoptr(GArray) table = g_array_new(false, false, sizeof(ProcessEntry));
        g_autofree char *all = NULL;
        g_autofree char *some = NULL;

        g_array_append_vals(table, entries, G_N_ELEMENTS(entries));
        all = process_table_to_string(table, 3);
        some = process_table_to_string(table, 1);
        g_assert_cmpstr(all, ==, "30 (sh), 20 (sleep), 10 (x)");
        g_assert_cmpstr(some, ==, "30 (sh) and 2 more");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/process-table/group", test_group);
        g_test_add_func("/process-table/below", test_below);
        g_test_add_func("/process-table/text", test_text);
        return g_test_run();
}
