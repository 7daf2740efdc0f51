/* Signals of beginnings and ends may come late, twice or not at all, but a generation never comes
 * back: whatever is heard of an older one than the one held is old news. */

#include "listener-host/roster.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/host-log.h"
#include "bus/names.h"
#include "listener-host/attachment.h"
#include "listener-host/takeover.h"

struct Roster {
        sd_event *loop;   /* borrowed */
        const Peer *peer; /* borrowed */
        const char *path; /* borrowed */
        Pool *pool;       /* borrowed */
        Relay *relay;     /* borrowed; NULL = there is none */
        const RosterObserver *observer;
        void *userdata;        /* borrowed */
        GHashTable *listeners; /* process name (the listener's) to Listener */
        GHashTable *takeovers; /* process name (the takeover's) to Takeover */
        GHashTable *early;     /* set of process names: those that ended early */
        PoolProtocol protocol;
};

static void free_listener(gpointer listener)
{
        listener_free(listener);
}

static void free_takeover(gpointer takeover)
{
        takeover_free(takeover);
}

Roster *roster_new(sd_event *loop, const Peer *peer, const char *path, Pool *pool,
                const RosterObserver *observer, void *userdata)
{
        Roster *roster = g_new0(Roster, 1);

        roster->loop = loop;
        roster->peer = peer;
        roster->path = path;
        roster->pool = pool;
        roster->observer = observer;
        roster->userdata = userdata;
        roster->listeners = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_listener);
        roster->takeovers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_takeover);
        roster->early = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return roster;
}

void roster_set_relay(Roster *roster, Relay *relay)
{
        roster->relay = relay;
}

Roster *roster_free(Roster *roster)
{
        if (!roster)
                return NULL;
        g_hash_table_unref(roster->early);
        g_hash_table_unref(roster->takeovers);
        g_hash_table_unref(roster->listeners);
        g_free(roster);
        return NULL;
}

void roster_set_protocol(Roster *roster, PoolProtocol protocol)
{
        GHashTableIter iter;
        gpointer listener;

        roster->protocol = protocol;
        g_hash_table_iter_init(&iter, roster->listeners);
        while (g_hash_table_iter_next(&iter, NULL, &listener))
                listener_set_protocol(listener, protocol);
}

static void note_early_end(Roster *roster, const char *process)
{
        if (g_hash_table_add(roster->early, g_strdup(process)))
                log_debug("pool %s: listener %s ended with an event before it was RUNNING, and "
                          "gets none before that any more",
                                pool_name(roster->pool), process);
}

static void drop_listener(Roster *roster, Listener *listener)
{
        g_autofree char *process = g_strdup(listener_name(listener));

        listener_ended(listener);
        if (listener_ended_early(listener))
                note_early_end(roster, process);
        pool_leave(roster->pool, process);
        g_hash_table_remove(roster->listeners, process);
        roster->observer->left(roster->userdata);
}

static void add_listener(Roster *roster, const Takeover *takeover, const ListenerPipes *pipes)
{
        const char *process = takeover_process(takeover);
        Listener *listener;
        int r = listener_new(roster->loop, process, takeover_generation(takeover), pipes,
                        &roster->observer->listener, roster->userdata, &listener);

        if (r < 0) {
                log_error("pool %s: cannot serve listener %s: %s", pool_name(roster->pool), process,
                                g_strerror(-r));
                return;
        }
        if (roster->relay)
                listener_set_relay(listener, roster->relay);
        listener_set_protocol(listener, roster->protocol);
        if (g_hash_table_contains(roster->early, process))
                listener_await_running(listener);
        if (takeover_is_running(takeover))
                listener_note_running(listener);
        log_debug("pool %s: took over listener %s", pool_name(roster->pool), process);
        g_hash_table_insert(roster->listeners, (char *)listener_name(listener), listener);
        pool_join(roster->pool, process, listener);
        roster->observer->joined(roster->userdata);
}

static void on_taken(Takeover *takeover, const ListenerPipes *pipes, const sd_bus_error *error,
                void *userdata)
{
        Roster *roster = userdata;
        const char *process = takeover_process(takeover);

        if (pipes)
                add_listener(roster, takeover, pipes);
        else if (sd_bus_error_has_name(error, BUS_ERROR_STALE_GENERATION))
                log_debug("pool %s: listener %s has ended already", pool_name(roster->pool),
                                process);
        else
                roster->observer->trouble("TakeListener", error->message, roster->userdata);
        g_hash_table_remove(roster->takeovers, process);
}

