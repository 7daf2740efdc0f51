/* The path of a log is the daemon's alone: to see whether it leads to another file by now, the
 * daemon is asked to open it again whenever something may have happened (the file was moved,
 * removed or closed, the process changed), and the two are compared. The next file is begun only
 * when there is something in it: until then the daemon may still write to the old one, which
 * somebody has moved away and a new one put in its place. */

#include "bus/log-follow.h"

#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "config.h"

#define READ_BYTES     (64 * 1024)
#define READS_PER_TURN 16
/* Where the kernel does not tell of changes; and for a file to appear that is not there yet. */
#define LOOK_AGAIN_USEC (G_USEC_PER_SEC / 2)

#define IN_MAY_BE_ANOTHER (IN_MOVE_SELF | IN_ATTRIB | IN_CLOSE_WRITE | IN_Q_OVERFLOW)

typedef struct OpenLog {
        int fd;                 /* -1 = none */
        sd_event_source *watch; /* NULL where inotify is not permitted */
} OpenLog;

struct LogFollow {
        CallQueue *calls; /* borrowed */
        sd_bus *bus;      /* borrowed; that of the calls at the beginning */
        char *bus_name;
        sd_event *loop;          /* borrowed */
        const LogSource *source; /* borrowed */
        LogFollowHandler handler;
        bool by_pages, lost, paused;

        OpenLog now, next;
        uint64_t position; /* in now, or of pages */

        sd_event_source *go_on, *look_again;
        QueuedCall *asking; /* a call that has not been answered */
        bool ask_again;     /* something has happened since it was sent */
        bool ask_when_resumed;
        sd_bus_slot *owner_match, *change_match, *removal_match, *disconnect_match;
};

static void ask(LogFollow *follow);

static void open_log_clear(OpenLog *log)
{
        log->watch = sd_event_source_disable_unref(log->watch);
        log->fd = fd_close(log->fd);
}

/* Reading the file. */

