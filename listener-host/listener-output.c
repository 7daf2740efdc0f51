/* The limit is on what comes without a word of the protocol, not on what comes: a good listener may
 * be as fast as it can. */

#include "listener-host/listener-output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "listener-host/listener-log.h"

#define READ_BYTES 16384

/* Of answers in a row, before others have their turn; and how often it is not tried again after an
 * answer was not there at once. */
#define TURN_READS            16
#define LOOPS_AFTER_VAIN_READ 64

/* After its end, what others that hold its stdout write is nobody's business. */
#define LAST_READS 64

/* More than the largest result that is read. */
#define NONSENSE_BYTES ((size_t)8 * 1024 * 1024)
/* From then on, a mebibyte a second. */
#define SLOW_INTERVAL_USEC UINT64_C(1000000)
#define SLOW_READS         64

struct ListenerOutput {
        const char *name; /* borrowed */
        int fd;
        ListenerLog *log;
        sd_event_source *source;
        bool is_paused, is_log_full;
        size_t nonsense; /* bytes since something made sense */
        bool is_slow;
        bool expects;     /* an answer */
        unsigned n_loops; /* that many answers are waited for in the loop */
        const ListenerOutputObserver *observer;
        void *userdata; /* borrowed */
};

static void close_fd(ListenerOutput *output)
{
        output->source = sd_event_source_disable_unref(output->source);
        output->fd = fd_close(output->fd);
}

static void settle(ListenerOutput *output)
{
        bool waits = output->is_paused || output->is_log_full;

        if (output->source)
                (void)sd_event_source_set_enabled(
                                output->source, waits ? SD_EVENT_OFF : SD_EVENT_ON);
}

static void on_log_ready(void *userdata)
{
        ListenerOutput *output = userdata;

        output->is_log_full = false;
        settle(output);
}

static void set_slow(ListenerOutput *output, bool slow)
{
        if (output->is_slow == slow)
                return;
        output->is_slow = slow;
        if (output->source)
                (void)sd_event_source_set_ratelimit(output->source, slow ? SLOW_INTERVAL_USEC : 0,
                                slow ? SLOW_READS : 0);
}

static void note_nonsense(ListenerOutput *output, size_t size)
{
        output->nonsense = MIN(output->nonsense + size, NONSENSE_BYTES);
        if (output->nonsense < NONSENSE_BYTES || output->is_slow)
                return;
        log_warn("%s: says on and on what is no part of the protocol, and is read slowly until "
                 "its next READY",
                        output->name);
        set_slow(output, true);
}

void listener_output_made_sense(ListenerOutput *output)
{
        output->nonsense = 0;
        set_slow(output, false);
}

/* False when there is nothing more to read at present. */
static bool read_some(ListenerOutput *output)
{
        char data[READ_BYTES];
        ssize_t n = read(output->fd, data, sizeof data);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return false;
        if (n <= 0) {
                close_fd(output);
                output->observer->closed(output->userdata);
                return false;
        }
        log_debug("'%s' stdout output: %.*s", output->name, (int)MIN(n, 256), data);
        output->is_log_full = !listener_log_write(output->log, data, n);
        settle(output);
        note_nonsense(output, n);
        output->expects = output->observer->heard(data, n, output->userdata);
        return true;
}

/* Where the CPU that we are on is the only one, the kernel lets a listener have it as soon as it
 * has an event, and its answer is there before we could ask the loop for it. */
static bool is_worth_a_read(ListenerOutput *output)
{
        if (!output->expects || output->fd < 0 || output->is_paused || output->is_log_full)
                return false;
        if (output->n_loops == 0)
                return true;
        output->n_loops--;
        return false;
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        ListenerOutput *output = userdata;

        read_some(output);
        for (int i = 1; i < TURN_READS && is_worth_a_read(output); i++)
                if (!read_some(output)) {
                        output->n_loops = LOOPS_AFTER_VAIN_READ;
                        break;
                }
        return 0;
}

void listener_output_pause(ListenerOutput *output, bool pause)
{
        output->is_paused = pause;
        settle(output);
}

void listener_output_finish(ListenerOutput *output)
{
        for (int i = 0; i < LAST_READS && output->fd >= 0; i++)
                if (!read_some(output))
                        break;
        if (output->fd >= 0)
                close_fd(output);
}

static int watch(ListenerOutput *output, sd_event *loop)
{
        int flags = fcntl(output->fd, F_GETFL);

        if (flags < 0 || fcntl(output->fd, F_SETFL, flags | O_NONBLOCK) < 0)
                return -errno;
        return sd_event_add_io(loop, &output->source, output->fd, EPOLLIN, on_readable, output);
}

int listener_output_new(sd_event *loop, const char *name, int fd, int log,
                const ListenerOutputObserver *observer, void *userdata, ListenerOutput **ret)
{
        g_autoptr(ListenerOutput) output = g_new0(ListenerOutput, 1);
        int r;

        output->name = name;
        output->fd = fd;
        output->log = listener_log_new(loop, name, log, on_log_ready, output);
        output->observer = observer;
        output->userdata = userdata;
        r = watch(output, loop);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&output);
        return 0;
}

ListenerOutput *listener_output_free(ListenerOutput *output)
{
        if (!output)
                return NULL;
        close_fd(output);
        listener_log_free(output->log);
        g_free(output);
        return NULL;
}
