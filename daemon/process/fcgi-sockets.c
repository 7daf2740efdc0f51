/* Nobody counts references: whether a socket is needed follows from the states of the processes,
 * and is looked at after they have changed. What starts a process again after its stop is a defer
 * source, which comes before a timer, even one that is always due; and that comes though others
 * keep the loop busy. But the timer may have been due before the stop, because of another process:
 * so a socket is closed when two looks in a row found that nobody needs it. */

#include "daemon/process/fcgi-sockets.h"

#include "daemon/process/fcgi-socket.h"
#include "daemon/process/group.h"

struct FcgiSockets {
        const GPtrArray *groups; /* borrowed */
        GHashTable *open;        /* const SocketConfig * (the socket's own) to FcgiSocket * */
        GHashTable *idle;        /* FcgiSocket *: nobody needed it at the last look */
        sd_event_source *look;
        bool held;
};

/* The same socket, whatever its other settings. */

static guint hash(gconstpointer key)
{
        const SocketConfig *config = key;

        return g_str_hash(config->program) ^ g_str_hash(config->url);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
        const SocketConfig *x = a, *y = b;

        return g_str_equal(x->program, y->program) && g_str_equal(x->url, y->url);
}

static void free_socket(gpointer socket)
{
        fcgi_socket_free(socket);
}

static bool may_need(const Process *process)
{
        return process_config(process)->socket &&
               (!process_state_is_stopped(process_state(process)) ||
                               process_restart_is_due(process));
}

/* Of const SocketConfig, borrowed. */
static GHashTable *find_needed(const FcgiSockets *sockets)
{
        GHashTable *needed = g_hash_table_new(hash, equal);

        for (guint i = 0; i < sockets->groups->len; i++) {
                const GPtrArray *processes = group_processes(sockets->groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        if (may_need(processes->pdata[k]))
                                g_hash_table_add(needed, (void *)process_config(processes->pdata[k])
                                                                         ->socket);
        }
        return needed;
}

/* Those that are needed by nobody, and closes those that were not needed before either. */
static GHashTable *close_idle(FcgiSockets *sockets)
{
        g_autoptr(GHashTable) needed = find_needed(sockets);
        GHashTable *idle = g_hash_table_new(NULL, NULL);
        GHashTableIter iterator;
        gpointer config, socket;

        g_hash_table_iter_init(&iterator, sockets->open);
        while (g_hash_table_iter_next(&iterator, &config, &socket)) {
                if (g_hash_table_contains(needed, config))
                        continue;
                if (g_hash_table_contains(sockets->idle, socket))
                        g_hash_table_iter_remove(&iterator);
                else
                        g_hash_table_add(idle, socket);
        }
        return idle;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        FcgiSockets *sockets = userdata;
        GHashTable *idle;

        if (sockets->held)
                return 0;
        idle = close_idle(sockets);
        g_hash_table_unref(sockets->idle);
        sockets->idle = idle;
        if (g_hash_table_size(idle) == 0)
                return 0;
        return sd_event_source_set_enabled(sockets->look, SD_EVENT_ONESHOT);
}

FcgiSockets *fcgi_sockets_new(sd_event *event, const GPtrArray *groups)
{
        FcgiSockets *sockets = g_new0(FcgiSockets, 1);
        int r;

        sockets->groups = groups;
        sockets->open = g_hash_table_new_full(hash, equal, NULL, free_socket);
        sockets->idle = g_hash_table_new(NULL, NULL);
        r = sd_event_add_time(event, &sockets->look, CLOCK_MONOTONIC, 0, 0, on_look, sockets);
        if (r >= 0)
                r = sd_event_source_set_enabled(sockets->look, SD_EVENT_OFF);
        g_assert(r >= 0);
        return sockets;
}

FcgiSockets *fcgi_sockets_free(FcgiSockets *sockets)
{
        if (!sockets)
                return NULL;
        sd_event_source_disable_unref(sockets->look);
        g_hash_table_unref(sockets->idle);
        g_hash_table_unref(sockets->open);
        g_free(sockets);
        return NULL;
}

void fcgi_sockets_poke(FcgiSockets *sockets)
{
        if (g_hash_table_size(sockets->open) > 0)
                (void)sd_event_source_set_enabled(sockets->look, SD_EVENT_ONESHOT);
}

void fcgi_sockets_hold(FcgiSockets *sockets, bool hold)
{
        sockets->held = hold;
        fcgi_sockets_poke(sockets);
}

/* The key is in the socket, and is another one once that has taken over other settings. */
static bool adjust(FcgiSockets *sockets, FcgiSocket *socket, const SocketConfig *config,
                GError **error)
{
        bool adjusted;

        g_hash_table_steal(sockets->open, fcgi_socket_config(socket));
        adjusted = fcgi_socket_adjust(socket, config, error);
        g_hash_table_insert(sockets->open, (void *)fcgi_socket_config(socket), socket);
        return adjusted;
}

bool fcgi_sockets_open(FcgiSockets *sockets, const SocketConfig *config, int *ret, GError **error)
{
        FcgiSocket *socket = g_hash_table_lookup(sockets->open, config);

        if (socket) {
                if (!adjust(sockets, socket, config, error))
                        return false;
        } else {
                if (!fcgi_socket_new(config, &socket, error))
                        return false;
                g_hash_table_insert(sockets->open, (void *)fcgi_socket_config(socket), socket);
        }
        fcgi_sockets_poke(sockets);
        *ret = fcgi_socket_descriptor(socket);
        return true;
}
