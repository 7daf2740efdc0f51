/* Getters, then handlers in the order of the XML, then the vtable. */

#include "daemon/face/manager-bus.h"

#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "config.h"
#include "daemon/face/access.h"
#include "daemon/face/configuration-bus.h"
#include "daemon/face/face.h"
#include "daemon/face/host-attach.h"
#include "daemon/face/jobs.h"
#include "daemon/face/log-level-bus.h"
#include "daemon/face/manager-find-bus.h"
#include "daemon/face/manager-list-bus.h"
#include "daemon/face/manager-log-bus.h"
#include "daemon/face/manager-option-bus.h"
#include "daemon/face/reload-bus.h"
#include "daemon/face/rpc-attach.h"
#include "daemon/face/state-counts.h"
#include "daemon/face/string-array.h"
#include "daemon/process/usage.h"

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", VERSION);
}

static const SupervisordConfig *supervisord_config(const Face *face)
{
        return &manager_config(face_manager(face))->supervisord;
}

static int get_identifier(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", supervisord_config(userdata)->identifier);
}

static int get_pid(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", (uint32_t)getpid());
}

static int get_run_id(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(
                        reply, "s", event_log_run_id(manager_events(face_manager(userdata))));
}

static int get_configuration_file(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", manager_config(face_manager(userdata))->file);
}

static int get_server_url(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *url = manager_server_url(face_manager(userdata));

        return sd_bus_message_append(reply, "s", url ? url : "");
}

static int get_log_file(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *file = supervisord_config(userdata)->logfile;

        return sd_bus_message_append(reply, "s", file ? file : "");
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s",
                        supervisor_state_to_string(manager_state(face_manager(userdata))));
}

static int get_start_timestamp(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", face_setup(userdata)->start_usec);
}

static int get_n_processes(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(
                        reply, "u", (uint32_t)manager_process_count(face_manager(userdata)));
}

static int get_n_groups(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", manager_groups(face_manager(userdata))->len);
}

static int get_n_pools(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GPtrArray *groups = manager_groups(face_manager(userdata));
        uint32_t n = 0;

        for (guint i = 0; i < groups->len; i++)
                if (group_config(groups->pdata[i])->kind == GROUP_EVENTLISTENER)
                        n++;
        return sd_bus_message_append(reply, "u", n);
}

static int get_states(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const GPtrArray *groups = manager_groups(face_manager(userdata));
        StateCounts counts = {};

        for (guint i = 0; i < groups->len; i++)
                state_counts_add(&counts, group_processes(groups->pdata[i]));
        return state_counts_append(reply, &counts);
}

static int get_cpu_usage(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", usage_cpu_nsec(getpid()));
}

static int get_memory(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", usage_memory_bytes(getpid()));
}

static int run_jobs(sd_bus_message *call, const Face *face, JobKind kind, sd_bus_error *error)
{
        g_auto(GStrv) names = NULL;
        uint64_t flags;
        int r;

        r = string_array_read(call, &names, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "t", &flags);
        if (r < 0)
                return r;
        return jobs_run_many(call, face, names, kind, flags, error);
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
        g_auto(GStrv) names = NULL;
        const char *signal_name;
        int r;

        r = string_array_read(call, &names, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "s", &signal_name);
        if (r < 0)
                return r;
        return jobs_signal_many(call, face_manager(userdata), names, signal_name, error);
}

static int granted_shutdown(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const FaceSetup *setup = face_setup(userdata);

        if (manager_state(setup->manager) == SUPERVISOR_SHUTDOWN)
                return sd_bus_error_set(
                                error, BUS_ERROR_SHUTTING_DOWN, "the daemon is shutting down");
        setup->shut_down(setup->userdata);
        return sd_bus_reply_method_return(call, NULL);
}

static int require(sd_bus_message *call, void *userdata, const char *action, AccessGranted granted,
                sd_bus_error *error)
{
        return access_require(call, face_access(userdata), action, granted, userdata, error);
}

static int start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "starting processes", granted_start, error);
}

static int stop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "stopping processes", granted_stop, error);
}

static int restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "restarting processes", granted_restart, error);
}

static int send_signal(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "sending signals", granted_signal, error);
}

static int shut_down(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "shutting down", granted_shutdown, error);
}

/* Why something differs tells of the file, which not everybody may read. */
static int plan_reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "planning a reload", reload_bus_plan, error);
}

static int apply_reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "applying a reload", reload_bus_apply, error);
}

static int add_group(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "adding a group", reload_bus_add_group, error);
}

static int remove_group(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "removing a group", reload_bus_remove_group, error);
}

static int list_configurations(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reading the configuration", configuration_bus_list, error);
}

static int describe_configurations(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reading the configuration", configuration_bus_describe,
                        error);
}

static int reload(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "restarting everything", reload_bus_restart, error);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
/* Who may call what is decided in the handlers, without waiting for the bus. */
#define ANYBODY SD_BUS_VTABLE_UNPRIVILEGED

