/* The daemon does not say which letters are new, only that there are some: they are gone through
 * from the lowest serial then, and the queue knows which of them it has. */

#include "listener-host/retries.h"

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"

#define ITEM "tu(" EVENT_MESSAGE_PAGE_ITEM ")"

struct Retries {
        const Peer *peer; /* borrowed */
        const char *path; /* borrowed */
        Queue *queue;     /* borrowed */
        const RetriesObserver *observer;
        void *userdata; /* borrowed */
        bool has_more;  /* the daemon has some above "after" */
        uint64_t after;
        GArray *settled; /* uint64_t: accepted, as far as the daemon has not confirmed it */
        unsigned n_told; /* of these, in the call that is under way */
        QueuedCall *fetch_call, *settle_call;
};

static void tell_settled(Retries *retries);

Retries *retries_new(const Peer *peer, const char *path, Queue *queue,
                const RetriesObserver *observer, void *userdata)
{
        Retries *retries = g_new0(Retries, 1);

        retries->peer = peer;
        retries->path = path;
        retries->queue = queue;
        retries->observer = observer;
        retries->userdata = userdata;
        retries->settled = g_array_new(false, false, sizeof(uint64_t));
        return retries;
}

Retries *retries_free(Retries *retries)
{
        if (!retries)
                return NULL;
        queued_call_cancel(retries->fetch_call);
        queued_call_cancel(retries->settle_call);
        g_array_unref(retries->settled);
        g_free(retries);
        return NULL;
}

/* From the daemon. */

static bool is_settled(const Retries *retries, uint64_t serial)
{
        for (unsigned i = 0; i < retries->settled->len; i++)
                if (g_array_index(retries->settled, uint64_t, i) == serial)
                        return true;
        return false;
}

/* False when there is no room for it. */
static bool take(Retries *retries, const Event *event, uint64_t poolserial, uint32_t n_attempts)
{
        if (!is_settled(retries, event->serial) &&
                        !queue_push_letter(retries->queue, event, poolserial, n_attempts))
                return false;
        retries->after = MAX(retries->after, event->serial);
        return true;
}

static int read_letter(sd_bus_message *reply, Retries *retries, bool *ret_taken)
{
        g_autoptr(Event) event = NULL;
        uint64_t poolserial, unused;
        uint32_t n_attempts;
        int r;

        r = sd_bus_message_read(reply, "tu", &poolserial, &n_attempts);
        if (r < 0)
                return r;
        r = event_message_read_item(reply, &event, &unused);
        if (r < 0)
                return r;
        *ret_taken = take(retries, event, poolserial, n_attempts);
        return sd_bus_message_exit_container(reply);
}

static int read_letters(sd_bus_message *reply, Retries *retries)
{
        bool taken = true;
        unsigned n = 0;
        int r = sd_bus_message_enter_container(reply, 'a', "(" ITEM ")");

        if (r < 0)
                return r;
        while (taken && (r = sd_bus_message_enter_container(reply, 'r', ITEM)) > 0) {
                r = read_letter(reply, retries, &taken);
                if (r < 0)
                        return r;
                n++;
        }
        if (r < 0)
                return r;
        retries->has_more = n > 0;
        return 0;
}

static void on_letters(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Retries *retries = userdata;
        int r;

        retries->fetch_call = NULL;
        if (error) {
                retries->observer->failed("FetchRetries", error->message, retries->userdata);
                return;
        }
        r = read_letters(reply, retries);
        if (r < 0)
                retries->observer->failed("FetchRetries", g_strerror(-r), retries->userdata);
        else if (retries->has_more)
                retries->observer->arrived(retries->userdata);
}

static int request(Retries *retries, size_t room)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(retries->peer, retries->path, BUS_INTERFACE_POOL, "FetchRetries", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "tu", retries->after, (uint32_t)room);
        if (r < 0)
                return r;
        return call_send(retries->peer, call, on_letters, retries, &retries->fetch_call);
}

void retries_fetch(Retries *retries)
{
        size_t room = queue_letter_room(retries->queue);
        int r;

        if (!retries->has_more || room == 0 || retries->fetch_call || !retries->peer->bus)
                return;
        r = request(retries, room);
        if (r < 0)
                retries->observer->failed("FetchRetries", g_strerror(-r), retries->userdata);
}

void retries_pending(Retries *retries)
{
        retries->fetch_call = queued_call_cancel(retries->fetch_call);
        retries->has_more = true;
        retries->after = 0;
        retries_fetch(retries);
}

/* To the daemon. */

static void on_confirmed(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Retries *retries = userdata;

        retries->settle_call = NULL;
        if (error) {
                retries->observer->failed("SettleRetries", error->message, retries->userdata);
                return;
        }
        g_array_remove_range(retries->settled, 0, retries->n_told);
        tell_settled(retries);
}

static int send_settled(Retries *retries)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(retries->peer, retries->path, BUS_INTERFACE_POOL, "SettleRetries", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append_array(call, 't', retries->settled->data,
                        retries->settled->len * sizeof(uint64_t));
        if (r < 0)
                return r;
        retries->n_told = retries->settled->len;
        return call_send(retries->peer, call, on_confirmed, retries, &retries->settle_call);
}

static void tell_settled(Retries *retries)
{
        int r;

        if (retries->settled->len == 0 || retries->settle_call || !retries->peer->bus)
                return;
        r = send_settled(retries);
        if (r < 0)
                retries->observer->failed("SettleRetries", g_strerror(-r), retries->userdata);
}

void retries_settle(Retries *retries, uint64_t serial)
{
        g_array_append_val(retries->settled, serial);
        tell_settled(retries);
}

void retries_reset(Retries *retries)
{
        retries->settle_call = queued_call_cancel(retries->settle_call);
        tell_settled(retries);
        retries_pending(retries);
}
