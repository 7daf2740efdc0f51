/* Only calls that are safe in a vfork child: no allocation, no stdio, no locks, nothing that
 * changes the parent's memory but *failure and *pid_text. Dispositions are reset first, while all
 * signals are blocked, so no handler of the parent can run here. */

#include "daemon/process/child-setup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib.h>

/* The kernel's own call, since libc's leaves out two numbers that it uses itself and that may have
 * been inherited as ignored. */
CHILD_SIDE static long kernel_sigaction(int number, const void *action, void *ret_before)
{
        return syscall(SYS_rt_sigaction, number, action, ret_before, _NSIG / 8);
}

uint64_t child_setup_find_default_signals(void)
{
        uint64_t found = 0;

        for (int number = 1; number < _NSIG; number++) {
                /* The kernel's struct begins with the handler. */
                void (*action[16])(int) = { SIG_DFL };

                if (kernel_sigaction(number, NULL, action) == 0 && action[0] == SIG_DFL)
                        found |= UINT64_C(1) << (number - 1);
        }
        return found;
}

/* Programs expect defaults; what busvisord or who started it ignores is not for them. All zeros are
 * SIG_DFL without flags. */
CHILD_SIDE static void reset_dispositions(uint64_t default_already)
{
        const unsigned long defaults[16] = { 0 };

        for (int number = 1; number < _NSIG; number++)
                if (!(default_already & UINT64_C(1) << (number - 1)))
                        (void)kernel_sigaction(number, defaults, NULL);
}

CHILD_SIDE static bool set_session(const ChildSetup *setup)
{
        return setup->new_session ? setsid() >= 0 : setpgid(0, 0) == 0;
}

/* Below `above` nothing may be kept that another one is about to replace. */
CHILD_SIDE static int out_of_the_way(int fd, int above)
{
        return fd < 0 || fd >= above ? fd : fcntl(fd, F_DUPFD_CLOEXEC, above);
}

