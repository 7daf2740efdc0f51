/* sd_notify() waits when the receiver's queue is full, and programs are not to wait for that; so
 * the datagram is sent from here, and what could not be sent is made anew and tried again a second
 * later. */

#include "daemon/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/output/main-log.h"

#define PAUSE_USEC UINT64_C(1000000)

typedef enum NotifyState {
        NOTIFY_STARTING,
        NOTIFY_READY,
        NOTIFY_RELOADING,
        NOTIFY_STOPPING,
} NotifyState;

struct Notify {
        const Manager *manager; /* borrowed */
        struct sockaddr_un address;
        socklen_t address_size; /* 0 = there is nobody to tell */
        sd_event_source *timer; /* on while a status is to be sent */

        NotifyState state;
        bool told;               /* of the state */
        uint64_t reloading_usec; /* CLOCK_MONOTONIC */
        char *status;            /* as it was sent last */
};

/* The messages. */

static char *make_status(const Notify *notify)
{
        static const char *const prefixes[] = {
                [NOTIFY_STARTING] = "",
                [NOTIFY_READY] = "",
                [NOTIFY_RELOADING] = "reloading: ",
                [NOTIFY_STOPPING] = "stopping: ",
        };
        const GPtrArray *groups = manager_groups(notify->manager);
        size_t running = 0;

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        running += process_state(processes->pdata[k]) == PROCESS_RUNNING;
        }
        return g_strdup_printf("%s%zu of %zu programs running", prefixes[notify->state], running,
                        manager_process_count(notify->manager));
}

static char *make_state(const Notify *notify)
{
        switch (notify->state) {
        case NOTIFY_STARTING:
                break;
        case NOTIFY_READY:
                return g_strdup_printf("READY=1\nMAINPID=%ld\n", (long)getpid());
        case NOTIFY_RELOADING:
                return g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\n",
                                notify->reloading_usec);
        case NOTIFY_STOPPING:
                return g_strdup("STOPPING=1\n");
        }
        return g_strdup("");
}

/* False when it is to be tried again. */
static bool send_text(const Notify *notify, const char *text)
{
        autofd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        ssize_t n = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
                        (const struct sockaddr *)&notify->address, notify->address_size);

        if (n >= 0)
                return true;
        log_debug("cannot tell the service manager: %s", g_strerror(errno));
        return errno != EAGAIN && errno != EMFILE && errno != ENFILE && errno != ENOBUFS;
}

static void send_later(Notify *notify)
{
        int r = sd_event_source_set_time_relative(notify->timer, PAUSE_USEC);

        if (r >= 0)
                r = sd_event_source_set_enabled(notify->timer, SD_EVENT_ONESHOT);
        g_assert(r >= 0);
}

/* What has changed: the state, the status, both or nothing. */
static void tell(Notify *notify)
{
        g_autofree char *state = notify->told ? g_strdup("") : make_state(notify);
        g_autofree char *status = make_status(notify);
        g_autofree char *text = g_strdup_printf("%sSTATUS=%s", state, status);

        if (notify->told && g_strcmp0(status, notify->status) == 0)
                return;
        if (!send_text(notify, text)) {
                send_later(notify);
                return;
        }
        notify->told = true;
        g_free(notify->status);
        notify->status = g_steal_pointer(&status);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        tell(userdata);
        return 0;
}

/* Life. */

static void find_receiver(Notify *notify)
{
        const char *path = g_getenv("NOTIFY_SOCKET");
        size_t length = path ? strlen(path) : 0;

        if (length < 2 || (*path != '/' && *path != '@') ||
                        length >= sizeof notify->address.sun_path)
                return;
        notify->address.sun_family = AF_UNIX;
        memcpy(notify->address.sun_path, path, length);
        /* An abstract name begins with a zero byte and ends where the size says. */
        if (*path == '@')
                notify->address.sun_path[0] = '\0';
        notify->address_size = offsetof(struct sockaddr_un, sun_path) + length;
}

Notify *notify_new(sd_event *event, const Manager *manager)
{
        Notify *notify = g_new0(Notify, 1);
        int r;

        notify->manager = manager;
        find_receiver(notify);
        r = sd_event_set_watchdog(event, true);
        if (r < 0)
                log_warn("cannot serve the service manager's watchdog: %s", g_strerror(-r));
        r = sd_event_add_time(event, &notify->timer, CLOCK_MONOTONIC, 0, 0, on_timer, notify);
        if (r >= 0)
                r = sd_event_source_set_enabled(notify->timer, SD_EVENT_OFF);
        g_assert(r >= 0);
        return notify;
}

Notify *notify_free(Notify *notify)
{
        if (!notify)
                return NULL;
        sd_event_source_disable_unref(notify->timer);
        g_free(notify->status);
        g_free(notify);
        return NULL;
}

/* What happens. */

static void enter_state(Notify *notify, NotifyState state)
{
        if (notify->address_size == 0 || notify->state == state || notify->state == NOTIFY_STOPPING)
                return;
        notify->state = state;
        notify->told = false;
        tell(notify);
}

void notify_ready(Notify *notify)
{
        enter_state(notify, NOTIFY_READY);
}

void notify_reloading(Notify *notify)
{
        notify->reloading_usec = clock_now_usec(CLOCK_MONOTONIC);
        if (notify->state == NOTIFY_READY)
                enter_state(notify, NOTIFY_RELOADING);
}

void notify_stopping(Notify *notify)
{
        enter_state(notify, NOTIFY_STOPPING);
}

void notify_changed(Notify *notify)
{
        int enabled = SD_EVENT_OFF;

        if (notify->address_size == 0 || notify->state == NOTIFY_STARTING)
                return;
        if (sd_event_source_get_enabled(notify->timer, &enabled) >= 0 && enabled == SD_EVENT_OFF)
                send_later(notify);
}
