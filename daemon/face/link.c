/* A small state machine over candidates: open, wait for the handshake, ask for the name, wait for
 * the answer. Every step can fail or hang, so each attempt has one deadline; what fails leads to
 * the next candidate, and behind the last one to a pause. */

#include "daemon/face/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "bus/connection.h"
#include "daemon/face/pump.h"
#include "daemon/face/stall.h"
#include "daemon/output/main-log.h"
#include "daemon/private-bus.h"

#define ATTEMPT_USEC     UINT64_C(5000000)
#define STALL_USEC       UINT64_C(10000000)
#define FIRST_DELAY_USEC UINT64_C(100000)
#define LAST_DELAY_USEC  UINT64_C(5000000)
/* What the kernel keeps of what we have sent: the next answer waits behind all of it, so not much;
 * but more than the signals of one round of the loop, or there would always be some left. */
#define SOCKET_BYTES (128 * 1024)

/* Of RequestName, in the D-Bus specification. */
#define DO_NOT_QUEUE UINT32_C(4)
#define NAME_IS_OURS UINT32_C(1)

struct Link {
        LinkSetup setup;
        char *bus_name;
        char **candidates; /* "system", "user", "private" or an address */
        unsigned present;  /* candidate that is being tried, or was chosen */
        bool chosen;       /* it was ready once: no other any more */
        bool reported;     /* on_failed or on_ready was called */
        PrivateBus *private_bus;
        sd_bus *bus;
        Pump *pump;
        Stall *stall;
        bool ready;
        sd_event_source *deadline, *pause;
        uint64_t delay_usec;
        char *last_failure;
};

static void try_candidate(Link *link);

static char **list_candidates(const char *bus)
{
        g_autofree char *session = NULL;

        if (strcmp(bus, "auto") != 0)
                return g_strdupv((char *[]){ (char *)bus, NULL });
        if (geteuid() == 0)
                return g_strdupv((char *[]){ (char *)"system", (char *)"private", NULL });
        session = connection_address("user");
        if (session)
                return g_strdupv((char *[]){ (char *)"user", (char *)"private", NULL });
        return g_strdupv((char *[]){ (char *)"private", NULL });
}

Link *link_new(const LinkSetup *setup)
{
        Link *link = g_new0(Link, 1);

        link->setup = *setup;
        link->bus_name = g_strdup(setup->bus_name);
        link->candidates = list_candidates(setup->bus);
        link->delay_usec = FIRST_DELAY_USEC;
        return link;
}

static const char *candidate(const Link *link)
{
        return link->candidates[link->present];
}

static bool is_private(const Link *link)
{
        return strcmp(candidate(link), "private") == 0;
}

static void disconnect(Link *link)
{
        link->deadline = sd_event_source_disable_unref(link->deadline);
        link->pump = pump_free(link->pump);
        link->stall = stall_free(link->stall);
        link->ready = false;
        if (!link->bus)
                return;
        link->setup.on_lost(link->setup.userdata);
        sd_bus_close(link->bus);
        link->bus = sd_bus_unref(link->bus);
}

Link *link_free(Link *link)
{
        if (!link)
                return NULL;
        disconnect(link);
        sd_event_source_disable_unref(link->pause);
        private_bus_free(link->private_bus);
        g_strfreev(link->candidates);
        g_free(link->bus_name);
        g_free(link->last_failure);
        g_free(link);
        return NULL;
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        Link *link = userdata;

        link->pause = sd_event_source_disable_unref(link->pause);
        try_candidate(link);
        return 0;
}

static void try_later(Link *link)
{
        int r;

        /* Once the loop has ended there is no later. */
        if (link->pause || sd_event_get_state(link->setup.event) == SD_EVENT_FINISHED)
                return;
        r = sd_event_add_time_relative(link->setup.event, &link->pause, CLOCK_MONOTONIC,
                        link->delay_usec, 0, on_pause_over, link);
        g_assert(r >= 0);
        link->delay_usec = MIN(link->delay_usec * 2, LAST_DELAY_USEC);
}