/* Sources may lie anywhere, 0 to 2 and those to come included. */
CHILD_SIDE static bool set_descriptors(const ChildSetup *setup)
{
        int sources[3 + CHILD_EXTRA_MAX];
        int wanted = 3 + (int)setup->n_extra_descriptors;
        int null = -1;

        for (int i = 0; i < wanted; i++) {
                sources[i] = i < 3 ? setup->descriptors[i] : setup->extra_descriptors[i - 3];
                if (sources[i] < 0 && null < 0)
                        null = out_of_the_way(open("/dev/null", O_RDWR | O_CLOEXEC), wanted);
                sources[i] = sources[i] < 0 ? null : out_of_the_way(sources[i], wanted);
                if (sources[i] < 0)
                        return false;
        }
        for (int i = 0; i < wanted; i++)
                if (dup2(sources[i], i) < 0)
                        return false;
        /* Marks instead of closing: an error must still be able to reach the parent's log. */
        return close_range(wanted, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* The raw calls: the ones of libc would try to tell other threads, in memory that is the parent's.
 */
CHILD_SIDE static bool set_user(const ChildSetup *setup)
{
        if (!setup->change_user)
                return true;
        return syscall(SYS_setgroups, setup->n_groups, setup->groups) == 0 &&
               syscall(SYS_setresgid, setup->gid, setup->gid, setup->gid) == 0 &&
               syscall(SYS_setresuid, setup->uid, setup->uid, setup->uid) == 0;
}

/* After the change of the user, at which the kernel forgets it. A parent that has died before that
 * will not die again. */
CHILD_SIDE static bool set_death_signal(const ChildSetup *setup, pid_t parent)
{
        if (setup->parent_death_signal <= 0)
                return true;
        if (prctl(PR_SET_PDEATHSIG, setup->parent_death_signal) < 0)
                return false;
        if (getppid() != parent)
                _exit(127);
        return true;
}

CHILD_SIDE static void write_pid(char *text)
{
        char digits[16];
        int n = 0;

        if (!text)
                return;
        for (pid_t pid = getpid(); pid > 0; pid /= 10)
                digits[n++] = '0' + pid % 10;
        for (int i = 0; i < n; i++)
                text[i] = digits[n - 1 - i];
        text[n] = '\0';
}

/* As execvp(3) goes along PATH. errno is that of the first file, which an error will name. */
CHILD_SIDE static void execute(const ChildSetup *setup)
{
        int first_error;

        execve(setup->file, setup->arguments, setup->environment);
        first_error = errno;
        for (char *const *file = setup->fallbacks; file && *file; file++) {
                if (errno != EACCES && errno != ENOENT && errno != ENOTDIR)
                        break;
                execve(*file, setup->arguments, setup->environment);
        }
        errno = first_error;
}

CHILD_SIDE static ChildStep run_until_exec(const ChildSetup *setup, pid_t parent)
{
        if (!set_session(setup))
                return CHILD_STEP_SESSION;
        if (!set_descriptors(setup))
                return CHILD_STEP_DESCRIPTORS;
        if (setup->descriptor_limit && setrlimit(RLIMIT_NOFILE, setup->descriptor_limit) < 0)
                return CHILD_STEP_LIMITS;
        if (!set_user(setup))
                return CHILD_STEP_USER;
        if (!set_death_signal(setup, parent))
                return CHILD_STEP_DEATH_SIGNAL;
        if (setup->directory && chdir(setup->directory) < 0)
                return CHILD_STEP_DIRECTORY;
        if (setup->umask >= 0)
                umask(setup->umask);
        write_pid(setup->pid_text);
        (void)sigprocmask(SIG_SETMASK, setup->signal_mask, NULL);
        execute(setup);
        return CHILD_STEP_EXEC;
}

CHILD_SIDE void child_setup_run(const ChildSetup *setup, pid_t parent, ChildFailure *failure)
{
        reset_dispositions(setup->default_signals);
        failure->step = run_until_exec(setup, parent);
        failure->error = errno;
        _exit(127);
}

static char *hint(const ChildFailure *failure, const ChildSetup *setup)
{
        if (failure->error == EACCES && setup->change_user)
                return g_strdup_printf(" (for user %u)", (unsigned)setup->uid);
        if (failure->step != CHILD_STEP_EXEC)
                return g_strdup("");
        if (failure->error == ENOEXEC)
                return g_strdup(" (neither a program for this machine nor a script that begins with "
                                "#!)");
        if (failure->error == ENOENT && *setup->file == '/' && access(setup->file, F_OK) == 0)
                return g_strdup(" (its interpreter is not there)");
        return g_strdup("");
}

char *child_failure_to_string(const ChildFailure *failure, const ChildSetup *setup)
{
        const char *name = strerrorname_np(failure->error);
        g_autofree char *more = hint(failure, setup);

        switch (failure->step) {
        case CHILD_STEP_SESSION:
                return g_strdup_printf("couldn't make a process group: %s", name);
        case CHILD_STEP_DESCRIPTORS:
                return g_strdup_printf("couldn't set up stdin, stdout and stderr: %s", name);
        case CHILD_STEP_LIMITS:
                return g_strdup_printf("couldn't set RLIMIT_NOFILE: %s", name);
        case CHILD_STEP_USER:
                return g_strdup_printf("couldn't setuid to %u: %s", (unsigned)setup->uid, name);
        case CHILD_STEP_DEATH_SIGNAL:
                return g_strdup_printf("couldn't set the parent death signal: %s", name);
        case CHILD_STEP_DIRECTORY:
                return g_strdup_printf("couldn't chdir to %s: %s%s", setup->directory, name, more);
        case CHILD_STEP_EXEC:
                return g_strdup_printf("couldn't exec %s: %s%s", setup->arguments[0], name, more);
        case CHILD_STEP_NONE:
                break;
        }
        return g_strdup("");
}
