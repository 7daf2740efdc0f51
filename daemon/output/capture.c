/* A full outlet keeps what it was given; here nothing is kept, and the pipe is left alone: the pipe
 * itself is the bound.
 *
 * A program that prints fast in small pieces would wake us for each of them, and be kept up by that
 * itself. When many have come close together, the pipe gets larger and is left to itself until
 * enough may be in it, if that takes long enough to be worth a timer, and not so long that a reader
 * of the log notices. Where the program keeps its writes apart (O_DIRECT) nothing is gathered that
 * way: then many are read in one turn. */

#include "daemon/output/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"

/* Supervisor's; programs see it as the size of PROCESS_LOG events. */
#define READ_BYTES  (128 * 1024)
#define DRAIN_BYTES (1024 * 1024)

#define SMALL_BYTES   (16 * 1024)
#define ENOUGH_BYTES  (64 * 1024)
#define PIPE_BYTES    (256 * 1024)   /* so that the program goes on while we are late */
#define MANY_READS    16             /* small ones in a row, or of what is kept apart in one turn */
#define CLOSE_USEC    UINT64_C(1500) /* more than a pause, or each would be the last */
#define LINGER_MIN    UINT64_C(50)
#define LINGER_MAX    UINT64_C(1000)
#define ACCURACY_USEC UINT64_C(1)

struct Capture {
        int fd;
        Channel *channel;
        sd_event_source *readable;
        sd_event_source *linger; /* while reading pauses */
        uint64_t read_usec;      /* of CLOCK_MONOTONIC: the last time */
        unsigned small_reads;    /* close together, so far */
        bool has_lingered;       /* since the last time */
        bool is_apart;           /* no read gets more than one write */
        bool is_over;
        size_t ahead; /* bytes that still come before those of living programs */
        void (*on_over)(Capture *capture, void *userdata);
        void *userdata;
};

/* What is the most common by far: bytes from a pipe to one outlet, as they are. As read_once(). */
static ssize_t copy_once(Capture *capture, Outlet *outlet)
{
        char buffer[READ_BYTES];
        ssize_t n = read(capture->fd, buffer, sizeof buffer);

        if (n > 0)
                outlet_write(outlet, buffer, n, channel_loss(capture->channel));
        return n;
}

static ssize_t push_once(Capture *capture)
{
        char buffer[READ_BYTES];
        ssize_t n = read(capture->fd, buffer, sizeof buffer);

        if (n > 0)
                channel_push(capture->channel, buffer, n);
        return n;
}

/* Bytes read; 0 when there is nothing now, or nothing will come any more. */
static size_t read_once(Capture *capture)
{
        Outlet *outlet = channel_direct_outlet(capture->channel);
        ssize_t n = outlet ? copy_once(capture, outlet) : push_once(capture);

        if (n > 0)
                return n;
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        capture->is_over = true;
        return 0;
}

static void set_reading(Capture *capture, bool enabled)
{
        (void)sd_event_source_set_enabled(capture->readable, enabled ? SD_EVENT_ON : SD_EVENT_OFF);
}

static void handle_end(Capture *capture)
{
        log_debug("%s of '%s' closed, stopped monitoring it", channel_name(capture->channel),
                        channel_process(capture->channel));
        set_reading(capture, false);
        channel_end(capture->channel);
        if (capture->on_over)
                capture->on_over(capture, capture->userdata);
}

/* What a program had written before it ended may be a whole pipe, 1 MiB at most. */
static void set_ahead(Capture *capture, size_t bytes)
{
        capture->ahead = bytes;
        (void)sd_event_source_set_priority(capture->readable,
                        bytes > 0 ? SD_EVENT_PRIORITY_NORMAL - 1 : SD_EVENT_PRIORITY_NORMAL);
}

static void resume(void *userdata)
{
        Capture *capture = userdata;

        if (!capture->is_over && !channel_is_full(capture->channel))
                set_reading(capture, true);
}

static int on_lingered(sd_event_source *source, uint64_t usec, void *userdata)
{
        resume(userdata);
        return 0;
}

static int set_linger(Capture *capture, uint64_t at_usec)
{
        int r;

        if (!capture->linger) {
                (void)fcntl(capture->fd, F_SETPIPE_SZ, PIPE_BYTES);
                return sd_event_add_time(sd_event_source_get_event(capture->readable),
                                &capture->linger, CLOCK_MONOTONIC, at_usec, ACCURACY_USEC,
                                on_lingered, capture);
        }
        r = sd_event_source_set_time(capture->linger, at_usec);
        return r < 0 ? r : sd_event_source_set_enabled(capture->linger, SD_EVENT_ONESHOT);
}