static void report_failure(Link *link)
{
        g_autoptr(GError) error = NULL;

        if (link->reported)
                return;
        link->reported = true;
        g_set_error(&error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", link->last_failure);
        link->setup.on_failed(error, link->setup.userdata);
}

G_GNUC_PRINTF(2, 3)
static void fail(Link *link, const char *format, ...)
{
        va_list arguments;

        g_free(link->last_failure);
        va_start(arguments, format);
        link->last_failure = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        log_debug("%s", link->last_failure);
        disconnect(link);
        if (!link->chosen && link->candidates[link->present + 1]) {
                link->present++;
                try_candidate(link);
                return;
        }
        if (!link->chosen)
                link->present = 0;
        try_later(link);
        report_failure(link);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        Link *link = userdata;

        fail(link, "the %s bus does not answer", candidate(link));
        return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;

        if (link->ready)
                log_warn("the connection to the bus was lost; supervised processes go on");
        fail(link, "the %s bus closed the connection", candidate(link));
        return 0;
}

static void on_stalled(void *userdata)
{
        Link *link = userdata;

        log_warn("the %s bus has taken nothing for long; connecting to it again", candidate(link));
        fail(link, "the %s bus takes nothing any more", candidate(link));
}

static void become_ready(Link *link)
{
        g_autofree char *address = is_private(link) ? private_bus_address(link->setup.folder)
                                                    : connection_address(candidate(link));

        link->deadline = sd_event_source_disable_unref(link->deadline);
        link->delay_usec = FIRST_DELAY_USEC;
        link->chosen = link->ready = link->reported = true;
        link->setup.on_ready(address, link->setup.userdata);
}

static int on_name_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        uint32_t answer = 0;

        if (sd_bus_message_is_method_error(reply, NULL))
                fail(link, "the %s bus does not let us have the name %s: %s", candidate(link),
                                link->bus_name, sd_bus_message_get_error(reply)->message);
        else if (sd_bus_message_read(reply, "u", &answer) < 0 || answer != NAME_IS_OURS)
                fail(link, "the name %s is taken already on the %s bus", link->bus_name,
                                candidate(link));
        else
                become_ready(link);
        return 0;
}

static AccessCrowd find_crowd(const Link *link)
{
        if (is_private(link))
                return link->setup.hosts->is_other ? ACCESS_OWNER_AND_HOSTS : ACCESS_OWNER;
        return strcmp(candidate(link), "user") == 0 ? ACCESS_OWNER : ACCESS_ANYBODY;
}

static int on_connected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        int r = link->setup.on_connected(link->bus, find_crowd(link), link->setup.userdata);

        if (r >= 0)
                r = sd_bus_call_method_async(link->bus, NULL, "org.freedesktop.DBus",
                                "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                on_name_reply, link, "su", link->bus_name, DO_NOT_QUEUE);
        if (r < 0)
                fail(link, "cannot use the %s bus: %s", candidate(link), g_strerror(-r));
        return 0;
}

static bool ensure_private_bus(Link *link)
{
        g_autoptr(GError) error = NULL;

        if (link->private_bus)
                return true;
        if (!link->setup.folder)
                fail(link, "there is no runtime folder for a private bus");
        else if (!private_bus_new(link->setup.event, link->bus_name, link->setup.folder,
                                 link->setup.hosts, link->setup.signal_mask, &link->private_bus,
                                 &error))
                fail(link, "there is no private bus: %s", error->message);
        return link->private_bus;
}

/* sd-bus has asked for as much as there can be. */
static void keep_queue_short(sd_bus *bus)
{
        const int bytes = SOCKET_BYTES;

        (void)setsockopt(sd_bus_get_fd(bus), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static int open_bus(Link *link)
{
        g_autofree char *private_address =
                        is_private(link) ? private_bus_address(link->setup.folder) : NULL;
        int r;

        r = connection_open(private_address ? private_address : candidate(link), "busvisord",
                        on_connected, link, &link->bus);
        if (r < 0)
                return r;
        keep_queue_short(link->bus);
        r = sd_bus_match_signal_async(link->bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, NULL, link);
        if (r < 0)
                return r;
        r = sd_bus_attach_event(link->bus, link->setup.event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = pump_new(link->bus, &link->pump);
        if (r >= 0)
                r = stall_new(link->bus, STALL_USEC / STALL_INTERVALS, on_stalled, link,
                                &link->stall);
        if (r < 0)
                return r;
        return sd_event_add_time_relative(link->setup.event, &link->deadline, CLOCK_MONOTONIC,
                        ATTEMPT_USEC, 0, on_deadline, link);
}

static void try_candidate(Link *link)
{
        int r;

        if (is_private(link) && !ensure_private_bus(link))
                return;
        r = open_bus(link);
        if (r < 0)
                fail(link, "cannot connect to the %s bus: %s", candidate(link), g_strerror(-r));
}

void link_start(Link *link)
{
        try_candidate(link);
}

void link_flush(Link *link, uint64_t usec)
{
        const uint64_t end = clock_now_usec(CLOCK_MONOTONIC) + usec;
        uint64_t queued = 0, now;

        while (link->bus && sd_bus_get_n_queued_write(link->bus, &queued) >= 0 && queued > 0) {
                now = clock_now_usec(CLOCK_MONOTONIC);
                if (now >= end || sd_bus_process(link->bus, NULL) < 0 || !link->bus ||
                                sd_bus_wait(link->bus, end - now) < 0)
                        return;
        }
}
