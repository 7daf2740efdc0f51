/* sd-bus reports a failed call in two ways (an error reply, or an errno made into one); both go
 * through one table here, so that every command tells the same mishap in the same words. */

#include "tools/ctl/client.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/loop.h"
#include "tools/ctl/time-span.h"

struct Client {
        DaemonPlace place;
        char *address;    /* of the place, once it was switched */
        sd_bus *bus;      /* NULL while not connected */
        CallQueue *calls; /* on it */
        sd_event *loop;   /* NULL = there is none */
        uint64_t limit_usec, deadline_usec;
};

Client *client_new(const DaemonPlace *place)
{
        Client *client = g_new0(Client, 1);

        client->place = *place;
        client->calls = call_queue_new();
        client_set_time_limit(client, TIME_SPAN_INFINITE);
        return client;
}

Client *client_free(Client *client)
{
        if (!client)
                return NULL;
        call_queue_free(client->calls);
        sd_bus_close_unref(client->bus);
        sd_event_unref(client->loop);
        g_free(client->address);
        g_free(client);
        return NULL;
}

void client_switch(Client *client, const char *address)
{
        g_free(client->address);
        client->address = g_strdup(address);
        client->place = (DaemonPlace){
                .host = client->place.host,
                .address = client->address,
                .bus_name = client->place.bus_name,
                .deadline_usec = client->place.deadline_usec,
        };
}

void client_set_time_limit(Client *client, uint64_t usec)
{
        client->limit_usec = usec;
        client->deadline_usec =
                        usec == TIME_SPAN_INFINITE ? UINT64_MAX : g_get_monotonic_time() + usec;
        client->place.deadline_usec = usec == TIME_SPAN_INFINITE ? 0 : client->deadline_usec;
}

uint64_t client_deadline(const Client *client)
{
        return client->deadline_usec;
}

uint64_t client_timeout(const Client *client, uint64_t timeout_usec)
{
        uint64_t now_usec = g_get_monotonic_time();

        if (client->deadline_usec == UINT64_MAX)
                return timeout_usec;
        /* 0 would be the default of sd-bus. */
        return client->deadline_usec > now_usec ? client->deadline_usec - now_usec : 1;
}

bool client_is_late(const Client *client, const char *action, GError **error)
{
        g_autofree char *limit = NULL;

        if ((uint64_t)g_get_monotonic_time() < client->deadline_usec)
                return false;
        limit = time_span_to_string(client->limit_usec);
        g_set_error(error, FAILURE, FAILURE_TIMED_OUT, "timed out after %s: could not %s", limit,
                        action);
        return true;
}

static int attach(Client *client)
{
        if (!client->bus)
                return 0;
        if (sd_bus_get_event(client->bus))
                (void)sd_bus_detach_event(client->bus);
        return client->loop ? sd_bus_attach_event(
                                              client->bus, client->loop, SD_EVENT_PRIORITY_NORMAL)
                            : 0;
}

int client_set_loop(Client *client, sd_event *loop)
{
        sd_event_unref(client->loop);
        client->loop = sd_event_ref(loop);
        return attach(client);
}

static bool connect_to(Client *client, const DaemonPlace *place, GError **error)
{
        g_autoptr(GError) own = NULL;
        int r;

        call_queue_set_bus(client->calls, NULL);
        client->bus = sd_bus_close_unref(client->bus);
        if (!find_daemon(place, &client->bus, &own)) {
                if (!client_is_late(client, "reach busvisord", error))
                        g_propagate_error(error, g_steal_pointer(&own));
                return false;
        }
        call_queue_set_bus(client->calls, client->bus);
        r = attach(client);
        if (r < 0)
                client_set_error(NULL, r, "reach busvisord", error);
        return r >= 0;
}

bool client_connect(Client *client, GError **error)
{
        return connect_to(client, &client->place, error);
}

bool client_reconnect(Client *client, GError **error)
{
        DaemonPlace place = client->place;

        place.loop = client->loop;
        place.is_unattended = true;
        return connect_to(client, &place, error);
}

bool client_is_remote(const Client *client)
{
        return client->place.host;
}

sd_bus *client_bus(Client *client)
{
        return client->bus;
}

CallQueue *client_calls(Client *client)
{
        return client->calls;
}

const char *client_bus_name(const Client *client)
{
        return client->place.bus_name;
}

int client_new_call_on(Client *client, const char *path, const char *interface, const char *member,
                sd_bus_message **ret_call)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r = sd_bus_message_new_method_call(
                        client->bus, &call, client->place.bus_name, path, interface, member);

        if (r < 0)
                return r;
        r = sd_bus_message_set_auto_start(call, false);
        if (r < 0)
                return r;
        /* Somebody sits there who can type a password when polkit asks for one. */
        r = sd_bus_message_set_allow_interactive_authorization(call, isatty(STDIN_FILENO));
        if (r < 0)
                return r;
        *ret_call = g_steal_pointer(&call);
        return 0;
}

int client_new_call(Client *client, const char *interface, const char *member,
                sd_bus_message **ret_call)
{
        return client_new_call_on(client, BUS_PATH, interface, member, ret_call);
}

