/* Everything has an object path that follows from its name; who asks learns besides whether it is
 * there, and need not know how names are written in paths. */

#include "daemon/face/manager-find-bus.h"

#include <unistd.h>

#include "bus/error.h"
#include "bus/names.h"
#include "daemon/face/face.h"
#include "daemon/process/selector.h"

/* What the selector says to a single name. */
typedef struct Lookup {
        Process *process;
        const char *error;
} Lookup;

static void on_match(Process *process, bool by_name, void *userdata)
{
        Lookup *lookup = userdata;

        if (by_name)
                lookup->process = process;
}

static void on_miss(const char *group, const char *process, const char *error, void *userdata)
{
        Lookup *lookup = userdata;

        lookup->error = error;
}

int manager_find_bus_process(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Lookup lookup = {};
        g_autofree char *path = NULL;
        const char *name;
        int r = sd_bus_message_read(call, "s", &name);

        if (r < 0)
                return r;
        selector_find(face_manager(userdata), name, on_match, on_miss, &lookup);
        if (!lookup.process)
                return sd_bus_error_setf(error,
                                lookup.error ? lookup.error : BUS_ERROR_NO_SUCH_PROCESS,
                                "there is no process %s", name);
        path = bus_path_process(process_config(lookup.process)->group,
                        process_config(lookup.process)->name);
        return sd_bus_reply_method_return(call, "o", path);
}

int manager_find_bus_group(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autofree char *path = NULL;
        const char *name;
        int r = sd_bus_message_read(call, "s", &name);

        if (r < 0)
                return r;
        if (!manager_find_group(face_manager(userdata), name))
                return sd_bus_error_setf(
                                error, BUS_ERROR_NO_SUCH_GROUP, "there is no group %s", name);
        path = bus_path_group(name);
        return sd_bus_reply_method_return(call, "o", path);
}

int manager_find_bus_pool(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autofree char *path = NULL;
        const Group *group;
        const char *name;
        int r = sd_bus_message_read(call, "s", &name);

        if (r < 0)
                return r;
        group = manager_find_group(face_manager(userdata), name);
        if (!group || group_config(group)->kind != GROUP_EVENTLISTENER)
                return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_GROUP,
                                "there is no listener pool %s", name);
        path = bus_path_pool(name);
        return sd_bus_reply_method_return(call, "o", path);
}

static Process *find_pid(const Manager *manager, pid_t pid)
{
        const GPtrArray *groups = manager_groups(manager);

        for (guint i = 0; pid > 0 && i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        if (process_pid(processes->pdata[k]) == pid)
                                return processes->pdata[k];
        }
        return NULL;
}

/* Each process leads a process group, in which what it starts stays unless it asks for another. */
int manager_find_bus_pid(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autofree char *path = NULL;
        const Process *process;
        uint32_t pid;
        int r = sd_bus_message_read(call, "u", &pid);

        if (r < 0)
                return r;
        process = find_pid(face_manager(userdata), (pid_t)pid);
        if (!process && (pid_t)pid > 0)
                process = find_pid(face_manager(userdata), getpgid((pid_t)pid));
        if (!process)
                return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_PROCESS,
                                "the process id %u belongs to no process", pid);
        path = bus_path_process(process_config(process)->group, process_config(process)->name);
        return sd_bus_reply_method_return(call, "o", path);
}
