/* What this test and its children take. */

#include "daemon/process/usage.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#define BYTES ((size_t)16 * 1024 * 1024)
#define NSEC  UINT64_C(20000000)

static void test_cpu(void)
{
        uint64_t before = usage_cpu_nsec(getpid());
        volatile unsigned work = 0;

        g_assert_cmpuint(before, !=, USAGE_UNKNOWN);
        while (usage_cpu_nsec(getpid()) < before + NSEC)
                work++;
        g_assert_cmpuint(usage_cpu_nsec(getpid()), <, USAGE_UNKNOWN);
}

static void test_memory(void)
{
        uint64_t before = usage_memory_bytes(getpid());
        g_autofree char *memory = g_malloc(BYTES);
        uint64_t after;

        g_assert_cmpuint(before, !=, USAGE_UNKNOWN);
        memset(memory, 'x', BYTES);
        after = usage_memory_bytes(getpid());
        /* The kernel counts per processor, and adds up when that is some pages. */
        g_assert_cmpuint(after, >, before + BYTES / 2);
        g_assert_cmpuint(after, <, USAGE_UNKNOWN);
        g_assert_cmpint(memory[BYTES - 1], ==, 'x');
}

static void test_other(void)
{
        pid_t child = fork();

        if (child == 0) {
                pause();
                _exit(0);
        }
        g_assert_cmpuint(usage_cpu_nsec(child), !=, USAGE_UNKNOWN);
        g_assert_cmpuint(usage_memory_bytes(child), !=, USAGE_UNKNOWN);
        kill(child, SIGKILL);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        g_assert_cmpuint(usage_cpu_nsec(child), ==, USAGE_UNKNOWN);
        g_assert_cmpuint(usage_memory_bytes(child), ==, USAGE_UNKNOWN);
}

static void test_nobody(void)
{
        g_assert_cmpuint(usage_cpu_nsec(0), ==, USAGE_UNKNOWN);
        g_assert_cmpuint(usage_memory_bytes(0), ==, USAGE_UNKNOWN);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/usage/cpu", test_cpu);
        g_test_add_func("/usage/memory", test_memory);
        g_test_add_func("/usage/other", test_other);
        g_test_add_func("/usage/nobody", test_nobody);
        return g_test_run();
}
