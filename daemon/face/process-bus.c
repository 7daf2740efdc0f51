/* Getters, then handlers in the order of the XML, then the vtable. */

#include "daemon/face/process-bus.h"

#include <errno.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "daemon/face/jobs.h"
#include "daemon/face/process-log-bus.h"
#include "daemon/face/process-option-bus.h"
#include "daemon/process/usage.h"

static int get_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", process_config(userdata)->name);
}

static int get_group(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", process_config(userdata)->group);
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", process_state_to_string(process_state(userdata)));
}

static int get_pid(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", (uint32_t)process_pid(userdata));
}

static int get_start_timestamp(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", process_start_usec(userdata));
}

static int get_start_monotonic(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", process_start_monotonic(userdata));
}

static int get_stop_timestamp(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", process_stop_usec(userdata));
}

static int get_exit_status(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "i", process_last_exit(userdata)->code);
}

static int get_term_signal(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "i", process_last_exit(userdata)->term_signal);
}

static int get_spawn_error(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", process_spawn_error(userdata));
}

static int get_tries(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", (uint32_t)process_tries(userdata));
}

static int get_n_restarts(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", (uint32_t)process_restarts(userdata));
}

static int get_generation(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", process_generation(userdata));
}

static int get_restart_pending(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "b", (int)process_restart_is_due(userdata));
}

static int get_stdout_log(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *log = process_stdout_log(userdata);

        return sd_bus_message_append(reply, "s", log ? log : "");
}

static int get_stderr_log(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *log = process_stderr_log(userdata);

        return sd_bus_message_append(reply, "s", log ? log : "");
}

static int get_lost_bytes(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", process_lost_bytes(userdata));
}

static int get_cpu_usage(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", usage_cpu_nsec(process_pid(userdata)));
}

static int get_memory(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t", usage_memory_bytes(process_pid(userdata)));
}

static Process *process_from_path(const Face *face, const char *path)
{
        g_autofree char *group = NULL;
        g_autofree char *process = NULL;

        if (!bus_path_parse_process(path, &group, &process))
                return NULL;
        return manager_find_process(face_manager(face), group, process);
}

int process_bus_find_called(
                sd_bus_message *call, const Face *face, Process **ret, sd_bus_error *error)
{
        const char *path = sd_bus_message_get_path(call);

        *ret = process_from_path(face, path);
        if (*ret)
                return 0;
        return sd_bus_error_setf(
                        error, SD_BUS_ERROR_UNKNOWN_OBJECT, "there is no object %s any more", path);
}

static int run_job(sd_bus_message *call, const Face *face, JobKind kind, sd_bus_error *error)
{
        Process *process;
        uint64_t flags;
        int r;

        r = process_bus_find_called(call, face, &process, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "t", &flags);
        if (r < 0)
                return r;
        return jobs_run_one(call, face, process, kind, flags, error);
}

static int granted_start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_job(call, userdata, JOB_START, error);
}

static int granted_stop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_job(call, userdata, JOB_STOP, error);
}

static int granted_restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return run_job(call, userdata, JOB_RESTART, error);
}

static int granted_signal(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Process *process;
        const char *signal_name;
        int r;

        r = process_bus_find_called(call, userdata, &process, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "s", &signal_name);
        if (r < 0)
                return r;
        return jobs_signal_one(call, process, signal_name, error);
}

/* The errors of process_write_stdin(). */
static int stdin_error(const Process *process, int r, sd_bus_error *error)
{
        const char *name = process_config(process)->name;

        switch (-r) {
        case ESRCH:
                return sd_bus_error_setf(error, BUS_ERROR_NOT_RUNNING, "%s is not running", name);
        case EBUSY:
                return sd_bus_error_setf(error, BUS_ERROR_FAILED,
                                "the stdin of %s belongs to the listener-host", name);
        case EBADF:
                return sd_bus_error_setf(
                                error, BUS_ERROR_NO_FILE, "the stdin of %s is no pipe", name);
        case EPIPE:
                return sd_bus_error_setf(error, BUS_ERROR_NO_FILE, "%s has closed its stdin", name);
        case ENOBUFS:
                return sd_bus_error_setf(error, BUS_ERROR_STDIN_FULL,
                                "%s has to read before it can be given that much", name);
        }
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "cannot write to the stdin of %s: %s",
                        name, g_strerror(-r));
}

static int granted_write_stdin(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Process *process;
        const void *data;
        size_t size;
        int r;

        r = process_bus_find_called(call, userdata, &process, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(call, 'y', &data, &size);
        if (r < 0)
                return r;
        r = process_write_stdin(process, data, size);
        return r < 0 ? stdin_error(process, r, error) : sd_bus_reply_method_return(call, NULL);
}

int process_bus_require_owner(sd_bus_message *call, const char *action, AccessGranted granted,
                sd_bus_error *error)
{
        Face *face = face_current(sd_bus_message_get_bus(call));

        return access_require(call, face_access(face), action, granted, face, error);
}

static int start(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "starting a process", granted_start, error);
}

static int stop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "stopping a process", granted_stop, error);
}

static int restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "restarting a process", granted_restart, error);
}

