/* Clients are pinged only when they have been given some, so that the usual one, which takes a
 * descriptor and goes, has nothing to answer. */

#include "daemon/face/handouts.h"

#include "bus/cleanup.h"
#include "daemon/face/name-watch.h"

#define PING_AT (HANDOUTS_MAX / 3)

typedef struct Client {
        Handouts *handouts; /* borrowed */
        NameWatch *watch;   /* of its end */
        char *name;
        unsigned n_given;   /* since it was last known to read */
        unsigned n_at_ping; /* of those, before the ping that is under way */
        sd_bus_slot *ping;
} Client;

struct Handouts {
        sd_bus *bus;         /* borrowed */
        GHashTable *clients; /* char * (borrowed from the value) to Client * */
};

static Client *client_free(Client *client)
{
        name_watch_free(client->watch);
        sd_bus_slot_unref(client->ping);
        g_free(client->name);
        g_free(client);
        return NULL;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

static void free_client(gpointer client)
{
        client_free(client);
}

Handouts *handouts_new(sd_bus *bus)
{
        Handouts *handouts = g_new0(Handouts, 1);

        handouts->bus = bus;
        handouts->clients = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_client);
        return handouts;
}

Handouts *handouts_free(Handouts *handouts)
{
        if (!handouts)
                return NULL;
        g_hash_table_unref(handouts->clients);
        g_free(handouts);
        return NULL;
}

static void on_gone(void *userdata)
{
        Client *client = userdata;

        g_hash_table_remove(client->handouts->clients, client->name);
}

/* An error is as good as an answer, if it is the client's own and not one of the bus, which may not
 * let calls through. */
static int on_pong(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Client *client = userdata;

        client->ping = sd_bus_slot_unref(client->ping);
        if (g_strcmp0(sd_bus_message_get_sender(reply), client->name) == 0)
                client->n_given -= client->n_at_ping;
        return 0;
}

/* Without a limit of time: who begins to read later answers then. What cannot be sent now is sent
 * the next time. */
static void ping(Client *client)
{
        g_autoptr(sd_bus_message) call = NULL;

        if (client->ping)
                return;
        client->n_at_ping = client->n_given;
        if (sd_bus_message_new_method_call(client->handouts->bus, &call, client->name, "/",
                            "org.freedesktop.DBus.Peer", "Ping") >= 0)
                (void)sd_bus_call_async(client->handouts->bus, &client->ping, call, on_pong, client,
                                UINT64_MAX);
}

int handouts_check(Handouts *handouts, sd_bus_message *call, sd_bus_error *error)
{
        Client *client = g_hash_table_lookup(handouts->clients, sd_bus_message_get_sender(call));

        if (!client || client->n_given < HANDOUTS_MAX)
                return 0;
        ping(client);
        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "%u descriptors were sent to %s and it may not have taken them: it has not "
                        "answered a Ping; answer it, or connect anew",
                        client->n_given, client->name);
}

static int add_client(Handouts *handouts, const char *name, Client **ret)
{
        g_autoptr(Client) client = g_new0(Client, 1);
        int r;

        client->handouts = handouts;
        client->name = g_strdup(name);
        r = name_watch_new(handouts->bus, name, on_gone, client, &client->watch);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&client);
        g_hash_table_insert(handouts->clients, (*ret)->name, *ret);
        return 0;
}

/* Whose end cannot be watched is not counted: that takes a bus that takes nothing any more. */
void handouts_note(Handouts *handouts, sd_bus_message *call)
{
        const char *name = sd_bus_message_get_sender(call);
        Client *client = g_hash_table_lookup(handouts->clients, name);

        if (!client && add_client(handouts, name, &client) < 0)
                return;
        client->n_given++;
        if (client->n_given >= PING_AT)
                ping(client);
}