/* n bytes have been read, so long after those before them. */
static bool comes_in_small_pieces(Capture *capture, size_t n, uint64_t since_usec)
{
        bool was_left_to_gather = capture->has_lingered;

        capture->has_lingered = false;
        if (was_left_to_gather && n > SMALL_BYTES)
                return false;
        if (n > 0 && n <= SMALL_BYTES && since_usec <= CLOSE_USEC)
                capture->small_reads++;
        else
                capture->small_reads = 0;
        return capture->small_reads >= MANY_READS;
}

static void consider_lingering(Capture *capture, size_t n)
{
        uint64_t now, since, pause;

        (void)sd_event_now(sd_event_source_get_event(capture->readable), CLOCK_MONOTONIC, &now);
        since = now - capture->read_usec;
        capture->read_usec = now;
        if (!comes_in_small_pieces(capture, n, since) || capture->is_apart)
                return;
        pause = MIN(since * ENOUGH_BYTES / n, LINGER_MAX);
        if (pause < LINGER_MIN || set_linger(capture, now + pause) < 0)
                return;
        capture->has_lingered = true;
        set_reading(capture, false);
}

static size_t unread(const Capture *capture)
{
        int bytes = 0;

        return ioctl(capture->fd, FIONREAD, &bytes) == 0 ? bytes : 0;
}

/* A pipe that was left to gather gives all at once what is in it, or never will. */
static size_t read_gathered(Capture *capture)
{
        size_t bytes = unread(capture);
        size_t n = read_once(capture);

        capture->is_apart = n > 0 && n < MIN(bytes, READ_BYTES);
        return n;
}

/* Answers the number of bytes. */
static size_t read_turn(Capture *capture)
{
        size_t n = capture->has_lingered ? read_gathered(capture) : read_once(capture);
        size_t total = n;

        for (int i = 1; capture->is_apart && n > 0 && i < MANY_READS; i++) {
                if (channel_is_full(capture->channel))
                        break;
                n = read_once(capture);
                total += n;
        }
        return total;
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Capture *capture = userdata;
        size_t n;

        if (channel_is_full(capture->channel)) {
                set_reading(capture, false);
                return 0;
        }
        n = read_turn(capture);
        if (capture->ahead > 0)
                set_ahead(capture, capture->ahead - MIN(n, capture->ahead));
        if (capture->is_over)
                handle_end(capture);
        else
                consider_lingering(capture, n);
        return 0;
}

int capture_new(sd_event *event, int fd, Channel *channel, Capture **ret)
{
        Capture *capture = g_new0(Capture, 1);
        int r = sd_event_add_io(event, &capture->readable, fd, EPOLLIN, on_readable, capture);

        if (r < 0) {
                g_free(capture);
                return r;
        }
        capture->fd = fd;
        capture->channel = channel;
        channel_watch(channel, resume, capture);
        *ret = capture;
        return 0;
}

/* Whether or not the outlets take it: what they keep has a bound of its own. */
static void read_rest(Capture *capture)
{
        for (size_t n, done = 0; done < DRAIN_BYTES && !capture->is_over; done += n) {
                n = read_once(capture);
                if (n == 0)
                        break;
        }
        channel_end(capture->channel);
}

Capture *capture_free(Capture *capture)
{
        if (!capture)
                return NULL;
        if (!capture->is_over)
                read_rest(capture);
        sd_event_source_disable_unref(capture->readable);
        sd_event_source_disable_unref(capture->linger);
        fd_close(capture->fd);
        channel_free(capture->channel);
        g_free(capture);
        return NULL;
}

Channel *capture_channel(const Capture *capture)
{
        return capture->channel;
}

bool capture_is_over(const Capture *capture)
{
        return capture->is_over;
}

void capture_set_pid(Capture *capture, pid_t pid)
{
        channel_set_pid(capture->channel, pid);
}

void capture_reopen_log(Capture *capture)
{
        Outlet *file = channel_file(capture->channel);

        if (file)
                outlet_reopen(file);
}

int capture_clear_log(Capture *capture)
{
        Outlet *file = channel_file(capture->channel);

        return file ? outlet_clear(file) : 0;
}

void capture_set_rotation(Capture *capture, const Rotation *rotation)
{
        Outlet *file = channel_file(capture->channel);

        if (file)
                outlet_set_rotation(file, rotation);
}

void capture_drain(Capture *capture)
{
        if (capture->is_over)
                return;
        for (size_t done = 0; done < DRAIN_BYTES && !channel_is_full(capture->channel);) {
                size_t n = read_once(capture);

                if (n == 0)
                        break;
                done += n;
        }
        if (capture->is_over)
                handle_end(capture);
}

void capture_outlive(
                Capture *capture, void (*on_over)(Capture *capture, void *userdata), void *userdata)
{
        capture->on_over = on_over;
        capture->userdata = userdata;
        set_ahead(capture, DRAIN_BYTES);
}
