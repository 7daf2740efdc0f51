/* All properties in one answer, so that they fit together. */

#include "tools/ctl/pool-status.h"

#include <stddef.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"

#define READ_ACTION "read the state of listener pools"

#define LISTENER "(ssutsttt)"

/* Those of basic types. */
static const struct {
        const char *name, *type;
        size_t offset;
} properties[] = {
        { "Cursor", "t", offsetof(PoolStatus, cursor) },
        { "Queued", "u", offsetof(PoolStatus, queued) },
        { "InHand", "u", offsetof(PoolStatus, in_hand) },
        { "DeadLetters", "u", offsetof(PoolStatus, dead_letters) },
        { "LagEvents", "t", offsetof(PoolStatus, lag_events) },
        { "LagUSec", "t", offsetof(PoolStatus, lag_usec) },
        { "Delivered", "t", offsetof(PoolStatus, delivered) },
        { "Retried", "t", offsetof(PoolStatus, retried) },
        { "Violations", "t", offsetof(PoolStatus, violations) },
        { "GivenUp", "t", offsetof(PoolStatus, given_up) },
        { "Discarded", "t", offsetof(PoolStatus, discarded) },
};

static void listener_status_free(gpointer data)
{
        ListenerStatus *listener = data;

        g_free(listener->process);
        g_free(listener->state);
        g_free(listener);
}

PoolStatus *pool_status_new(const char *name)
{
        PoolStatus *status = g_new0(PoolStatus, 1);

        status->name = g_strdup(name);
        status->listeners = g_ptr_array_new_with_free_func(listener_status_free);
        return status;
}

void pool_status_free(void *pointer)
{
        PoolStatus *status = pointer;

        g_free(status->name);
        g_ptr_array_unref(status->listeners);
        g_free(status);
}

ListenerStatus *pool_status_add(PoolStatus *status, const char *process, ProcessState process_state,
                const char *state)
{
        ListenerStatus *listener = g_new0(ListenerStatus, 1);

        listener->process = g_strdup(process);
        listener->process_state = process_state;
        listener->state = g_strdup(state);
        g_ptr_array_add(status->listeners, listener);
        return listener;
}

/* 1 with a listener, 0 at the end of the array. A state that a later daemon may have is UNKNOWN to
 * us. */
static int read_listener(sd_bus_message *reply, PoolStatus *status)
{
        const char *process, *state_name, *state;
        ListenerStatus numbers, *listener;
        ProcessState process_state;
        uint32_t pid;
        int r = sd_bus_message_read(reply, LISTENER, &process, &state_name, &pid,
                        &numbers.generation, &state, &numbers.delivered, &numbers.event,
                        &numbers.given_usec);

        if (r <= 0)
                return r;
        process_state = process_state_from_string(state_name);
        if (process_state == _PROCESS_STATE_INVALID)
                process_state = PROCESS_UNKNOWN;
        listener = pool_status_add(status, process, process_state, state);
        listener->pid = pid;
        listener->generation = numbers.generation;
        listener->delivered = numbers.delivered;
        listener->event = numbers.event;
        listener->given_usec = numbers.given_usec;
        return 1;
}

static int read_listeners(sd_bus_message *reply, PoolStatus *status)
{
        int r = sd_bus_message_enter_container(reply, 'v', "a" LISTENER);

        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(reply, 'a', LISTENER);
        while (r > 0)
                r = read_listener(reply, status);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(reply);
        return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int read_property(sd_bus_message *reply, PoolStatus *status)
{
        const char *name;
        int r = sd_bus_message_read(reply, "s", &name);

        if (r < 0)
                return r;
        if (strcmp(name, "Listeners") == 0)
                return read_listeners(reply, status);
        for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
                if (strcmp(name, properties[i].name) == 0)
                        return sd_bus_message_read(reply, "v", properties[i].type,
                                        (void *)((char *)status + properties[i].offset));
        return sd_bus_message_skip(reply, "v");
}

static int read_properties(sd_bus_message *reply, PoolStatus *status)
{
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = read_property(reply, status);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(reply);
                if (r < 0)
                        return r;
        }
        return r;
}

static int call_get_all(Client *client, const char *name, sd_bus_message **ret)
{
        g_autofree char *path = bus_path_pool(name);
        int r = client_new_call_on(client, path, "org.freedesktop.DBus.Properties", "GetAll", ret);

        return r < 0 ? r : sd_bus_message_append(*ret, "s", BUS_INTERFACE_POOL);
}

bool pool_status_read(Client *client, const char *name, PoolStatus **ret, GError **error)
{
        g_autoptr(PoolStatus) status = pool_status_new(name);
        auto_bus_error bus_error = SD_BUS_ERROR_NULL;
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = call_get_all(client, name, &call);

        if (r >= 0)
                r = sd_bus_call(client_bus(client), call, client_timeout(client, CLIENT_TIMEOUT),
                                &bus_error, &reply);
        if (r < 0 && sd_bus_error_has_name(&bus_error, SD_BUS_ERROR_UNKNOWN_OBJECT)) {
                *ret = NULL;
                return true;
        }
        if (r >= 0)
                r = read_properties(reply, status);
        if (r < 0) {
                if (!client_is_late(client, READ_ACTION, error))
                        client_set_error(&bus_error, r, READ_ACTION, error);
                return false;
        }
        *ret = g_steal_pointer(&status);
        return true;
}
