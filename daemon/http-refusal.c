/* The writing half of a refused connection is closed at once, the whole of it a second later: with
 * bytes in it that nobody has read the kernel breaks it off, and a client that still writes would
 * learn no more than that. */

#include "daemon/http-refusal.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "config.h"
#include "daemon/output/main-log.h"

#define ACCEPTS_PER_TURN 16
#define LINGER_USEC      UINT64_C(1000000)

typedef struct Parting {
        int fd;
        uint64_t until_usec; /* CLOCK_MONOTONIC */
} Parting;

struct HttpRefusal {
        sd_event *event; /* borrowed */
        char *answer;
        GPtrArray *sources; /* of sd_event_source */
        sd_event_source *timer;
        Parting partings[HTTP_REFUSAL_MAX]; /* a ring */
        unsigned first, n;
};

static void free_source(void *source)
{
        sd_event_source_disable_unref(source);
}

static char *make_answer(const char *reason)
{
        g_autofree char *text = g_strdup_printf(
                        "%s; the main log of busvisord tells why. It will be tried again.\n",
                        reason);

        return g_strdup_printf("HTTP/1.1 503 %s\r\n"
                               "Server: busvisor/" PACKAGE_VERSION "\r\n"
                               "Connection: close\r\n"
                               "Content-Type: text/plain; charset=utf-8\r\n"
                               "Content-Length: %zu\r\n\r\n%s",
                        reason, strlen(text), text);
}

/* Who waits is looked at again when the timer has elapsed. */
static void set_watching(const HttpRefusal *refusal, bool watch)
{
        for (guint i = 0; i < refusal->sources->len; i++)
                (void)sd_event_source_set_enabled(
                                refusal->sources->pdata[i], watch ? SD_EVENT_ON : SD_EVENT_OFF);
}

static void arm(HttpRefusal *refusal, uint64_t usec)
{
        (void)sd_event_source_set_time(refusal->timer, usec);
        (void)sd_event_source_set_enabled(refusal->timer, SD_EVENT_ONESHOT);
}

static void pause_for_a_while(HttpRefusal *refusal)
{
        set_watching(refusal, false);
        if (refusal->n == 0)
                arm(refusal, clock_now_usec(CLOCK_MONOTONIC) + LINGER_USEC);
}

static void answer(HttpRefusal *refusal, int fd)
{
        Parting *parting = &refusal->partings[(refusal->first + refusal->n) % HTTP_REFUSAL_MAX];

        /* It is so short that it always fits into the buffer of a new connection. */
        (void)send(fd, refusal->answer, strlen(refusal->answer), MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        *parting = (Parting){ fd, clock_now_usec(CLOCK_MONOTONIC) + LINGER_USEC };
        if (refusal->n++ == 0)
                arm(refusal, parting->until_usec);
}

static int on_waiting(sd_event_source *source, int listening, uint32_t events, void *userdata)
{
        HttpRefusal *refusal = userdata;

        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
                int fd;

                if (refusal->n == HTTP_REFUSAL_MAX) {
                        pause_for_a_while(refusal);
                        return 0;
                }
                fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd >= 0)
                        answer(refusal, fd);
                else if (errno == EAGAIN)
                        return 0;
                else if (errno != ECONNABORTED && errno != EINTR) {
                        log_debug("cannot accept a connection: %s", g_strerror(errno));
                        pause_for_a_while(refusal);
                        return 0;
                }
        }
        return 0;
}

static void close_first(HttpRefusal *refusal)
{
        fd_close(refusal->partings[refusal->first].fd);
        refusal->first = (refusal->first + 1) % HTTP_REFUSAL_MAX;
        refusal->n--;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        HttpRefusal *refusal = userdata;
        uint64_t now = clock_now_usec(CLOCK_MONOTONIC);

        while (refusal->n > 0 && refusal->partings[refusal->first].until_usec <= now)
                close_first(refusal);
        if (refusal->n > 0)
                arm(refusal, refusal->partings[refusal->first].until_usec);
        set_watching(refusal, true);
        return 0;
}

HttpRefusal *http_refusal_new(sd_event *event, const char *reason)
{
        HttpRefusal *refusal = g_new0(HttpRefusal, 1);
        int r = sd_event_add_time(event, &refusal->timer, CLOCK_MONOTONIC, 0, 0, on_timer, refusal);

        g_assert(r >= 0);
        (void)sd_event_source_set_enabled(refusal->timer, SD_EVENT_OFF);
        refusal->event = event;
        refusal->answer = make_answer(reason);
        refusal->sources = g_ptr_array_new_with_free_func(free_source);
        return refusal;
}

HttpRefusal *http_refusal_free(HttpRefusal *refusal)
{
        if (!refusal)
                return NULL;
        while (refusal->n > 0)
                close_first(refusal);
        g_ptr_array_unref(refusal->sources);
        sd_event_source_disable_unref(refusal->timer);
        g_free(refusal->answer);
        g_free(refusal);
        return NULL;
}

void http_refusal_add(HttpRefusal *refusal, int fd)
{
        sd_event_source *source;
        int r = sd_event_add_io(refusal->event, &source, fd, EPOLLIN, on_waiting, refusal);

        g_assert(r >= 0);
        g_ptr_array_add(refusal->sources, source);
}

void http_refusal_clear(HttpRefusal *refusal)
{
        g_ptr_array_set_size(refusal->sources, 0);
}
