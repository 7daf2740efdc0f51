/* Apart from manager-bus.c, as the reply has many parts and concerns nobody but the listener-host.
 */

#include "daemon/face/host-attach.h"

#include "bus/cleanup.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/output/main-log.h"

static bool is_pool(const Group *group)
{
        return group_config(group)->kind == GROUP_EVENTLISTENER;
}

#define USEC_PER_SEC UINT64_C(1000000)

#define POOL "sutattta{sv}"

static int append_attempts(sd_bus_message *reply, const GArray *attempts)
{
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "attempts");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "a(tu)");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(tu)");
        for (guint i = 0; r >= 0 && i < attempts->len; i++) {
                const CursorAttempts *one = &g_array_index(attempts, CursorAttempts, i);

                r = sd_bus_message_append(reply, "(tu)", one->serial, one->n_failed);
        }
        for (int depth = 0; r >= 0 && depth < 3; depth++)
                r = sd_bus_message_close_container(reply);
        return r;
}

static int append_list(sd_bus_message *reply, const char *name, char **list)
{
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "s", name);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'v', "as");
        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(reply, list);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Those of a pool that are RUNNING; borrowed names. */
static char **running_listeners(const Group *pool)
{
        const GPtrArray *processes = group_processes(pool);
        char **names = g_new0(char *, processes->len + 1);
        size_t n = 0;

        for (guint i = 0; i < processes->len; i++)
                if (process_state(processes->pdata[i]) == PROCESS_RUNNING)
                        names[n++] = process_config(processes->pdata[i])->name;
        return names;
}

/* By name, so that there may be more of them without another signature. */
static int append_settings(sd_bus_message *reply, const Group *pool, const Cursor *cursor)
{
        const GroupConfig *config = group_config(pool);
        g_autofree char **running = running_listeners(pool);
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "event_extras", "b",
                        (int)config->event_extras, "event_timeout", "t",
                        (uint64_t)config->event_timeout * USEC_PER_SEC, "max_attempts", "u",
                        (uint32_t)config->max_attempts, "overflow", "s",
                        pool_overflow_names[config->overflow], "protocol", "s",
                        pool_protocol_names[config->protocol], "payload_length", "s",
                        payload_length_names[config->payload_length], "result_handler", "s",
                        config->result_handler);
        if (r < 0)
                return r;
        r = append_list(reply, "running", running);
        if (r < 0)
                return r;
        r = append_attempts(reply, cursor->attempts);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static int append_pool(sd_bus_message *reply, const Group *pool, const Cursor *cursor)
{
        const GroupConfig *config = group_config(pool);
        int r;

        r = sd_bus_message_open_container(reply, 'r', POOL);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "s", config->name);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "ut", (uint32_t)MIN(config->buffer_size, UINT32_MAX),
                        cursor->serial);
        if (r < 0)
                return r;
        r = sd_bus_message_append_array(reply, 't', cursor->answered->data,
                        cursor->answered->len * sizeof(uint64_t));
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tt", cursor->poolserial, cursor->begun);
        if (r < 0)
                return r;
        r = append_settings(reply, pool, cursor);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static int append_pools(sd_bus_message *reply, const Manager *manager)
{
        const GPtrArray *groups = manager_groups(manager);
        int r = sd_bus_message_open_container(reply, 'a', "(" POOL ")");

        for (guint i = 0; r >= 0 && i < groups->len; i++) {
                const GroupConfig *config = group_config(groups->pdata[i]);

                if (is_pool(groups->pdata[i]))
                        r = append_pool(reply, groups->pdata[i],
                                        cursors_find(manager_cursors(manager), config->name));
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_listeners_of(sd_bus_message *reply, const Group *group)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = 0; i < processes->len; i++) {
                const Process *process = processes->pdata[i];
                int r;

                if (process_pid(process) == 0 || process_state(process) == PROCESS_STOPPING)
                        continue;
                r = sd_bus_message_append(reply, "(ssut)", group_config(group)->name,
                                process_config(process)->name, (uint32_t)process_pid(process),
                                process_generation(process));
                if (r < 0)
                        return r;
        }
        return 0;
}

static int append_listeners(sd_bus_message *reply, const Manager *manager)
{
        const GPtrArray *groups = manager_groups(manager);
        int r = sd_bus_message_open_container(reply, 'a', "(ssut)");

        for (guint i = 0; r >= 0 && i < groups->len; i++)
                if (is_pool(groups->pdata[i]))
                        r = append_listeners_of(reply, groups->pdata[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int seat_and_reply(sd_bus_message *call, const Face *face, bool is_ours, sd_bus_error *error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const Manager *manager = face_manager(face);
        int r;

        r = host_seat_take(face_host_seat(face), call, is_ours,
                        event_log_next(manager_events(manager)) - 1, error);
        if (r < 0)
                return r;
        pool_pages_clear(face_pool_pages(face));
        log_debug("the listener-host is %s", sd_bus_message_get_sender(call));
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "ss", manager_config(manager)->supervisord.identifier,
                        event_log_run_id(manager_events(manager)));
        if (r < 0)
                return r;
        r = append_pools(reply, manager);
        if (r < 0)
                return r;
        r = append_listeners(reply, manager);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int granted(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return seat_and_reply(call, userdata, false, error);
}

int host_attach(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = userdata;
        const FaceSetup *setup = face_setup(face);
        const char *token;
        int r = sd_bus_message_read(call, "s", &token);

        if (r < 0)
                return r;
        if (*token && setup->check_token(token, setup->userdata))
                return seat_and_reply(call, face, true, error);
        if (*token)
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "this is not the token of the listener-host that runs");
        /* It may do what the owner may, but has no business with pipes. */
        if (rpc_seats_has(face_rpc_seats(face), sd_bus_message_get_sender(call)))
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "an rpc-host cannot be the listener-host too");
        return access_require_host(call, face_access(face), "being the listener-host", granted,
                        userdata, error);
}
