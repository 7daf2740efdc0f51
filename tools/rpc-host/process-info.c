/* Times are whole seconds, and the uptime is the difference of two of them, as clients work it out
 * too. */

#include "tools/rpc-host/process-info.h"

#include "bus/description.h"

#define USEC_PER_SEC UINT64_C(1000000)

Value *process_info_new_int(int64_t number)
{
        return value_new_int(CLAMP(number, INT32_MIN, INT32_MAX));
}

static Value *new_time(uint64_t usec)
{
        return process_info_new_int((int64_t)(usec / USEC_PER_SEC));
}

static uint64_t whole_seconds(uint64_t usec)
{
        return usec / USEC_PER_SEC * USEC_PER_SEC;
}

/* Supervisor forgets the code of a run at the next start, and notes none of a failed one. */
static bool has_ended(const ProcessInfo *info)
{
        return info->state == PROCESS_EXITED || info->state == PROCESS_STOPPED;
}

Value *process_info_to_value(const ProcessInfo *info, uint64_t now_usec)
{
        g_autofree char *description = process_description(info->process, info->state, info->pid,
                        whole_seconds(info->start_usec), whole_seconds(info->stop_usec),
                        whole_seconds(now_usec), info->spawn_error);
        Value *value = value_new_struct();

        value_set(value, "name", value_new_string(info->process));
        value_set(value, "group", value_new_string(info->group));
        value_set(value, "start", new_time(info->start_usec));
        value_set(value, "stop", new_time(info->stop_usec));
        value_set(value, "now", new_time(now_usec));
        value_set(value, "state", value_new_int(process_state_code(info->state)));
        value_set(value, "statename", value_new_string(process_state_to_string(info->state)));
        value_set(value, "spawnerr", value_new_string(info->spawn_error));
        value_set(value, "exitstatus", value_new_int(has_ended(info) ? info->exit_status : 0));
        value_set(value, "logfile", value_new_string(info->stdout_log));
        value_set(value, "stdout_logfile", value_new_string(info->stdout_log));
        value_set(value, "stderr_logfile", value_new_string(info->stderr_log));
        value_set(value, "pid", value_new_int(info->pid));
        value_set(value, "description", value_new_string(description));
        return value;
}
