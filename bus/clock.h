/* Clock: the time now, as everything here counts it. */
#pragma once

#include <stdint.h>
#include <time.h>

/* Microseconds of CLOCK_REALTIME, CLOCK_MONOTONIC and so on. */
static inline uint64_t clock_now_usec(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
