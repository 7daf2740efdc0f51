/* Children that nobody of ours has made. */

#include "daemon/process/orphans.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"

static int on_busy(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        return 0;
}

/* One that has ended, and is to be reaped. */
static pid_t make_zombie(void)
{
        siginfo_t info;
        pid_t pid = fork();

        if (pid == 0)
                _exit(3);
        g_assert_cmpint(pid, >, 0);
        g_assert_cmpint(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), ==, 0);
        return pid;
}

static void run(sd_event *event, unsigned rounds)
{
        for (unsigned i = 0; i < rounds; i++)
                g_assert_cmpint(sd_event_run(event, 0), >, 0);
}

/* As where programs write without a pause. */
static void test_busy_loop(void)
{
        g_autoptr(Orphans) orphans = NULL;
        autofd readable = eventfd(1, EFD_CLOEXEC);
        sd_event_source *busy = NULL;
        sd_event *event = NULL;
        sigset_t child;
        pid_t pid;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, NULL);
        g_assert_cmpint(sd_event_new(&event), >=, 0);
        g_assert_cmpint(orphans_new(event, &orphans), >=, 0);
        g_assert_cmpint(sd_event_add_io(event, &busy, readable, EPOLLIN, on_busy, NULL), >=, 0);
        run(event, 10);
        pid = make_zombie();
        run(event, 10);
        g_assert_cmpint(kill(pid, 0), ==, -1);
        g_assert_cmpint(errno, ==, ESRCH);
        sd_event_source_disable_unref(busy);
        g_clear_pointer(&orphans, orphans_free);
        sd_event_unref(event);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/orphans/busy-loop", test_busy_loop);
        return g_test_run();
}
