/* Names, types and the order of parameters are Supervisor's. */

#include "tools/rpc-host/method-table.h"

#include <string.h>

#include "tools/rpc-host/methods-config.h"
#include "tools/rpc-host/methods-daemon.h"
#include "tools/rpc-host/methods-info.h"
#include "tools/rpc-host/methods-log.h"
#include "tools/rpc-host/methods-process.h"
#include "tools/rpc-host/methods-system.h"

#define READ_HELP                                                                                  \
        "Bytes of a log: length of them from offset on, 0 = up to the end; or, with an offset "    \
        "below 0 and length 0, so many from its end."
#define TAIL_HELP                                                                                   \
        "The last length bytes of a log, its size, and whether there were more behind offset. The " \
        "size is the offset to ask with the next time."
#define SIGNAL_HELP "The signal is a name such as HUP, or a number."

/* Sorted by name, as system.listMethods has them. */
const MethodRow method_table[] = {
        { "supervisor.addProcessGroup", "boolean", "sname", 1, method_add_process_group,
                        "Takes over a group of the configuration file and starts what of it has "
                        "autostart." },
        { "supervisor.clearAllProcessLogs", "array", "", 0, method_clear_all_process_logs,
                        "Empties the logs of all processes, with a result for each." },
        { "supervisor.clearLog", "boolean", "", 0, method_clear_log, "Empties the main log." },
        { "supervisor.clearProcessLog", "boolean", "sname", 1, method_clear_process_logs,
                        "Another name of clearProcessLogs." },
        { "supervisor.clearProcessLogs", "boolean", "sname", 1, method_clear_process_logs,
                        "Empties the logs of a process, whether it runs or not." },
        { "supervisor.getAPIVersion", "string", "", 0, method_get_api_version,
                        "Version of this interface." },
        { "supervisor.getAllConfigInfo", "array", "", 0, method_get_all_config_info,
                        "The options of each process that the configuration file has now." },
        { "supervisor.getAllProcessInfo", "array", "", 0, method_get_all_process_info,
                        "What getProcessInfo tells, of each process." },
        { "supervisor.getIdentification", "string", "", 0, method_get_identification,
                        "The identifier of the daemon." },
        { "supervisor.getPID", "int", "", 0, method_get_pid, "Process id of the daemon." },
        { "supervisor.getProcessInfo", "struct", "sname", 1, method_get_process_info,
                        "State, times, process id and logs of a process." },
        { "supervisor.getState", "struct", "", 0, method_get_state,
                        "State of the daemon as a number and a name." },
        { "supervisor.getSupervisorVersion", "string", "", 0, method_get_supervisor_version,
                        "The version of Supervisor whose behaviour this is." },
        { "supervisor.getVersion", "string", "", 0, method_get_api_version,
                        "Another name of getAPIVersion." },
        { "supervisor.readLog", "string", "ioffset ilength", 2, method_read_log,
                        READ_HELP " Here the main log." },
        { "supervisor.readMainLog", "string", "ioffset ilength", 2, method_read_log,
                        "Another name of readLog." },
        { "supervisor.readProcessLog", "string", "sname ioffset ilength", 3,
                        method_read_process_stdout_log, "Another name of readProcessStdoutLog." },
        { "supervisor.readProcessStderrLog", "string", "sname ioffset ilength", 3,
                        method_read_process_stderr_log, READ_HELP " Here stderr of a process." },
        { "supervisor.readProcessStdoutLog", "string", "sname ioffset ilength", 3,
                        method_read_process_stdout_log, READ_HELP " Here stdout of a process." },
        { "supervisor.reloadConfig", "array", "", 0, method_reload_config,
                        "Reads the configuration file and tells which groups are new, changed and "
                        "gone: [[added, changed, removed]]. Changes nothing." },
        { "supervisor.removeProcessGroup", "boolean", "sname", 1, method_remove_process_group,
                        "Forgets a group of which nothing runs." },
        { "supervisor.restart", "boolean", "", 0, method_restart,
                        "Stops everything and starts it anew with the configuration as it is." },
        { "supervisor.sendProcessStdin", "boolean", "sname schars", 2, method_send_process_stdin,
                        "Writes text to the stdin of a process, as UTF-8." },
        { "supervisor.sendRemoteCommEvent", "boolean", "stype sdata", 2,
                        method_send_remote_comm_event,
                        "Raises a REMOTE_COMMUNICATION event for the listeners." },
        { "supervisor.shutdown", "boolean", "", 0, method_shutdown,
                        "Stops everything and ends the daemon." },
        { "supervisor.signalAllProcesses", "array", "gsignal", 1, method_signal_all_processes,
                        "Sends a signal to all processes that can get one. " SIGNAL_HELP },
        { "supervisor.signalProcess", "boolean", "sname gsignal", 2, method_signal_process,
                        "Sends a signal to a process, or to a group named as G:*. " SIGNAL_HELP },
        { "supervisor.signalProcessGroup", "array", "sname gsignal", 2, method_signal_process_group,
                        "Sends a signal to all processes of a group that can get one. " SIGNAL_HELP },
        { "supervisor.startAllProcesses", "array", "bwait", 0, method_start_all_processes,
                        "Starts everything that does not run, with a result for each." },
        { "supervisor.startProcess", "boolean", "sname bwait", 1, method_start_process,
                        "Starts a process, or a group named as G:*. Unless wait is false it answers "
                        "when that is RUNNING or has failed." },
        { "supervisor.startProcessGroup", "array", "sname bwait", 1, method_start_process_group,
                        "Starts what of a group does not run, with a result for each." },
        { "supervisor.stopAllProcesses", "array", "bwait", 0, method_stop_all_processes,
                        "Stops everything that runs, with a result for each." },
        { "supervisor.stopProcess", "boolean", "sname bwait", 1, method_stop_process,
                        "Stops a process, or a group named as G:*. Unless wait is false it answers "
                        "when that has ended." },
        { "supervisor.stopProcessGroup", "array", "sname bwait", 1, method_stop_process_group,
                        "Stops what of a group runs, with a result for each." },
        { "supervisor.tailProcessLog", "array", "sname ioffset ilength", 3,
                        method_tail_process_stdout_log, "Another name of tailProcessStdoutLog." },
        { "supervisor.tailProcessStderrLog", "array", "sname ioffset ilength", 3,
                        method_tail_process_stderr_log, TAIL_HELP " Here stderr of a process." },
        { "supervisor.tailProcessStdoutLog", "array", "sname ioffset ilength", 3,
                        method_tail_process_stdout_log, TAIL_HELP " Here stdout of a process." },
        { "system.listMethods", "array", "", 0, method_list_methods, "The names of all methods." },
        { "system.methodHelp", "string", "vname", 1, method_method_help,
                        "What a method does: a text such as this one." },
        { "system.methodSignature", "array", "vname", 1, method_method_signature,
                        "The type of a method's result, then those of its parameters." },
        { "system.multicall", "array", "acalls", 1, method_multicall,
                        "Calls methods one after the other: structs with methodName and params. "
                        "Answers the result of each, or a struct with faultCode and faultString." },
};
const size_t n_methods = G_N_ELEMENTS(method_table);

