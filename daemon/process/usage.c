/* The clock of a process is one system call and counts in nanoseconds, where /proc has ticks of a
 * hundredth of a second. Its memory is in the shortest file of /proc: what would tell the shared
 * pages apart (smaps_rollup) makes the kernel walk through all of them. */

#include "daemon/process/usage.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "bus/cleanup.h"

uint64_t usage_cpu_nsec(pid_t pid)
{
        struct timespec time;
        clockid_t clock;

        /* To the kernel, 0 is whoever asks. */
        if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) < 0)
                return USAGE_UNKNOWN;
        return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

uint64_t usage_memory_bytes(pid_t pid)
{
        unsigned long resident;
        char text[128] = "";
        autofd fd = -1;
        ssize_t length;

        if (pid <= 0)
                return USAGE_UNKNOWN;
        (void)snprintf(text, sizeof text, "/proc/%d/statm", (int)pid);
        fd = open(text, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return USAGE_UNKNOWN;
        length = read(fd, text, sizeof text - 1);
        if (length < 0)
                return USAGE_UNKNOWN;
        text[length] = '\0';
        if (sscanf(text, "%*u %lu", &resident) != 1)
                return USAGE_UNKNOWN;
        return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
