/* Starts and stops, over and over, leave nothing behind: no descriptors, no children, no zombies,
 * no memory. BUSVISOR_CYCLES says how often; a few hundred times by default. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/process/process-table.h"
#include "daemon/process/process.h"
#include "tests/unit/fixture.h"

#define DEFAULT_CYCLES 300
#define WARM_UP_CYCLES 60
/* The event log of the fixture is full after some hundred events; allocators keep some pages, and a
 * sanitizer that looks after stacks keeps those of what has returned, up to some MiB. */
#ifdef __SANITIZE_ADDRESS__
#define MAX_GROWTH_KIB 12288
#else
#define MAX_GROWTH_KIB 4096
#endif

/* What is freed is not kept for long, so that what grows is a leak. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
        return "quarantine_size_mb=1:thread_local_quarantine_size_kb=16";
}

typedef struct Kind {
        const char *name, *command;
        ProcessState up; /* it is stopped there; where it ends by itself, the last state */
        const char *directory;
        bool as_group, no_log; /* no_log: its log cannot be opened */
} Kind;

static const Kind kinds[] = {
        { .name = "stopped", .command = "/bin/sleep 1000", .up = PROCESS_RUNNING },
        { .name = "ends",
                        .command = "/bin/sh -c \"echo out; echo err >&2; exit 3\"",
                        .up = PROCESS_EXITED },
        { .name = "fails",
                        .command = "/bin/true",
                        .up = PROCESS_FATAL,
                        .directory = "/no/such/folder" },
        { .name = "unlogged", .command = "/bin/echo", .up = PROCESS_EXITED, .no_log = true },
        { .name = "missing", .command = "/no/such/program", .up = PROCESS_FATAL },
        { .name = "group",
                        .command = "/bin/sh -c \"sleep 1000 & sleep 1000 & echo; wait\"",
                        .up = PROCESS_RUNNING,
                        .as_group = true },
        { .name = "orphan",
                        .command = "/bin/sh -c \"(sleep 0 > /dev/null &) ; exec sleep 1000\"",
                        .up = PROCESS_RUNNING,
                        .as_group = true },
};

typedef struct Usage {
        unsigned descriptors, children;
        long rss_kib;
} Usage;

static unsigned count_descriptors(void)
{
        g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
        unsigned n = 0;

        while (g_dir_read_name(folder))
                n++;
        return n;
}

static long read_rss(void)
{
        g_autofree char *text = NULL;
        const char *line;

        g_assert_true(g_file_get_contents("/proc/self/status", &text, NULL, NULL));
        line = strstr(text, "VmRSS:");
        return line ? atol(line + strlen("VmRSS:")) : 0;
}

static unsigned count_living(void)
{
        g_autoptr(GArray) table = process_table_read();
        g_autoptr(GArray) below = process_table_below(table, getpid());

        return below->len;
}

/* Dead or alive; orphans that are about to end and to be reaped get their time. */
static unsigned count_children(const Fixture *fixture)
{
        siginfo_t info = {};

        while (count_living() > 0)
                if (sd_event_run(fixture->event, 5000000) <= 0)
                        break;
        while (sd_event_run(fixture->event, 0) > 0)
                ;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
                return MAX(count_living(), 1);
        g_assert_cmpint(errno, ==, ECHILD);
        return 0;
}

static Usage measure(const Fixture *fixture)
{
        return (Usage){
                .children = count_children(fixture),
                .descriptors = count_descriptors(),
                .rss_kib = read_rss(),
        };
}

static Fixture *make_programs(const char *folder)
{
        GroupConfig *group = fixture_group_config(GROUP_PROGRAM, "g", 999);

        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
                ProcessConfig *config = fixture_process_config(kinds[i].name, kinds[i].command);

                config->startretries = 0;
                config->stopasgroup = config->killasgroup = kinds[i].as_group;
                config->directory = g_strdup(kinds[i].directory);
                config->output.logfile = g_build_filename(
                                folder, kinds[i].no_log ? "missing/out" : "out", NULL);
                config->error.logfile = g_build_filename(folder, "err", NULL);
                config->output.logfile_maxbytes = config->error.logfile_maxbytes = 1000;
                fixture_group_add(group, config);
        }
        return fixture_new(group, NULL);
}

static void cycle(const Fixture *fixture, const Kind *kind)
{
        Process *process = fixture_process(fixture, "g", kind->name);

        process_start(process);
        fixture_run_until(fixture, process, kind->up);
        process_stop(process);
        while (!process_state_is_stopped(process_state(process)))
                g_assert_cmpint(sd_event_run(fixture->event, 30000000), >, 0);
}

static void test_cycles(void)
{
        const char *wanted = g_getenv("BUSVISOR_CYCLES");
        long cycles = wanted ? atol(wanted) : DEFAULT_CYCLES;
        char *folder = fixture_folder_new();
        Fixture *fixture = make_programs(folder);
        Usage before, after;

        for (long i = 0; i < WARM_UP_CYCLES; i++)
                cycle(fixture, &kinds[i % G_N_ELEMENTS(kinds)]);
        before = measure(fixture);
        for (long i = 0; i < cycles; i++)
                cycle(fixture, &kinds[i % G_N_ELEMENTS(kinds)]);
        after = measure(fixture);
        g_test_message("%ld cycles: descriptors %u to %u, children %u to %u, VmRSS %ld to %ld KiB",
                        cycles, before.descriptors, after.descriptors, before.children,
                        after.children, before.rss_kib, after.rss_kib);
        g_assert_cmpuint(after.descriptors, ==, before.descriptors);
        g_assert_cmpuint(before.children, ==, 0);
        g_assert_cmpuint(after.children, ==, 0);
        g_assert_cmpint(after.rss_kib - before.rss_kib, <, MAX_GROWTH_KIB);
        fixture_free(fixture);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/process-cycles/leave-nothing", test_cycles);
        return g_test_run();
}