static void take_over(Roster *roster, const char *process, uint64_t generation)
{
        Takeover *takeover;
        int r;

        pool_reserve(roster->pool, process);
        r = takeover_new(roster->peer, roster->path, process, generation, on_taken, roster,
                        &takeover);
        if (r < 0) {
                roster->observer->trouble("TakeListener", g_strerror(-r), roster->userdata);
                return;
        }
        g_hash_table_replace(roster->takeovers, (char *)takeover_process(takeover), takeover);
}

void roster_started(Roster *roster, const char *process, uint64_t generation)
{
        Listener *held = g_hash_table_lookup(roster->listeners, process);
        Takeover *pending = g_hash_table_lookup(roster->takeovers, process);

        if ((held && listener_generation(held) >= generation) ||
                        (pending && takeover_generation(pending) >= generation))
                return;
        if (held)
                drop_listener(roster, held);
        if (roster->peer->bus)
                take_over(roster, process, generation);
}

void roster_changed(Roster *roster, const char *process, uint64_t generation, ProcessState state)
{
        Listener *held = g_hash_table_lookup(roster->listeners, process);
        Takeover *pending = g_hash_table_lookup(roster->takeovers, process);
        bool is_held = held && listener_generation(held) == generation;

        if (state == PROCESS_RUNNING && is_held)
                listener_note_running(held);
        else if (state == PROCESS_STOPPING && is_held)
                listener_note_stopping(held);
        else if (state == PROCESS_RUNNING && pending && takeover_generation(pending) == generation)
                takeover_note_running(pending);
}

void roster_ended(Roster *roster, const char *process, uint64_t generation)
{
        Listener *held = g_hash_table_lookup(roster->listeners, process);
        Takeover *pending = g_hash_table_lookup(roster->takeovers, process);

        if (pending && takeover_generation(pending) <= generation)
                g_hash_table_remove(roster->takeovers, process);
        if (held && listener_generation(held) <= generation)
                drop_listener(roster, held);
}

static bool is_ours(const Roster *roster, const AttachedListener *listed)
{
        return strcmp(listed->pool, pool_name(roster->pool)) == 0;
}

static bool is_listed(const Roster *roster, const Listener *listener, const GPtrArray *listeners)
{
        for (unsigned i = 0; i < listeners->len; i++) {
                const AttachedListener *listed = listeners->pdata[i];

                if (is_ours(roster, listed) &&
                                strcmp(listed->process, listener_name(listener)) == 0 &&
                                listed->generation == listener_generation(listener))
                        return true;
        }
        return false;
}

void roster_set(Roster *roster, const GPtrArray *listeners)
{
        g_autoptr(GList) held = g_hash_table_get_values(roster->listeners);

        for (GList *link = held; link; link = link->next)
                if (!is_listed(roster, link->data, listeners))
                        drop_listener(roster, link->data);
        for (unsigned i = 0; i < listeners->len; i++) {
                const AttachedListener *listed = listeners->pdata[i];

                if (!is_ours(roster, listed))
                        continue;
                roster_started(roster, listed->process, listed->generation);
                if (listed->is_running)
                        roster_changed(roster, listed->process, listed->generation,
                                        PROCESS_RUNNING);
        }
}

static int send_restart(const Roster *roster, const Listener *listener, const char *reason)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = call_new(roster->peer, roster->path, BUS_INTERFACE_POOL, "RestartListener", &call);

        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "sts", listener_name(listener),
                        listener_generation(listener), reason);
        return r < 0 ? r : call_tell(roster->peer, call);
}

/* Without an answer: that of the daemon is the end of the listener, and without one it is asked
 * again. */
void roster_restart(Roster *roster, const char *process, const char *reason)
{
        const Listener *listener = g_hash_table_lookup(roster->listeners, process);
        int r;

        if (!listener || !roster->peer->bus)
                return;
        r = send_restart(roster, listener, reason);
        if (r < 0)
                roster->observer->trouble("RestartListener", g_strerror(-r), roster->userdata);
}

void roster_reset(Roster *roster)
{
        g_hash_table_remove_all(roster->takeovers);
}
