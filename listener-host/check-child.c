/* The pipe to its stdin can be asked how much lies in it, which shows whether it reads all of an
 * event. */

#include "listener-host/check-child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define READ_BYTES 65536

/* More is not kept until it is taken away: who waits for the end of a listener that writes without
 * one looks at the beginning only. */
#define SAID_MAX_BYTES (1024 * 1024)

/* What may lie in the pipe when it has ended; what others that hold it write later is not its. */
#define LAST_READS 1024

struct CheckChild {
        pid_t pid;
        int to_stdin, from_stdout;
        GByteArray *unsent;
        GByteArray *said;
        sd_event_source *stdin_source, *stdout_source, *exit_source;
        sd_event *loop; /* borrowed */
        bool stdin_is_broken;
        bool has_ended;
        bool ended_well;
        char *end_text;
};

static void close_stdin(CheckChild *child)
{
        child->stdin_source = sd_event_source_disable_unref(child->stdin_source);
        child->to_stdin = fd_close(child->to_stdin);
        g_byte_array_set_size(child->unsent, 0);
}

static void close_stdout(CheckChild *child)
{
        child->stdout_source = sd_event_source_disable_unref(child->stdout_source);
        child->from_stdout = fd_close(child->from_stdout);
}

static void write_unsent(CheckChild *child)
{
        ssize_t n = 0;

        while (child->unsent->len > 0 && n >= 0) {
                n = write(child->to_stdin, child->unsent->data, child->unsent->len);
                if (n > 0)
                        g_byte_array_remove_range(child->unsent, 0, n);
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
                child->stdin_is_broken = true;
                close_stdin(child);
                return;
        }
        sd_event_source_set_enabled(
                        child->stdin_source, child->unsent->len > 0 ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int on_stdin_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        write_unsent(userdata);
        return 0;
}

/* False when there is nothing more at present. */
static bool read_stdout(CheckChild *child)
{
        char data[READ_BYTES];
        ssize_t n = read(child->from_stdout, data, sizeof data);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return false;
        if (n <= 0) {
                close_stdout(child);
                return false;
        }
        if (child->said->len < SAID_MAX_BYTES)
                g_byte_array_append(child->said, (const guint8 *)data, n);
        return true;
}

static int on_stdout_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        read_stdout(userdata);
        return 0;
}

static int on_child_exit(sd_event_source *source, const siginfo_t *info, void *userdata)
{
        CheckChild *child = userdata;

        for (int i = 0; i < LAST_READS && child->from_stdout >= 0; i++)
                if (!read_stdout(child))
                        break;
        child->has_ended = true;
        child->ended_well = info->si_code == CLD_EXITED && info->si_status == 0;
        if (info->si_code == CLD_EXITED)
                child->end_text = g_strdup_printf("exited with status %d", info->si_status);
        else
                child->end_text = g_strdup_printf("was killed by SIG%s",
                                sigabbrev_np(info->si_status) ? sigabbrev_np(info->si_status)
                                                              : "?");
        return 0;
}

/* As busvisord starts listeners: a process group of its own, signals as usual. */
static int set_attributes(posix_spawnattr_t *attributes)
{
        sigset_t all, none;
        int r;

        sigfillset(&all);
        sigemptyset(&none);
        r = posix_spawnattr_setflags(attributes,
                        POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        if (r == 0)
                r = posix_spawnattr_setsigdefault(attributes, &all);
        return r == 0 ? posix_spawnattr_setsigmask(attributes, &none) : r;
}

/* Supervisor's variables; how its daemon can be reached, where it can, is taken from ours. */
static char **child_environment(void)
{
        char **environment = g_get_environ();

        environment = g_environ_setenv(environment, "SUPERVISOR_ENABLED", "1", true);
        environment = g_environ_setenv(environment, "SUPERVISOR_PROCESS_NAME", "check", true);
        return g_environ_setenv(environment, "SUPERVISOR_GROUP_NAME", "check", true);
}

static int spawn_with(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                char **arguments, int in, int out, pid_t *ret)
{
        g_auto(GStrv) environment = child_environment();
        int r = posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);

        if (r == 0)
                r = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
        if (r == 0)
                r = set_attributes(attributes);
        if (r == 0)
                r = posix_spawnp(ret, arguments[0], actions, attributes, arguments, environment);
        return -r;
}

