/* Apart from reload-bus.c, which has what changes something: here the file is read and told of, as
 * the next reload would find it. */

#include "daemon/face/configuration-bus.h"

#include <string.h>

#include "bus/cleanup.h"
#include "daemon/face/answer-size.h"
#include "daemon/face/face.h"
#include "daemon/face/option-variant.h"
#include "daemon/face/reload-bus.h"
#include "daemon/process/reload.h"

static int compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp((*(const ProcessConfig *const *)a)->name,
                        (*(const ProcessConfig *const *)b)->name);
}

/* Where names are the same, their groups are in the order of starting. */
static GPtrArray *processes_by_name(const Config *config)
{
        GPtrArray *processes = g_ptr_array_new();

        for (guint i = 0; i < config->groups->len; i++) {
                const GroupConfig *group = config->groups->pdata[i];

                for (guint k = 0; k < group->processes->len; k++)
                        g_ptr_array_add(processes, group->processes->pdata[k]);
        }
        g_ptr_array_sort(processes, compare_names);
        return processes;
}

/* *bytes: how long the answer may be by now. */
typedef int (*AppendConfiguration)(sd_bus_message *reply, const Manager *manager,
                const GroupConfig *group, const ProcessConfig *process, size_t *bytes);

static int append_summary(sd_bus_message *reply, const Manager *manager, const GroupConfig *group,
                const ProcessConfig *process, size_t *bytes)
{
        *bytes += answer_size_of_summary(process);
        return sd_bus_message_append(reply, "(ssbbxx)", process->group, process->name,
                        manager_find_group(manager, process->group) != NULL,
                        (int)process->autostart, group->priority, process->priority);
}

static int append_description(sd_bus_message *reply, const Manager *manager,
                const GroupConfig *group, const ProcessConfig *process, size_t *bytes)
{
        size_t n_told = 0;
        int r = sd_bus_message_open_container(reply, 'r', "ssbxa{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "ssbx", process->group, process->name,
                                manager_find_group(manager, process->group) != NULL,
                                group->priority);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = option_variant_append_process(reply, process, &n_told);
        if (r >= 0 && process->uid != (uid_t)-1)
                r = sd_bus_message_append(reply, "{sv}", "uid", "u", (uint32_t)process->uid);
        *bytes += answer_size_of_description(process, n_told);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int fail_too_long(const GPtrArray *processes, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "what %u processes are configured to be is too much for one answer",
                        processes->len);
}

/* types: of what is appended for each process. */
static int reply_configurations(sd_bus_message *call, const Face *face, const char *types,
                AppendConfiguration append, sd_bus_error *error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        g_autoptr(Config) config = NULL;
        g_autoptr(GPtrArray) processes = NULL;
        g_autoptr(GError) failure = NULL;
        size_t bytes = 0;
        int r;

        if (!reload_read(face_setup(face)->reload, &config, &failure))
                return reload_bus_fail(failure, error);
        processes = processes_by_name(config);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', types);
        for (guint i = 0; r >= 0 && i < processes->len; i++) {
                const ProcessConfig *process = processes->pdata[i];

                r = append(reply, face_manager(face), config_find_group(config, process->group),
                                process, &bytes);
                if (bytes > ANSWER_MAX_BYTES)
                        return fail_too_long(processes, error);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int configuration_bus_list(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_configurations(call, userdata, "(ssbbxx)", append_summary, error);
}

int configuration_bus_describe(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_configurations(call, userdata, "(ssbxa{sv})", append_description, error);
}
