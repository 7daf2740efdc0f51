/* A list of what is allowed, since one of what is forbidden is out of date with the next kernel.
 * What is unknown is refused with EPERM, not by death: a libc of tomorrow may try a new call, and
 * has to do without it on older kernels anyway. Calls whose arguments matter have rows of their
 * own. What every host does is listed here: a loop, and a bus that may have to be connected to
 * again, hence the calls for Unix sockets. */

#include "bus/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib.h>

#include "bus/host-log.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

/* Others have calls of other names and forms: a list for them wants to be tried on them. */
#if (defined(__x86_64__) && defined(__LP64__)) || defined(__aarch64__)
#define HAS_FILTER !IS_SANITIZED
#else
#define HAS_FILTER false
#endif

static const SandboxRule common[] = {
        /* descriptors that are there */
        SANDBOX_ALLOW(read),
        SANDBOX_ALLOW(readv),
        SANDBOX_ALLOW(write),
        SANDBOX_ALLOW(writev),
        SANDBOX_ALLOW(close),
        SANDBOX_ALLOW(fcntl),
        SANDBOX_ALLOW(fstat),
        SANDBOX_ALLOW_WHERE(newfstatat, 3, AT_EMPTY_PATH), /* fstat of newer libcs */
        SANDBOX_ALLOW_WHERE(ioctl, 1, TCGETS),             /* isatty */
        SANDBOX_ALLOW_WHERE(ioctl, 1, FIONREAD),
        /* the loop */
        SANDBOX_ALLOW(epoll_create1),
        SANDBOX_ALLOW(epoll_ctl),
        SANDBOX_ALLOW(epoll_wait),
        SANDBOX_ALLOW(epoll_pwait),
        SANDBOX_ALLOW(epoll_pwait2),
        SANDBOX_ALLOW(poll),
        SANDBOX_ALLOW(ppoll),
        SANDBOX_ALLOW(timerfd_create),
        SANDBOX_ALLOW(timerfd_settime),
        SANDBOX_ALLOW(signalfd4),
        SANDBOX_ALLOW(eventfd2),
        /* the bus */
        SANDBOX_ALLOW_WHERE(socket, 0, AF_UNIX),
        SANDBOX_ALLOW_WHERE(socketpair, 0, AF_UNIX),
        SANDBOX_ALLOW(bind),
        SANDBOX_ALLOW(connect),
        SANDBOX_ALLOW(getsockname),
        SANDBOX_ALLOW(getpeername),
        SANDBOX_ALLOW(getsockopt),
        SANDBOX_ALLOW(setsockopt),
        SANDBOX_ALLOW(sendto),
        SANDBOX_ALLOW(sendmsg),
        SANDBOX_ALLOW(recvfrom),
        SANDBOX_ALLOW(recvmsg),
        SANDBOX_ALLOW(shutdown),
        SANDBOX_ALLOW_WHERE(prctl, 0, PR_GET_NAME), /* sd-bus tells the bus who it is */
        /* memory that holds data */
        SANDBOX_ALLOW(brk),
        SANDBOX_ALLOW_WITHOUT(mmap, 2, PROT_EXEC),
        SANDBOX_ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
        SANDBOX_ALLOW(munmap),
        SANDBOX_ALLOW(mremap),
        SANDBOX_ALLOW(madvise),
        SANDBOX_ALLOW(futex),
        /* itself */
        SANDBOX_ALLOW(getpid),
        SANDBOX_ALLOW(gettid),
        SANDBOX_ALLOW(getuid),
        SANDBOX_ALLOW(geteuid),
        SANDBOX_ALLOW(getgid),
        SANDBOX_ALLOW(getegid),
        SANDBOX_ALLOW(getrandom),
        SANDBOX_ALLOW(clock_gettime),
        SANDBOX_ALLOW(clock_getres),
        SANDBOX_ALLOW(clock_nanosleep),
        SANDBOX_ALLOW(gettimeofday),
        SANDBOX_ALLOW(time),
        SANDBOX_ALLOW(sched_yield),
        SANDBOX_ALLOW(uname),
        SANDBOX_ALLOW(sysinfo),
        SANDBOX_ALLOW(rt_sigaction),
        SANDBOX_ALLOW(rt_sigprocmask),
        SANDBOX_ALLOW(rt_sigreturn),
        SANDBOX_ALLOW(sigaltstack),
        SANDBOX_ALLOW(restart_syscall),
        SANDBOX_ALLOW(exit),
        SANDBOX_ALLOW(exit_group),
};

/* Nobody who tries these is the host any more. */
static const int deadly[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
};

static int allow(scmp_filter_ctx filter, const SandboxRule *rules, size_t n_rules)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n_rules; i++)
                r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].number,
                                rules[i].n_conditions, &rules[i].condition);
        return r;
}

static int add_rules(scmp_filter_ctx filter, const SandboxRule *own, size_t n_own)
{
        int r = allow(filter, common, G_N_ELEMENTS(common));

        if (r >= 0)
                r = allow(filter, own, n_own);
        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(deadly); i++)
                r = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
        if (r < 0)
                return r;
        /* abort(3) signals its own process, and nothing else may be. */
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int filter_calls(const SandboxRule *own, size_t n_own)
{
        scmp_filter_ctx filter;
        int r;

        if (!HAS_FILTER)
                return -ENOTSUP;
        filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        if (!filter)
                return -ENOMEM;
        r = add_rules(filter, own, n_own);
        if (r >= 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        return r;
}

/* The bounding set while there are capabilities that allow it. */
static int drop_capabilities(void)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

        for (unsigned long number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
                (void)prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
        (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

/* Descriptors, memory and the size of files are as the daemon's: of the first there are two for
 * each listener and one for each client, and the last would hold for the logs of listeners too. */
static int set_limits(void)
{
        static const int nothing[] = { RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE,
                RLIMIT_RTPRIO };
        const struct rlimit none = { 0, 0 };

        for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++)
                if (setrlimit(nothing[i], &none) < 0)
                        return -errno;
        if (!IS_SANITIZED && setrlimit(RLIMIT_NPROC, &none) < 0)
                return -errno;
        return 0;
}

static int forbid_new_privileges(void)
{
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static void note(const char *wall, int r)
{
        if (r < 0)
                log_debug("sandbox without %s: %s", wall, g_strerror(-r));
}

/* In this order: the filter forbids all the rest. */
void sandbox_enter(const SandboxRule *own, size_t n_own)
{
        note("no new privileges", forbid_new_privileges());
        note("no capabilities", drop_capabilities());
        note("resource limits", set_limits());
        note("the list of system calls", filter_calls(own, n_own));
}

bool sandbox_has_filter(void)
{
        return HAS_FILTER;
}
