/* Apart from manager-bus.c, which has what is about the daemon itself. One message tells of
 * everything, so that who wants a table of a thousand processes makes one call. */

#include "daemon/face/manager-list-bus.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/face/answer-size.h"
#include "daemon/face/face.h"
#include "daemon/face/state-counts.h"
#include "daemon/process/usage.h"

static int compare_processes(gconstpointer a, gconstpointer b)
{
        const ProcessConfig *left = process_config(*(Process *const *)a);
        const ProcessConfig *right = process_config(*(Process *const *)b);
        int by_group = strcmp(left->group, right->group);

        return by_group ? by_group : strcmp(left->name, right->name);
}

static GPtrArray *processes_by_name(const Manager *manager)
{
        const GPtrArray *groups = manager_groups(manager);
        GPtrArray *processes = g_ptr_array_new();

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *members = group_processes(groups->pdata[i]);

                for (guint k = 0; k < members->len; k++)
                        g_ptr_array_add(processes, members->pdata[k]);
        }
        g_ptr_array_sort(processes, compare_processes);
        return processes;
}

/* *bytes: how long the answer may be by now. */
static int append_process(sd_bus_message *reply, const Process *process, size_t *bytes)
{
        const ProcessConfig *config = process_config(process);
        g_autofree char *path = bus_path_process(config->group, config->name);

        *bytes += answer_size_of_entry(config, strlen(path) + strlen(process_spawn_error(process)));
        return sd_bus_message_append(reply, "(ssosuttsi)", config->group, config->name, path,
                        process_state_to_string(process_state(process)),
                        (uint32_t)process_pid(process), process_start_usec(process),
                        process_stop_usec(process), process_spawn_error(process),
                        process_last_exit(process)->code);
}

static int append_usage(sd_bus_message *reply, const Process *process, size_t *bytes)
{
        const ProcessConfig *config = process_config(process);
        pid_t pid = process_pid(process);

        *bytes += answer_size_of_entry(config, 0);
        return sd_bus_message_append(reply, "(ssuttu)", config->group, config->name, (uint32_t)pid,
                        usage_cpu_nsec(pid), usage_memory_bytes(pid),
                        (uint32_t)process_restarts(process));
}

static const char *text_or_empty(const char *text)
{
        return text ? text : "";
}

static int append_logs(sd_bus_message *reply, const Process *process, size_t *bytes)
{
        const char *out = text_or_empty(process_stdout_log(process));
        const char *err = text_or_empty(process_stderr_log(process));
        const ProcessConfig *config = process_config(process);

        *bytes += answer_size_of_entry(config, strlen(out) + strlen(err));
        return sd_bus_message_append(reply, "(ssss)", config->group, config->name, out, err);
}

typedef int (*AppendProcess)(sd_bus_message *reply, const Process *process, size_t *bytes);

/* An array with one structure of these fields for each process. */
static int reply_processes(sd_bus_message *call, const Face *face, const char *structure,
                AppendProcess append, sd_bus_error *error)
{
        g_autoptr(GPtrArray) processes = processes_by_name(face_manager(face));
        g_autoptr(sd_bus_message) reply = NULL;
        size_t bytes = 0;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', structure);
        for (guint i = 0; r >= 0 && i < processes->len; i++) {
                r = append(reply, processes->pdata[i], &bytes);
                if (r >= 0)
                        r = answer_size_check(bytes, error);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int manager_list_bus_processes(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_processes(call, userdata, "(ssosuttsi)", append_process, error);
}

int manager_list_bus_usage(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_processes(call, userdata, "(ssuttu)", append_usage, error);
}

int manager_list_bus_logs(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_processes(call, userdata, "(ssss)", append_logs, error);
}

typedef int (*AppendGroup)(sd_bus_message *reply, const Face *face, const Group *group);

/* Likewise for each group of these kinds (a set of bits), in start order. */
static int reply_groups(sd_bus_message *call, const Face *face, unsigned kinds,
                const char *structure, AppendGroup append, sd_bus_error *error)
{
        const GPtrArray *groups = manager_groups(face_manager(face));
        g_autoptr(sd_bus_message) reply = NULL;
        size_t bytes = 0;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', structure);
        for (guint i = 0; r >= 0 && i < groups->len; i++) {
                const GroupConfig *config = group_config(groups->pdata[i]);

                if (!(kinds & (1u << config->kind)))
                        continue;
                bytes += answer_size_of_group(config);
                r = append(reply, face, groups->pdata[i]);
                if (r >= 0)
                        r = answer_size_check(bytes, error);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int append_group(sd_bus_message *reply, const Face *face, const Group *group)
{
        const GroupConfig *config = group_config(group);
        g_autofree char *path = bus_path_group(config->name);
        StateCounts counts = {};
        int r = sd_bus_message_open_container(reply, 'r', "ssoxa{su}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "ssox", config->name,
                                group_kind_to_string(config->kind), path, config->priority);
        state_counts_add(&counts, group_processes(group));
        if (r >= 0)
                r = state_counts_append(reply, &counts);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_pool(sd_bus_message *reply, const Face *face, const Group *group)
{
        const char *name = group_config(group)->name;
        const PoolBoard *board = face_pool_board(face);
        g_autofree char *path = bus_path_pool(name);
        StateCounts counts = {};

        state_counts_add(&counts, group_processes(group));
        return sd_bus_message_append(reply, "(souuttu)", name, path, group_processes(group)->len,
                        counts.of[PROCESS_RUNNING], pool_board_lag_events(board, group),
                        pool_report_total(pool_board_report(board, group), POOL_COUNT_DELIVERED),
                        (uint32_t)dead_letters_count(face_setup(face)->dead_letters, name));
}

int manager_list_bus_groups(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_groups(call, userdata, ~0u, "(ssoxa{su})", append_group, error);
}

int manager_list_bus_pools(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_groups(
                        call, userdata, 1u << GROUP_EVENTLISTENER, "(souuttu)", append_pool, error);
}