static int compare_name(const void *name, const void *row)
{
        return strcmp(name, ((const MethodRow *)row)->name);
}

const MethodRow *method_table_find(const char *name)
{
        return bsearch(name, method_table, n_methods, sizeof *method_table, compare_name);
}

bool method_row_needs_daemon(const MethodRow *row)
{
        return g_str_has_prefix(row->name, "supervisor.");
}

/* Of the parameter behind the first i ones; NULL when there is none. */
static const char *parameter_at(const MethodRow *row, size_t i)
{
        const char *at = *row->parameters ? row->parameters : NULL;

        for (; at && i > 0; i--) {
                at = strchr(at, ' ');
                at = at ? at + 1 : NULL;
        }
        return at;
}

size_t method_row_n_parameters(const MethodRow *row)
{
        size_t n = 0;

        while (parameter_at(row, n))
                n++;
        return n;
}

char method_row_parameter(const MethodRow *row, size_t i, const char **ret_name, size_t *ret_length)
{
        const char *at = parameter_at(row, i);

        g_assert(at);
        if (ret_name)
                *ret_name = at + 1;
        if (ret_length)
                *ret_length = strcspn(at + 1, " ");
        return *at;
}

bool method_row_takes(const MethodRow *row, size_t n_given)
{
        return n_given >= row->required && n_given <= method_row_n_parameters(row);
}

const char *method_type_name(char type)
{
        switch (type) {
        case METHOD_STRING:
        case METHOD_SIGNAL:
        case METHOD_ANY:
                return "string";
        case METHOD_ARRAY:
                return "array";
        case METHOD_INT:
                return "int";
        case METHOD_TRUTH:
                return "boolean";
        }
        g_assert_not_reached();
}

char *method_row_help(const MethodRow *row)
{
        GString *help = g_string_new(row->help);

        g_string_append_c(help, '\n');
        for (size_t i = 0, n = method_row_n_parameters(row); i < n; i++) {
                const char *name;
                size_t length;
                char type = method_row_parameter(row, i, &name, &length);

                g_string_append_printf(help, "\n@param %s %.*s", method_type_name(type),
                                (int)length, name);
        }
        g_string_append_printf(help, "\n@return %s", row->result);
        return g_string_free(help, false);
}
