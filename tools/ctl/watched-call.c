/* The signals come on the connection that the answer comes on, so one loop over it sees both. They
 * are there to look at only: one that is missed makes the line wrong for a while, nothing else. */

#include "tools/ctl/watched-call.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"

/* Work that is done sooner needs no line. A line that changes more often cannot be read. */
#define BEFORE_FIRST_USEC  (300 * 1000)
#define BETWEEN_LINES_USEC (50 * 1000)
#define WIDTH_UNKNOWN      80
#define ERASE_TO_END       "\033[K"

typedef struct Watch {
        Progress *progress;
        sd_bus_message *reply;
        bool is_shown, is_changed;
        gint64 due_usec; /* of the next line, monotonic */
} Watch;

static void show(Watch *watch)
{
        struct winsize size;
        bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        /* The last column stays free: some terminals go to the next line there. */
        unsigned width = (is_known ? size.ws_col : WIDTH_UNKNOWN) - 1;
        g_autofree char *text = progress_text(watch->progress, MAX(width, 1));

        fprintf(stderr, "\r%s" ERASE_TO_END, text);
        watch->is_shown = true;
        watch->is_changed = false;
        watch->due_usec = g_get_monotonic_time() + BETWEEN_LINES_USEC;
}

static void erase(const Watch *watch)
{
        if (watch->is_shown)
                fputs("\r" ERASE_TO_END, stderr);
}

static int on_change(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Watch *watch = userdata;
        g_autoptr(Event) event = NULL;
        uint64_t previous;

        if (event_message_read_signal(message, &event, &previous) < 0)
                return 0;
        progress_change(watch->progress, event->group, event->process, event_process_state(event));
        watch->is_changed = true;
        return 0;
}

static int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Watch *watch = userdata;

        watch->reply = sd_bus_message_ref(message);
        return 0;
}

/* Until the next line is due; without limit when nothing has changed. */
static int wait_for_more(sd_bus *bus, Watch *watch)
{
        gint64 left = watch->due_usec - g_get_monotonic_time();

        if (!watch->is_changed)
                return sd_bus_wait(bus, UINT64_MAX);
        if (left > 0)
                return sd_bus_wait(bus, left);
        show(watch);
        return 0;
}

static int wait_for_reply(sd_bus *bus, Watch *watch)
{
        while (!watch->reply) {
                int r = sd_bus_process(bus, NULL);

                if (r == 0)
                        r = wait_for_more(bus, watch);
                if (r < 0 && r != -EINTR)
                        return r;
        }
        return 0;
}

static int send_and_wait(Client *client, sd_bus_message *call, Watch *watch)
{
        sd_bus *bus = client_bus(client);
        g_autoptr(sd_bus_slot) match = NULL;
        g_autoptr(sd_bus_slot) answer = NULL;
        int r = sd_bus_match_signal(bus, &match, client_bus_name(client), BUS_PATH,
                        BUS_INTERFACE_EVENTS, "ProcessStateChanged", on_change, watch);

        if (r < 0)
                return r;
        r = sd_bus_call_async(bus, &answer, call, on_reply, watch,
                        client_timeout(client, CLIENT_NO_TIMEOUT));
        if (r < 0)
                return r;
        r = wait_for_reply(bus, watch);
        erase(watch);
        return r;
}

bool watched_call(Client *client, sd_bus_message *call, const char *action, Progress *progress,
                sd_bus_message **ret_reply, GError **error)
{
        Watch watch = {
                .progress = progress,
                .is_changed = true,
                .due_usec = g_get_monotonic_time() + BEFORE_FIRST_USEC,
        };
        int r = send_and_wait(client, call, &watch);
        g_autoptr(sd_bus_message) reply = watch.reply;
        const sd_bus_error *failure = reply ? sd_bus_message_get_error(reply) : NULL;

        if (r < 0 || failure) {
                if (!client_is_late(client, action, error))
                        client_set_error(failure, failure ? -sd_bus_message_get_errno(reply) : r,
                                        action, error);
                return false;
        }
        *ret_reply = g_steal_pointer(&reply);
        return true;
}
