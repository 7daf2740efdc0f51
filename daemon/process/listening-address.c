/* The resolver of libc cannot be told to hurry, nor be left once it has been called; a process can.
 */

#include "daemon/process/listening-address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "bus/clock.h"

typedef struct Found {
        int error; /* of getaddrinfo(3) */
        socklen_t size;
        struct sockaddr_storage address;
} Found;

static void look_up(const char *host, const char *port, int family, int flags, Found *ret)
{
        const struct addrinfo hints = {
                .ai_family = family,
                .ai_socktype = SOCK_STREAM,
                .ai_flags = AI_PASSIVE | flags,
        };
        struct addrinfo *list = NULL;

        *ret = (Found){ .error = getaddrinfo(host, port, &hints, &list) };
        if (ret->error != 0)
                return;
        ret->size = list->ai_addrlen;
        memcpy(&ret->address, list->ai_addr, list->ai_addrlen);
        freeaddrinfo(list);
}

/* Without asking anybody. EAI_NONAME: it is a name. */
static void look_here(const char *host, const char *port, int family, Found *ret)
{
        if (g_ascii_strcasecmp(host, "localhost") == 0)
                host = family == AF_INET6 ? "::1" : "127.0.0.1";
        look_up(*host ? host : NULL, port, family, AI_NUMERICHOST, ret);
}

static G_NORETURN void ask(const char *host, const char *port, int family, int answer)
{
        Found found;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        look_up(host, port, family, 0, &found);
        _exit(write(answer, &found, sizeof found) == sizeof found ? 0 : 1);
}

static bool wait_for(int fd, int patience_msec)
{
        const uint64_t end = clock_now_usec(CLOCK_MONOTONIC) + (uint64_t)patience_msec * 1000;
        struct pollfd answer = { .fd = fd, .events = POLLIN };
        uint64_t now;
        int r;

        do {
                now = clock_now_usec(CLOCK_MONOTONIC);
                r = poll(&answer, 1, now < end ? (int)((end - now + 999) / 1000) : 0);
        } while (r < 0 && errno == EINTR);
        return r > 0;
}

/* Who does not answer in time, or dies of it, has found nothing for now. */
static void ask_elsewhere(
                const char *host, const char *port, int family, int patience_msec, Found *ret)
{
        autofd reading = -1, writing = -1;
        int ends[2];
        pid_t pid;

        *ret = (Found){ .error = EAI_AGAIN };
        if (pipe2(ends, O_CLOEXEC) < 0)
                return;
        reading = ends[0];
        writing = ends[1];
        pid = fork();
        if (pid == 0)
                ask(host, port, family, writing);
        writing = fd_close(writing);
        if (pid < 0)
                return;
        if (!wait_for(reading, patience_msec) || read(reading, ret, sizeof *ret) != sizeof *ret)
                *ret = (Found){ .error = EAI_AGAIN };
        (void)kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

int listening_address_find(const char *host, const char *port, int family, int patience_msec,
                struct sockaddr_storage *ret, socklen_t *ret_size)
{
        Found found;

        look_here(host, port, family, &found);
        if (found.error == EAI_NONAME)
                ask_elsewhere(host, port, family, patience_msec, &found);
        if (found.error != 0)
                return found.error;
        *ret = found.address;
        *ret_size = found.size;
        return 0;
}