static int send_signal(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(
                        call, "sending a signal to a process", granted_signal, error);
}

static int write_stdin(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(
                        call, "writing to the stdin of a process", granted_write_stdin, error);
}

int process_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        Process *process = process_from_path(userdata, path);

        if (!process)
                return 0;
        *ret_found = process;
        return 1;
}

int process_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error)
{
        const Manager *manager = face_manager(userdata);
        const GPtrArray *groups = manager_groups(manager);
        char **nodes = g_new0(char *, manager_process_count(manager) + 1);
        size_t n = 0;

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++) {
                        const ProcessConfig *config = process_config(processes->pdata[k]);

                        nodes[n++] = bus_path_process(config->group, config->name);
                }
        }
        *ret_nodes = nodes;
        return 0;
}

int process_bus_emit_changed(sd_bus *bus, const char *path)
{
        return sd_bus_emit_properties_changed(bus, path, BUS_INTERFACE_PROCESS, "State", "Pid",
                        "StartTimestamp", "StartTimestampMonotonic", "StopTimestamp", "ExitStatus",
                        "TermSignal", "SpawnError", "Tries", "NRestarts", "Generation", NULL);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

const sd_bus_vtable process_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, CONSTANT),
        SD_BUS_PROPERTY("Group", "s", get_group, 0, CONSTANT),
        SD_BUS_PROPERTY("State", "s", get_state, 0, CHANGES),
        SD_BUS_PROPERTY("Pid", "u", get_pid, 0, CHANGES),
        SD_BUS_PROPERTY("StartTimestamp", "t", get_start_timestamp, 0, CHANGES),
        SD_BUS_PROPERTY("StartTimestampMonotonic", "t", get_start_monotonic, 0, CHANGES),
        SD_BUS_PROPERTY("StopTimestamp", "t", get_stop_timestamp, 0, CHANGES),
        SD_BUS_PROPERTY("ExitStatus", "i", get_exit_status, 0, CHANGES),
        SD_BUS_PROPERTY("TermSignal", "i", get_term_signal, 0, CHANGES),
        SD_BUS_PROPERTY("SpawnError", "s", get_spawn_error, 0, CHANGES),
        SD_BUS_PROPERTY("Tries", "u", get_tries, 0, CHANGES),
        SD_BUS_PROPERTY("NRestarts", "u", get_n_restarts, 0, CHANGES),
        SD_BUS_PROPERTY("Generation", "t", get_generation, 0, CHANGES),
        SD_BUS_PROPERTY("RestartPending", "b", get_restart_pending, 0, 0),
        SD_BUS_PROPERTY("StdoutLogFile", "s", get_stdout_log, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFile", "s", get_stderr_log, 0, CHANGES),
        SD_BUS_PROPERTY("LostBytes", "t", get_lost_bytes, 0, 0),
        SD_BUS_PROPERTY("CPUUsageNSec", "t", get_cpu_usage, 0, 0),
        SD_BUS_PROPERTY("MemoryCurrent", "t", get_memory, 0, 0),
        SD_BUS_PROPERTY("Command", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("Priority", "x", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("Autostart", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("Autorestart", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StartUSec", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StartRetries", "x", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StartIntervalUSec", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("ExitCodes", "ai", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StopSignal", "i", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StopWaitUSec", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StopAsGroup", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("KillAsGroup", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("ParentDeathSignal", "i", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("ExitPolicy", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("User", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("UMask", "u", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("Directory", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("ServerURL", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("RedirectStderr", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFileMaxBytes", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFileBackups", "x", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFileRotateUSec", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFileCompress", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFileFormat", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutLogFilePrefix", "as", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutCaptureMaxBytes", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutEventsEnabled", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutEventsByLine", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutSyslog", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StdoutJournal", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFileMaxBytes", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFileBackups", "x", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFileRotateUSec", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFileCompress", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFileFormat", "s", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrLogFilePrefix", "as", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrCaptureMaxBytes", "t", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrEventsEnabled", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrEventsByLine", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrSyslog", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_PROPERTY("StderrJournal", "b", process_option_bus_get, 0, CHANGES),
        SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_ARGS("t", flags), SD_BUS_NO_RESULT, start,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("t", flags), SD_BUS_NO_RESULT, stop,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_ARGS("t", flags), SD_BUS_NO_RESULT, restart,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Signal", SD_BUS_ARGS("s", signal), SD_BUS_NO_RESULT, send_signal,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("WriteStdin", SD_BUS_ARGS("ay", data), SD_BUS_NO_RESULT,
                        write_stdin, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReadLog", SD_BUS_ARGS("s", channel, "x", offset, "x", length),
                        SD_BUS_RESULT("ay", data, "t", position), process_log_bus_read,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("TailLog", SD_BUS_ARGS("s", channel, "x", offset, "x", length),
                        SD_BUS_RESULT("ay", data, "t", size, "b", overflow), process_log_bus_tail,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("OpenLog", SD_BUS_ARGS("s", channel), SD_BUS_RESULT("h", fd),
                        process_log_bus_open, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ClearLogs", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
                        process_log_bus_clear, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ReopenLogs", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
                        process_log_bus_reopen, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};
