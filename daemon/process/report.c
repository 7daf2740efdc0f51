/* Kept word for word, "for > than" included: log watchers match these lines. */

#include "daemon/process/report.h"

#include <inttypes.h>

#include "daemon/output/main-log.h"
#include "daemon/process/signal-name.h"

void report_running(const ProcessConfig *config)
{
        log_info("success: %s entered RUNNING state, process has stayed up for > than %" PRId64
                 " seconds (startsecs)",
                        config->name, config->startsecs);
}

void report_gave_up(const ProcessConfig *config)
{
        log_info("gave up: %s entered FATAL state, too many start retries too quickly",
                        config->name);
}

void report_exit(const ProcessConfig *config, ProcessState state, const ChildExit *how,
                bool too_quickly)
{
        g_autofree char *text = child_exit_to_string(how);
        bool expected = how->term_signal == 0 && process_config_expects(config, how->code);

        if (state == PROCESS_STOPPING)
                main_log(expected ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "stopped: %s (%s)",
                                config->name, text);
        else if (expected && !too_quickly)
                log_info("exited: %s (%s; expected)", config->name, text);
        else
                log_warn("exited: %s (%s; not expected)", config->name, text);
}

void report_killing(const ProcessConfig *config, pid_t pid, int signal_number, bool as_group)
{
        g_autofree char *name = signal_name_to_string(signal_number);

        log_debug("killing %s (pid %ld) %swith signal %s", config->name, (long)pid,
                        as_group ? "process group " : "", name);
}
