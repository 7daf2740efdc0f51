/* Sources are made with the first trouble: most logs never have any, and what is no pipe cannot be
 * waited for but always takes everything. */

#include "listener-host/listener-log.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"

/* What comes faster than that is gathered, but not more than so much. */
#define PAUSE_USEC          (10 * UINT64_C(1000))
#define PAUSE_ACCURACY_USEC UINT64_C(1000)
#define GATHER_BYTES        3072

#define PATIENCE_USEC          (2 * UINT64_C(1000000))
#define PATIENCE_ACCURACY_USEC (100 * UINT64_C(1000))

struct ListenerLog {
        sd_event *loop;   /* borrowed */
        const char *name; /* borrowed */
        int fd;
        void (*on_ready)(void *userdata);
        void *userdata;
        GByteArray *rest;       /* that it has not been given, or has not taken yet */
        uint64_t written_usec;  /* CLOCK_MONOTONIC: the last time */
        sd_event_source *pause; /* until it is given what was gathered */
        sd_event_source *writable, *patience;
        bool is_stuck;  /* done without until it takes something */
        bool is_broken; /* the last write failed, and it was said */
};

ListenerLog *listener_log_new(sd_event *loop, const char *name, int fd,
                void (*on_ready)(void *userdata), void *userdata)
{
        ListenerLog *log = g_new0(ListenerLog, 1);

        log->loop = loop;
        log->name = name;
        log->fd = fd;
        log->on_ready = on_ready;
        log->userdata = userdata;
        log->rest = g_byte_array_new();
        return log;
}

static uint64_t now_usec(const ListenerLog *log)
{
        uint64_t now = 0;

        (void)sd_event_now(log->loop, CLOCK_MONOTONIC, &now);
        return now;
}

static void stop_waiting(ListenerLog *log)
{
        log->writable = sd_event_source_disable_unref(log->writable);
        log->patience = sd_event_source_disable_unref(log->patience);
        g_byte_array_set_size(log->rest, 0);
}

/* It is said once. */
static void report_broken(ListenerLog *log, int error)
{
        if (!log->is_broken)
                log_warn("%s: cannot write its stdout log: %s", log->name, g_strerror(error));
        log->is_broken = true;
}

/* How many bytes it has taken; the rest waits when it is full, and is lost when it is broken. */
static size_t write_some(ListenerLog *log, const uint8_t *data, size_t size)
{
        size_t written = 0;

        while (written < size) {
                ssize_t n = write(log->fd, data + written, size - written);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN)
                        return written;
                if (n < 0) {
                        report_broken(log, errno);
                        return size;
                }
                written += n;
        }
        log->is_broken = false;
        return written;
}

ListenerLog *listener_log_free(ListenerLog *log)
{
        if (!log)
                return NULL;
        (void)write_some(log, log->rest->data, log->rest->len);
        sd_event_source_disable_unref(log->pause);
        sd_event_source_disable_unref(log->writable);
        sd_event_source_disable_unref(log->patience);
        g_byte_array_unref(log->rest);
        fd_close(log->fd);
        g_free(log);
        return NULL;
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        ListenerLog *log = userdata;
        size_t n = write_some(log, log->rest->data, log->rest->len);

        g_byte_array_remove_range(log->rest, 0, n);
        if (log->rest->len > 0)
                return 0;
        stop_waiting(log);
        if (log->is_stuck)
                log->is_stuck = false;
        else
                log->on_ready(log->userdata);
        return 0;
}

static int on_patience_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        ListenerLog *log = userdata;

        log_warn("%s: its stdout log takes nothing; it is done without until it does", log->name);
        g_byte_array_set_size(log->rest, 0);
        log->is_stuck = true;
        log->on_ready(log->userdata);
        return 0;
}

static int begin_waiting(ListenerLog *log)
{
        int r = sd_event_add_io(log->loop, &log->writable, log->fd, EPOLLOUT, on_writable, log);

        if (r < 0)
                return r;
        return sd_event_add_time_relative(log->loop, &log->patience, CLOCK_MONOTONIC, PATIENCE_USEC,
                        PATIENCE_ACCURACY_USEC, on_patience_over, log);
}

/* False when it does not take all that there is. */
static bool write_rest(ListenerLog *log)
{
        size_t n = write_some(log, log->rest->data, log->rest->len);
        int r;

        log->written_usec = now_usec(log);
        g_byte_array_remove_range(log->rest, 0, n);
        if (log->rest->len == 0)
                return true;
        r = begin_waiting(log);
        if (r >= 0)
                return false;
        report_broken(log, -r);
        stop_waiting(log);
        return true;
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        ListenerLog *log = userdata;

        if (!log->writable && log->rest->len > 0)
                (void)write_rest(log);
        return 0;
}

static int begin_pause(ListenerLog *log)
{
        uint64_t end = log->written_usec + PAUSE_USEC;
        int r;

        if (!log->pause)
                return sd_event_add_time(log->loop, &log->pause, CLOCK_MONOTONIC, end,
                                PAUSE_ACCURACY_USEC, on_pause_over, log);
        if (sd_event_source_get_enabled(log->pause, NULL) > 0)
                return 0;
        r = sd_event_source_set_time(log->pause, end);
        return r < 0 ? r : sd_event_source_set_enabled(log->pause, SD_EVENT_ONESHOT);
}

/* Is there little, and soon after what was written last? */
static bool can_gather(const ListenerLog *log)
{
        return log->rest->len < GATHER_BYTES && now_usec(log) < log->written_usec + PAUSE_USEC;
}

bool listener_log_write(ListenerLog *log, const void *data, size_t size)
{
        if (log->is_stuck)
                return true;
        g_byte_array_append(log->rest, data, size);
        if (log->writable)
                return false;
        return (can_gather(log) && begin_pause(log) >= 0) || write_rest(log);
}