static const struct {
        const char *name;
        Failure failure;
        const char *before, *after; /* the action; NULL = the daemon's message says it all */
} failures[] = {
        { SD_BUS_ERROR_ACCESS_DENIED, FAILURE_REFUSED, "not allowed to", "" },
        { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, FAILURE_REFUSED, "not allowed to", "" },
        { BUS_ERROR_NO_SUCH_PROCESS, FAILURE_NO_SUCH_NAME, "cannot", "" },
        { BUS_ERROR_NO_SUCH_GROUP, FAILURE_NO_SUCH_NAME, "cannot", "" },
        { BUS_ERROR_ALREADY_ADDED, FAILURE_ALREADY_ADDED, "cannot", "" },
        { BUS_ERROR_STILL_RUNNING, FAILURE_STILL_RUNNING, "cannot", "" },
        { BUS_ERROR_NO_FILE, FAILURE_NO_FILE, "cannot", "" },
        { BUS_ERROR_NOT_RUNNING, FAILURE_NOT_RUNNING, "cannot", "" },
        { BUS_ERROR_FAILED, FAILURE_FAILED, "cannot", "" },
        { BUS_ERROR_BAD_SIGNAL, FAILURE_BAD_SIGNAL, "cannot", "" },
        { BUS_ERROR_BAD_CONFIGURATION, FAILURE_BAD_CONFIGURATION, NULL, NULL },
        { BUS_ERROR_STALE_PLAN, FAILURE_STALE, "cannot", "" },
        { BUS_ERROR_NO_SUCH_DEAD_LETTER, FAILURE_NO_SUCH_NAME, "cannot", "" },
        { BUS_ERROR_SHUTTING_DOWN, FAILURE_CLOSING, "cannot", "" },
        { SD_BUS_ERROR_SERVICE_UNKNOWN, FAILURE_LOST, "cannot", ": busvisord is gone" },
        { SD_BUS_ERROR_NAME_HAS_NO_OWNER, FAILURE_LOST, "cannot", ": busvisord is gone" },
        { SD_BUS_ERROR_NO_REPLY, FAILURE_LOST, "cannot", ": busvisord did not answer" },
        { SD_BUS_ERROR_DISCONNECTED, FAILURE_LOST, "cannot", ": connection lost" },
};

static const int errnos_of_loss[] = { ECONNRESET, ENOTCONN, EPIPE, ESHUTDOWN, ECONNREFUSED };

static bool is_loss(int r)
{
        for (size_t i = 0; i < G_N_ELEMENTS(errnos_of_loss); i++)
                if (r == -errnos_of_loss[i])
                        return true;
        return false;
}

void client_set_error(const sd_bus_error *bus_error, int r, const char *action, GError **error)
{
        Failure failure = is_loss(r) ? FAILURE_LOST : FAILURE_OTHER;
        const char *before = "cannot", *after = "";
        const char *reason = g_strerror(-r);

        if (bus_error && bus_error->name) {
                if (bus_error->message && *bus_error->message)
                        reason = bus_error->message;
                for (size_t i = 0; i < G_N_ELEMENTS(failures); i++)
                        if (strcmp(failures[i].name, bus_error->name) == 0) {
                                failure = failures[i].failure;
                                before = failures[i].before;
                                after = failures[i].after;
                        }
        }
        if (before)
                g_set_error(error, FAILURE, failure, "%s %s%s (%s)", before, action, after, reason);
        else
                g_set_error_literal(error, FAILURE, failure, reason);
}

const char *client_error_name(const GError *error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(failures); i++)
                if (g_error_matches(error, FAILURE, (int)failures[i].failure))
                        return failures[i].name;
        return g_error_matches(error, FAILURE, FAILURE_TIMED_OUT) ? SD_BUS_ERROR_TIMEOUT
                                                                  : SD_BUS_ERROR_FAILED;
}

bool client_call(Client *client, sd_bus_message *call, uint64_t timeout_usec, const char *action,
                sd_bus_message **ret_reply, GError **error)
{
        auto_bus_error bus_error = SD_BUS_ERROR_NULL;
        uint64_t usec = client_timeout(client, timeout_usec);
        int r = client->loop ? loop_call(client->loop, client->bus, call, usec, &bus_error,
                                               ret_reply)
                             : sd_bus_call(client->bus, call, usec, &bus_error, ret_reply);

        if (r < 0 && !client_is_late(client, action, error))
                client_set_error(&bus_error, r, action, error);
        return r >= 0;
}

bool client_get_property(Client *client, const char *interface, const char *name,
                sd_bus_message **ret_reply, GError **error, const char *types, void *ret_value)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        g_autofree char *action = g_strdup_printf("read %s", name);
        int r = client_new_call(client, "org.freedesktop.DBus.Properties", "Get", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "ss", interface, name);
        if (r < 0) {
                client_set_error(NULL, r, action, error);
                return false;
        }
        if (!client_call(client, call, CLIENT_TIMEOUT, action, &reply, error))
                return false;
        r = sd_bus_message_read(reply, "v", types, ret_value);
        if (r < 0) {
                client_set_error(NULL, r, action, error);
                return false;
        }
        *ret_reply = g_steal_pointer(&reply);
        return true;
}
