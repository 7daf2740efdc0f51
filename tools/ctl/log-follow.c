/* The path of a log is the daemon's alone: to see whether it leads to another file by now, the
 * daemon is asked to open it again whenever something may have happened (the file was moved,
 * removed or closed, the process changed), and the two are compared. The next file is begun only
 * when there is something in it: until then the daemon may still write to the old one, which
 * somebody has moved away and a new one put in its place. */

#include "tools/ctl/log-follow.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/names.h"

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
        Client *client;          /* borrowed */
        sd_event *loop;          /* borrowed */
        const LogSource *source; /* borrowed */
        LogFollowHandler handler;
        bool by_pages, lost;

        OpenLog now, next;
        uint64_t position; /* in now, or of pages */

        sd_event_source *go_on, *look_again;
        sd_bus_slot *asking; /* a call that has not been answered */
        bool ask_again;      /* something has happened since it was sent */
        sd_bus_slot *owner_match, *change_match, *disconnect_match;
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

/* By way of /proc, as the path may be of another root, or out of reach. */
static void watch(LogFollow *follow, OpenLog *log)
{
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", log->fd);

        if (sd_event_add_inotify(follow->loop, &log->watch, path, IN_MODIFY | IN_MAY_BE_ANOTHER,
                            on_file_event, follow) < 0)
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
        if (size_of(&follow->next) > 0)
                while (follow->next.fd >= 0 && read_some(follow))
                        continue;
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

static void take_answer(LogFollow *follow, sd_bus_message *reply)
{
        int fd;

        if (sd_bus_message_is_method_error(reply, NULL))
                look_again(follow);
        else if (follow->by_pages)
                take_page(follow, reply);
        else if (log_source_get_opened(reply, &fd) >= 0)
                take_opened(follow, fd);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        LogFollow *follow = userdata;

        follow->asking = sd_bus_slot_unref(follow->asking);
        if (follow->lost)
                return 0;
        if (follow->ask_again && !follow->by_pages)
                ask(follow);
        take_answer(follow, reply);
        return 0;
}

/* What has changed while a question is under way is not in its answer. */
static void ask(LogFollow *follow)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        follow->ask_again = follow->asking != NULL;
        if (follow->asking || follow->lost)
                return;
        if (follow->by_pages)
                r = log_source_new_read(
                                follow->source, follow->client, (int64_t)follow->position, &call);
        else
                r = log_source_new_open(follow->source, follow->client, &call);
        if (r >= 0)
                r = sd_bus_call_async(client_bus(follow->client), &follow->asking, call, on_answer,
                                follow, CLIENT_TIMEOUT);
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

/* Asynchronously: nobody relies on them before the first answer. */
static int add_matches(LogFollow *follow)
{
        sd_bus *bus = client_bus(follow->client);
        g_autofree char *rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        client_bus_name(follow->client));
        int r;

        r = sd_bus_add_match_async(bus, &follow->owner_match, rule, on_owner_changed, NULL, follow);
        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &follow->disconnect_match, NULL,
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, NULL, follow);
        if (r >= 0 && follow->source->path)
                r = sd_bus_match_signal_async(bus, &follow->change_match,
                                client_bus_name(follow->client), follow->source->path,
                                "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                on_process_changed, NULL, follow);
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

LogFollow *log_follow_new(Client *client, sd_event *loop, const LogSource *source,
                const LogFollowHandler *handler)
{
        LogFollow *follow = g_new0(LogFollow, 1);
        int r;

        follow->client = client;
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
        sd_bus_slot_unref(follow->asking);
        sd_bus_slot_unref(follow->owner_match);
        sd_bus_slot_unref(follow->change_match);
        sd_bus_slot_unref(follow->disconnect_match);
        open_log_clear(&follow->now);
        open_log_clear(&follow->next);
        sd_event_source_disable_unref(follow->go_on);
        sd_event_source_disable_unref(follow->look_again);
        g_free(follow);
        return NULL;
}

static bool start_with_file(LogFollow *follow, uint64_t last_bytes, GError **error)
{
        uint64_t size;

        if (!log_source_open(follow->source, follow->client, &follow->now.fd, error))
                return false;
        size = size_of(&follow->now);
        follow->position = size - MIN(size, last_bytes);
        watch(follow, &follow->now);
        read_soon(follow);
        return true;
}

/* Where the end is, is answered to who asks for what is behind it. */
static bool start_with_page(LogFollow *follow, uint64_t last_bytes, GError **error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const void *data;
        size_t size;
        int r;

        if (!log_source_read(follow->source, follow->client, INT64_MAX, &reply, error))
                return false;
        r = log_source_get_read(reply, &data, &size, &follow->position);
        if (r < 0) {
                client_set_error(NULL, r, "read the log", error);
                return false;
        }
        follow->position -= MIN(follow->position, last_bytes);
        ask(follow);
        return true;
}

bool log_follow_start(LogFollow *follow, uint64_t last_bytes, GError **error)
{
        int r = add_matches(follow);

        if (r < 0) {
                client_set_error(NULL, r, "watch the bus", error);
                return false;
        }
        follow->by_pages = !log_source_can_open(follow->client);
        if (follow->by_pages)
                return start_with_page(follow, last_bytes, error);
        return start_with_file(follow, last_bytes, error);
}