static uint64_t size_of(const OpenLog *log)
{
        struct stat status;

        return log->fd >= 0 && fstat(log->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void restart_if_truncated(LogFollow *follow, uint64_t size)
{
        if (size >= follow->position)
                return;
        follow->position = 0;
        if (follow->handler.on_truncated)
                follow->handler.on_truncated(follow->handler.userdata);
}

/* False at the end of the file. */
static bool read_once(LogFollow *follow)
{
        char buffer[READ_BYTES];
        ssize_t n = pread(follow->now.fd, buffer, sizeof buffer, (off_t)follow->position);

        if (n <= 0)
                return n < 0 && errno == EINTR;
        follow->position += n;
        follow->handler.on_data(buffer, n, follow->handler.userdata);
        return true;
}

static void begin_next(LogFollow *follow)
{
        open_log_clear(&follow->now);
        follow->now = follow->next;
        follow->next = (OpenLog){ .fd = -1 };
        follow->position = 0;
}

/* Whether the next one has been begun is looked at before the old one is read, since nothing comes
 * into the old one afterwards. True when there is more to do. */
static bool read_some(LogFollow *follow)
{
        bool is_next_begun = size_of(&follow->next) > 0;

        restart_if_truncated(follow, size_of(&follow->now));
        for (int i = 0; i < READS_PER_TURN; i++) {
                if (follow->paused)
                        return false;
                if (read_once(follow))
                        continue;
                if (is_next_begun)
                        begin_next(follow);
                return is_next_begun;
        }
        return true;
}

static int on_go_on(sd_event_source *source, void *userdata)
{
        LogFollow *follow = userdata;

        if (read_some(follow))
                (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

static void read_soon(LogFollow *follow)
{
        (void)sd_event_source_set_enabled(follow->go_on, SD_EVENT_ONESHOT);
}

static void look_again(LogFollow *follow)
{
        (void)sd_event_source_set_time_relative(follow->look_again, LOOK_AGAIN_USEC);
        (void)sd_event_source_set_enabled(follow->look_again, SD_EVENT_ONESHOT);
}

static int on_file_event(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        LogFollow *follow = userdata;

        read_soon(follow);
        if (event->mask & IN_MAY_BE_ANOTHER)
                ask(follow);
        return 0;
}

/* By its descriptor, as the path may be of another root, out of reach, or nothing that the program
 * may open. */
static int add_watch(LogFollow *follow, OpenLog *log)
{
        const uint32_t mask = IN_MODIFY | IN_MAY_BE_ANOTHER;
#if HAVE_DECL_SD_EVENT_ADD_INOTIFY_FD
        return sd_event_add_inotify_fd(
                        follow->loop, &log->watch, log->fd, mask, on_file_event, follow);
#else
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", log->fd);

        return sd_event_add_inotify(follow->loop, &log->watch, path, mask, on_file_event, follow);
#endif
}

static void watch(LogFollow *follow, OpenLog *log)
{
        if (add_watch(follow, log) < 0)
                look_again(follow);
}

/* Is it the right file still? */

static bool is_same_file(const OpenLog *log, int fd)
{
        struct stat a, b;

        return log->fd >= 0 && fstat(log->fd, &a) == 0 && fstat(fd, &b) == 0 &&
               a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* An empty next one that has been replaced itself had nothing in it that could be missed. */
static void take_opened(LogFollow *follow, int fd)
{
        if (is_same_file(follow->next.fd >= 0 ? &follow->next : &follow->now, fd)) {
                fd_close(fd);
                return;
        }
        /* Not before what is in it has been read; a pause may begin on the way. */
        while (size_of(&follow->next) > 0 && read_some(follow))
                continue;
        if (size_of(&follow->next) > 0 && follow->paused) {
                fd_close(fd);
                follow->ask_when_resumed = true;
                return;
        }
        open_log_clear(&follow->next);
        if (is_same_file(&follow->now, fd)) {
                fd_close(fd);
                return;
        }
        follow->next.fd = fd;
        watch(follow, &follow->next);
        read_soon(follow);
}

static void take_page(LogFollow *follow, sd_bus_message *reply)
{
        const void *data;
        size_t size;
        uint64_t position;

        if (log_source_get_read(reply, &data, &size, &position) < 0) {
                look_again(follow);
                return;
        }
        restart_if_truncated(follow, position);
        if (follow->position < position) {
                ask(follow);
                return;
        }
        if (size == 0) {
                look_again(follow);
                return;
        }
        follow->position += size;
        follow->handler.on_data(data, size, follow->handler.userdata);
        ask(follow);
}

static void take_answer(LogFollow *follow, sd_bus_message *reply, const sd_bus_error *error)
{
        int fd;

        if (follow->handler.on_removed && sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT))
                follow->handler.on_removed(follow->handler.userdata);
        else if (error)
                look_again(follow);
        else if (follow->by_pages)
                take_page(follow, reply);
        else if (log_source_get_opened(reply, &fd) >= 0)
                take_opened(follow, fd);
}

static void on_answer(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        LogFollow *follow = userdata;

        follow->asking = NULL;
        if (follow->lost)
                return;
        if (follow->ask_again && !follow->by_pages)
                ask(follow);
        take_answer(follow, reply, error);
}

/* What has changed while a question is under way is not in its answer. */
static void ask(LogFollow *follow)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        follow->ask_again = follow->asking != NULL;
        if (follow->asking || follow->lost || (follow->paused && follow->by_pages))
                return;
        if (follow->by_pages)
                r = log_source_new_read(follow->source, follow->bus, follow->bus_name,
                                (int64_t)follow->position, &call);
        else
                r = log_source_new_open(follow->source, follow->bus, follow->bus_name, &call);
        if (r >= 0)
                r = call_queue_send(follow->calls, call,
                                follow->by_pages ? CALL_QUICK : CALL_HANDOUT, on_answer, follow,
                                &follow->asking);
        if (r < 0)
                look_again(follow);
}

static int on_look_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        LogFollow *follow = userdata;
        bool is_watched = follow->now.watch && (follow->next.fd < 0 || follow->next.watch);

        if (!follow->by_pages)
                read_soon(follow);
        ask(follow);
        if (!follow->by_pages && !is_watched)
                look_again(follow);
        return 0;
}

/* The daemon. */

static void lose(LogFollow *follow)
{
        if (follow->lost)
                return;
        follow->lost = true;
        while (!follow->by_pages && read_some(follow))
                continue;
        follow->handler.on_lost(follow->handler.userdata);
}

static int on_owner_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        const char *name, *old_owner, *new_owner;

        if (sd_bus_message_read(signal, "sss", &name, &old_owner, &new_owner) >= 0 && !*new_owner)
                lose(userdata);
        return 0;
}

static int on_disconnected(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        lose(userdata);
        return 0;
}

static int on_process_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        LogFollow *follow = userdata;

        if (!follow->by_pages)
                ask(follow);
        return 0;
}