static int spawn(char **arguments, int in, int out, pid_t *ret)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        int r = -posix_spawn_file_actions_init(&actions);

        if (r < 0)
                return r;
        r = -posix_spawnattr_init(&attributes);
        if (r == 0) {
                r = spawn_with(&actions, &attributes, arguments, in, out, ret);
                posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
        return r;
}

static int watch(CheckChild *child)
{
        int r;

        if (fcntl(child->to_stdin, F_SETFL, O_NONBLOCK) < 0 ||
                        fcntl(child->from_stdout, F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        r = sd_event_add_io(child->loop, &child->stdin_source, child->to_stdin, EPOLLOUT,
                        on_stdin_writable, child);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(child->stdin_source, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_add_io(child->loop, &child->stdout_source, child->from_stdout, EPOLLIN,
                        on_stdout_readable, child);
        if (r < 0)
                return r;
        return sd_event_add_child(child->loop, &child->exit_source, child->pid, WEXITED,
                        on_child_exit, child);
}

int check_child_new(sd_event *loop, char **arguments, CheckChild **ret)
{
        g_autoptr(CheckChild) child = g_new0(CheckChild, 1);
        int in[2], out[2], r;
        autofd its_stdin = -1;
        autofd its_stdout = -1;

        child->loop = loop;
        child->to_stdin = child->from_stdout = -1;
        child->unsent = g_byte_array_new();
        child->said = g_byte_array_new();
        if (pipe2(in, O_CLOEXEC) < 0)
                return -errno;
        its_stdin = in[0];
        child->to_stdin = in[1];
        if (pipe2(out, O_CLOEXEC) < 0)
                return -errno;
        child->from_stdout = out[0];
        its_stdout = out[1];
        r = spawn(arguments, its_stdin, its_stdout, &child->pid);
        if (r < 0)
                return r;
        r = watch(child);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&child);
        return 0;
}

CheckChild *check_child_free(CheckChild *child)
{
        if (!child)
                return NULL;
        sd_event_source_disable_unref(child->exit_source);
        if (child->pid > 0) {
                kill(-child->pid, SIGKILL);
                if (!child->has_ended)
                        waitpid(child->pid, NULL, 0);
        }
        close_stdin(child);
        close_stdout(child);
        g_byte_array_unref(child->unsent);
        g_byte_array_unref(child->said);
        g_free(child->end_text);
        g_free(child);
        return NULL;
}

int check_child_turn(CheckChild *child, uint64_t timeout_usec)
{
        int r = sd_event_run(child->loop, timeout_usec);

        if (r >= 0 && sd_event_get_state(child->loop) == SD_EVENT_FINISHED)
                return -ECANCELED;
        return r;
}

GByteArray *check_child_said(CheckChild *child)
{
        return child->said;
}

bool check_child_has_closed_stdin(const CheckChild *child)
{
        return child->stdin_is_broken;
}

bool check_child_has_closed_stdout(const CheckChild *child)
{
        return child->from_stdout < 0;
}

bool check_child_has_ended(const CheckChild *child)
{
        return child->has_ended;
}

const char *check_child_end_text(const CheckChild *child)
{
        return child->end_text;
}

bool check_child_ended_well(const CheckChild *child)
{
        return child->ended_well;
}

void check_child_write(CheckChild *child, const void *data, size_t size)
{
        if (child->to_stdin < 0)
                return;
        g_byte_array_append(child->unsent, data, size);
        write_unsent(child);
}

size_t check_child_unread(const CheckChild *child)
{
        int n = 0;

        if (child->to_stdin < 0 || ioctl(child->to_stdin, FIONREAD, &n) < 0)
                return 0;
        return child->unsent->len + n;
}

void check_child_close_stdin(CheckChild *child)
{
        close_stdin(child);
}

void check_child_signal(CheckChild *child, int number)
{
        if (!child->has_ended)
                kill(-child->pid, number);
}
