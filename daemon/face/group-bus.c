/* The methods are those of the Manager with the one name "GROUP:*". */

#include "daemon/face/group-bus.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/face/jobs.h"
#include "daemon/face/state-counts.h"

static int get_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", group_config(userdata)->name);
}

static int get_kind(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(
                        reply, "s", group_kind_to_string(group_config(userdata)->kind));
}

static int get_priority(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "x", group_config(userdata)->priority);
}

static int get_processes(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GPtrArray *processes = group_processes(userdata);
        int r = sd_bus_message_open_container(reply, 'a', "o");

        for (guint i = 0; r >= 0 && i < processes->len; i++) {
                const ProcessConfig *config = process_config(processes->pdata[i]);
                g_autofree char *process = bus_path_process(config->group, config->name);

                r = sd_bus_message_append(reply, "o", process);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_states(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        StateCounts counts = {};

        state_counts_add(&counts, group_processes(userdata));
        return state_counts_append(reply, &counts);
}

static int get_sockets(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GPtrArray *sockets = group_config(userdata)->sockets;
        int r = sd_bus_message_open_container(reply, 'a', "(ssxuuu)");

        for (guint i = 0; r >= 0 && i < sockets->len; i++) {
                const SocketConfig *socket = sockets->pdata[i];

                r = sd_bus_message_append(reply, "(ssxuuu)", socket->program, socket->url,
                                socket->backlog, (uint32_t)socket->uid, (uint32_t)socket->gid,
                                (uint32_t)socket->mode);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* "GROUP:*", from the path of the object that was called. Caller frees with g_free. */
static char *group_wide_name(sd_bus_message *call)
{
        g_autofree char *group = NULL;

        if (!bus_path_parse_group(sd_bus_message_get_path(call), &group))
                return g_strdup("");
        return g_strconcat(group, ":*", NULL);
}

/* A granted call may come later than the look-up that led to its handler, so it goes by the path
 * again. */
static int run_jobs(sd_bus_message *call, const Face *face, JobKind kind, sd_bus_error *error)
{
        g_autofree char *name = group_wide_name(call);
        uint64_t flags;
        int r = sd_bus_message_read(call, "t", &flags);

        if (r < 0)
                return r;
        return jobs_run_many(call, face, (char *[]){ name, NULL }, kind, flags, error);
}

static int granted_start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_jobs(call, userdata, JOB_START, error);
}

static int granted_stop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_jobs(call, userdata, JOB_STOP, error);
}

static int granted_restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_jobs(call, userdata, JOB_RESTART, error);
}

static int granted_signal(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autofree char *name = group_wide_name(call);
        const char *signal_name;
        int r = sd_bus_message_read(call, "s", &signal_name);

        if (r < 0)
                return r;
        return jobs_signal_many(
                        call, face_manager(userdata), (char *[]){ name, NULL }, signal_name, error);
}

static int require(sd_bus_message *call, const char *action, AccessGranted granted,
                sd_bus_error *error)
{
        Face *face = face_current(sd_bus_message_get_bus(call));

        return access_require(call, face_access(face), action, granted, face, error);
}

static int start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, "starting a group", granted_start, error);
}

static int stop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, "stopping a group", granted_stop, error);
}

static int restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, "restarting a group", granted_restart, error);
}

static int send_signal(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, "sending signals to a group", granted_signal, error);
}

int group_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        g_autofree char *name = NULL;
        Group *group;

        if (!bus_path_parse_group(path, &name))
                return 0;
        group = manager_find_group(face_manager(userdata), name);
        if (!group)
                return 0;
        *ret_found = group;
        return 1;
}

int group_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error)
{
        const GPtrArray *groups = manager_groups(face_manager(userdata));
        char **nodes = g_new0(char *, groups->len + 1);

        for (guint i = 0; i < groups->len; i++)
                nodes[i] = bus_path_group(group_config(groups->pdata[i])->name);
        *ret_nodes = nodes;
        return 0;
}

int group_bus_emit_configured(sd_bus *bus, const char *path)
{
        return sd_bus_emit_properties_changed(
                        bus, path, BUS_INTERFACE_GROUP, "Priority", "Processes", "Sockets", NULL);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

const sd_bus_vtable group_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, CONSTANT),
        SD_BUS_PROPERTY("Kind", "s", get_kind, 0, CONSTANT),
        SD_BUS_PROPERTY("Priority", "x", get_priority, 0, CHANGES),
        SD_BUS_PROPERTY("Processes", "ao", get_processes, 0, CHANGES),
        SD_BUS_PROPERTY("States", "a{su}", get_states, 0, 0),
        SD_BUS_PROPERTY("Sockets", "a(ssxuuu)", get_sockets, 0, CHANGES),
        SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_ARGS("t", flags), SD_BUS_RESULT("a(ssss)", results),
                        start, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("t", flags), SD_BUS_RESULT("a(ssss)", results),
                        stop, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_ARGS("t", flags),
                        SD_BUS_RESULT("a(ssss)", results), restart, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Signal", SD_BUS_ARGS("s", signal),
                        SD_BUS_RESULT("a(ssss)", results), send_signal, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};