const sd_bus_vtable manager_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, CONSTANT),
        SD_BUS_PROPERTY("Identifier", "s", get_identifier, 0, CONSTANT),
        SD_BUS_PROPERTY("Pid", "u", get_pid, 0, CONSTANT),
        SD_BUS_PROPERTY("RunId", "s", get_run_id, 0, CONSTANT),
        SD_BUS_PROPERTY("ConfigurationFile", "s", get_configuration_file, 0, CONSTANT),
        SD_BUS_PROPERTY("LogFile", "s", get_log_file, 0, CONSTANT),
        SD_BUS_PROPERTY("ServerUrl", "s", get_server_url, 0, CHANGES),
        SD_BUS_PROPERTY("State", "s", get_state, 0, CHANGES),
        SD_BUS_PROPERTY("StartTimestamp", "t", get_start_timestamp, 0, CONSTANT),
        SD_BUS_PROPERTY("NProcesses", "u", get_n_processes, 0, 0),
        SD_BUS_PROPERTY("NGroups", "u", get_n_groups, 0, 0),
        SD_BUS_PROPERTY("NPools", "u", get_n_pools, 0, 0),
        SD_BUS_PROPERTY("States", "a{su}", get_states, 0, 0),
        SD_BUS_PROPERTY("CPUUsageNSec", "t", get_cpu_usage, 0, 0),
        SD_BUS_PROPERTY("MemoryCurrent", "t", get_memory, 0, 0),
        SD_BUS_WRITABLE_PROPERTY("LogLevel", "s", log_level_bus_get, log_level_bus_set, 0,
                        CHANGES | ANYBODY),
        SD_BUS_PROPERTY("LogFileMaxBytes", "t", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("LogFileBackups", "x", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("LogFileRotateUSec", "t", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("LogFileCompress", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("LogFileFormat", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("PidFile", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("ChildLogDirectory", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("User", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("StripAnsi", "b", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("Bus", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_PROPERTY("BusName", "s", manager_option_bus_get, 0, CONSTANT),
        SD_BUS_METHOD_WITH_ARGS("ListProcesses", SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ssosuttsi)", processes), manager_list_bus_processes,
                        ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ListUsage", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ssuttu)", usage),
                        manager_list_bus_usage, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ListLogs", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ssss)", logs),
                        manager_list_bus_logs, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ListGroups", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ssoxa{su})", groups),
                        manager_list_bus_groups, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ListPools", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(souuttu)", pools),
                        manager_list_bus_pools, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetProcess", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", process),
                        manager_find_bus_process, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetProcessByPID", SD_BUS_ARGS("u", pid),
                        SD_BUS_RESULT("o", process), manager_find_bus_pid, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetGroup", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", group),
                        manager_find_bus_group, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("GetPool", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", pool),
                        manager_find_bus_pool, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_ARGS("as", names, "t", flags),
                        SD_BUS_RESULT("a(ssss)", results), start, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("as", names, "t", flags),
                        SD_BUS_RESULT("a(ssss)", results), stop, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_ARGS("as", names, "t", flags),
                        SD_BUS_RESULT("a(ssss)", results), restart, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Signal", SD_BUS_ARGS("as", names, "s", signal),
                        SD_BUS_RESULT("a(ssss)", results), send_signal, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Shutdown", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, shut_down, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("PlanReload", SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("s", token, "a(ssssas)", steps), plan_reload, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ApplyReload", SD_BUS_ARGS("s", token, "as", groups, "t", flags),
                        SD_BUS_RESULT("a(ssss)", results), apply_reload, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS(
                        "AddGroup", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, add_group, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("RemoveGroup", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT,
                        remove_group, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ListConfigurations", SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ssbbxx)", processes), list_configurations, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("DescribeConfigurations", SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(ssbxa{sv})", processes), describe_configurations, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, reload, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ReadLog", SD_BUS_ARGS("x", offset, "x", length),
                        SD_BUS_RESULT("ay", data, "t", position), manager_log_bus_read, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("TailLog", SD_BUS_ARGS("x", offset, "x", length),
                        SD_BUS_RESULT("ay", data, "t", size, "b", overflow), manager_log_bus_tail,
                        ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("OpenLog", SD_BUS_NO_ARGS, SD_BUS_RESULT("h", fd),
                        manager_log_bus_open, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ClearLog", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, manager_log_bus_clear,
                        ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ReopenLogs", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
                        manager_log_bus_reopen_all, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("ClearLogs", SD_BUS_ARGS("as", names),
                        SD_BUS_RESULT("a(ssss)", results), manager_log_bus_clear_many, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("AttachListenerHost", SD_BUS_ARGS("s", token),
                        SD_BUS_RESULT("s", identifier, "s", run_id, "a(sutattta{sv})", pools,
                                        "a(ssut)", listeners),
                        host_attach, ANYBODY),
        SD_BUS_METHOD_WITH_ARGS("AttachRpcHost", SD_BUS_ARGS("s", token),
                        SD_BUS_RESULT("s", identifier, "s", version, "a(sssau)", servers),
                        rpc_attach, ANYBODY),
        SD_BUS_SIGNAL("PoolsChanged", "", 0),
        SD_BUS_SIGNAL(BUS_MEMBER_HTTP_SERVERS_CHANGED, "", 0),
        SD_BUS_VTABLE_END,
};