static int add_removal_match(LogFollow *follow)
{
        g_autofree char *rule = g_strdup_printf("type='signal',sender='%s',path='" BUS_PATH "',"
                                                "interface='org.freedesktop.DBus.ObjectManager',"
                                                "member='InterfacesRemoved',arg0path='%s'",
                        follow->bus_name, follow->source->path);

        return sd_bus_add_match_async(follow->bus, &follow->removal_match, rule, on_process_changed,
                        NULL, follow);
}

/* Asynchronously: nobody relies on them before the first answer. */
static int add_matches(LogFollow *follow)
{
        g_autofree char *rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        follow->bus_name);
        int r;

        r = sd_bus_add_match_async(
                        follow->bus, &follow->owner_match, rule, on_owner_changed, NULL, follow);
        if (r >= 0)
                r = sd_bus_match_signal_async(follow->bus, &follow->disconnect_match, NULL,
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, NULL, follow);
        if (r >= 0 && follow->source->path)
                r = sd_bus_match_signal_async(follow->bus, &follow->change_match, follow->bus_name,
                                follow->source->path, "org.freedesktop.DBus.Properties",
                                "PropertiesChanged", on_process_changed, NULL, follow);
        if (r >= 0 && follow->source->path && follow->handler.on_removed)
                r = add_removal_match(follow);
        return r;
}

/* Life. */

static int add_sources(LogFollow *follow)
{
        int r = sd_event_add_defer(follow->loop, &follow->go_on, on_go_on, follow);

        if (r >= 0)
                r = sd_event_source_set_enabled(follow->go_on, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_time_relative(follow->loop, &follow->look_again, CLOCK_MONOTONIC,
                                0, 0, on_look_again, follow);
        if (r >= 0)
                r = sd_event_source_set_enabled(follow->look_again, SD_EVENT_OFF);
        return r;
}

LogFollow *log_follow_new(CallQueue *calls, const char *bus_name, sd_event *loop,
                const LogSource *source, const LogFollowHandler *handler)
{
        LogFollow *follow = g_new0(LogFollow, 1);
        int r;

        follow->calls = calls;
        follow->bus = call_queue_bus(calls);
        follow->bus_name = g_strdup(bus_name);
        follow->loop = loop;
        follow->source = source;
        follow->handler = *handler;
        follow->now.fd = follow->next.fd = -1;
        r = add_sources(follow);
        g_assert(r >= 0);
        return follow;
}

LogFollow *log_follow_free(LogFollow *follow)
{
        if (!follow)
                return NULL;
        queued_call_cancel(follow->asking);
        sd_bus_slot_unref(follow->owner_match);
        sd_bus_slot_unref(follow->change_match);
        sd_bus_slot_unref(follow->removal_match);
        sd_bus_slot_unref(follow->disconnect_match);
        open_log_clear(&follow->now);
        open_log_clear(&follow->next);
        sd_event_source_disable_unref(follow->go_on);
        sd_event_source_disable_unref(follow->look_again);
        g_free(follow->bus_name);
        g_free(follow);
        return NULL;
}

int log_follow_start_with_file(LogFollow *follow, int fd, uint64_t last_bytes)
{
        uint64_t size;

        follow->now.fd = fd;
        size = size_of(&follow->now);
        follow->position = size - MIN(size, last_bytes);
        watch(follow, &follow->now);
        read_soon(follow);
        return add_matches(follow);
}

int log_follow_start_with_pages(LogFollow *follow, uint64_t end, uint64_t last_bytes)
{
        follow->by_pages = true;
        follow->position = end - MIN(end, last_bytes);
        ask(follow);
        return add_matches(follow);
}

void log_follow_set_paused(LogFollow *follow, bool paused)
{
        bool goes_on = follow->paused && !paused;

        follow->paused = paused;
        if (!goes_on)
                return;
        if (!follow->by_pages)
                read_soon(follow);
        if (follow->by_pages || follow->ask_when_resumed)
                ask(follow);
        follow->ask_when_resumed = false;
}
