/* A list of what is allowed, since one of what is forbidden is out of date with the next kernel.
 * What is unknown is refused with EPERM, not by death: a libc of tomorrow may try a new call, and
 * has to do without it on older kernels anyway. Calls whose arguments matter have rows of their
 * own. Reconnecting to the bus is part of serving, hence the calls for Unix sockets. */

#include "listener-host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
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

typedef struct Rule {
        int number;
        unsigned n_conditions;
        struct scmp_arg_cmp condition;
} Rule;

#define ARGUMENT_IS(number, which, value)                                                          \
        {                                                                                          \
                SCMP_SYS(number), 1,                                                               \
                {                                                                                  \
                        (which), SCMP_CMP_EQ, (value), 0                                           \
                }                                                                                  \
        }
#define ARGUMENT_LACKS(number, which, bits)                                                        \
        {                                                                                          \
                SCMP_SYS(number), 1,                                                               \
                {                                                                                  \
                        (which), SCMP_CMP_MASKED_EQ, (bits), 0                                     \
                }                                                                                  \
        }

static const Rule allowed[] = {
        /* descriptors that are there */
        { SCMP_SYS(read) },
        { SCMP_SYS(readv) },
        { SCMP_SYS(write) },
        { SCMP_SYS(writev) },
        { SCMP_SYS(pwritev2) },
        { SCMP_SYS(close) },
        { SCMP_SYS(dup) },
        { SCMP_SYS(dup3) },
        { SCMP_SYS(fcntl) },
        { SCMP_SYS(fstat) },
        ARGUMENT_IS(newfstatat, 3, AT_EMPTY_PATH), /* fstat of newer libcs */
        { SCMP_SYS(lseek) },
        ARGUMENT_IS(ioctl, 1, TCGETS), /* isatty */
        ARGUMENT_IS(ioctl, 1, FIONREAD),
        /* the loop */
        { SCMP_SYS(epoll_create1) },
        { SCMP_SYS(epoll_ctl) },
        { SCMP_SYS(epoll_wait) },
        { SCMP_SYS(epoll_pwait) },
        { SCMP_SYS(epoll_pwait2) },
        { SCMP_SYS(poll) },
        { SCMP_SYS(ppoll) },
        { SCMP_SYS(timerfd_create) },
        { SCMP_SYS(timerfd_settime) },
        { SCMP_SYS(signalfd4) },
        { SCMP_SYS(eventfd2) },
        /* the bus */
        ARGUMENT_IS(socket, 0, AF_UNIX),
        ARGUMENT_IS(socketpair, 0, AF_UNIX),
        { SCMP_SYS(bind) },
        { SCMP_SYS(connect) },
        { SCMP_SYS(getsockname) },
        { SCMP_SYS(getpeername) },
        { SCMP_SYS(getsockopt) },
        { SCMP_SYS(setsockopt) },
        { SCMP_SYS(sendto) },
        { SCMP_SYS(sendmsg) },
        { SCMP_SYS(recvfrom) },
        { SCMP_SYS(recvmsg) },
        { SCMP_SYS(shutdown) },
        ARGUMENT_IS(prctl, 0, PR_GET_NAME), /* sd-bus tells the bus who it is */
        /* memory that holds data */
        { SCMP_SYS(brk) },
        ARGUMENT_LACKS(mmap, 2, PROT_EXEC),
        ARGUMENT_LACKS(mprotect, 2, PROT_EXEC),
        { SCMP_SYS(munmap) },
        { SCMP_SYS(mremap) },
        { SCMP_SYS(madvise) },
        { SCMP_SYS(futex) },
        /* itself */
        { SCMP_SYS(getpid) },
        { SCMP_SYS(gettid) },
        { SCMP_SYS(getuid) },
        { SCMP_SYS(geteuid) },
        { SCMP_SYS(getgid) },
        { SCMP_SYS(getegid) },
        { SCMP_SYS(getrandom) },
        { SCMP_SYS(clock_gettime) },
        { SCMP_SYS(clock_getres) },
        { SCMP_SYS(clock_nanosleep) },
        { SCMP_SYS(gettimeofday) },
        { SCMP_SYS(time) },
        { SCMP_SYS(sched_yield) },
        { SCMP_SYS(uname) },
        { SCMP_SYS(sysinfo) },
        { SCMP_SYS(rt_sigaction) },
        { SCMP_SYS(rt_sigprocmask) },
        { SCMP_SYS(rt_sigreturn) },
        { SCMP_SYS(sigaltstack) },
        { SCMP_SYS(restart_syscall) },
        { SCMP_SYS(exit) },
        { SCMP_SYS(exit_group) },
};

/* Nobody who tries these is the host any more. */
static const int deadly[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
};

static int add_rules(scmp_filter_ctx filter)
{
        for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
                const Rule *rule = &allowed[i];
                int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->number,
                                rule->n_conditions, &rule->condition);

                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(deadly); i++) {
                int r = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);

                if (r < 0)
                        return r;
        }
        /* abort(3) signals its own process, and nothing else may be. */
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

static int filter_calls(void)
{
        scmp_filter_ctx filter;
        int r;

        if (!HAS_FILTER)
                return -ENOTSUP;
        filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        if (!filter)
                return -ENOMEM;
        r = add_rules(filter);
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
 * each listener, and the last would hold for the logs of listeners too. */
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

/* In this order; the filter, which forbids all of it, is the last. */
static const struct Wall {
        const char *name;
        int (*build)(void);
} walls[] = {
        { "no new privileges", forbid_new_privileges },
        { "no capabilities", drop_capabilities },
        { "resource limits", set_limits },
        { "the list of system calls", filter_calls },
};

void sandbox_enter(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(walls); i++) {
                int r = walls[i].build();

                if (r < 0)
                        log_debug("sandbox without %s: %s", walls[i].name, g_strerror(-r));
        }
}

bool sandbox_has_filter(void)
{
        return HAS_FILTER;
}
