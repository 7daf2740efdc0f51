/* All of them are told when any may have changed: which have is not known any more, and reloads are
 * rare. */

#include "daemon/face/process-option-bus.h"

#include "bus/names.h"
#include "daemon/process/process.h"

const OptionProperty process_option_bus_rows[] = {
        { "Command", "command" },
        { "Priority", "priority" },
        { "Autostart", "autostart" },
        { "Autorestart", "autorestart" },
        { "StartUSec", "startsecs" },
        { "StartRetries", "startretries" },
        { "StartIntervalUSec", "start_interval" },
        { "ExitCodes", "exitcodes" },
        { "StopSignal", "stopsignal" },
        { "StopWaitUSec", "stopwaitsecs" },
        { "StopAsGroup", "stopasgroup" },
        { "KillAsGroup", "killasgroup" },
        { "ParentDeathSignal", "pdeathsig" },
        { "ExitPolicy", "exit_policy" },
        { "User", "user" },
        { "UMask", "umask" },
        { "Directory", "directory" },
        { "ServerURL", "serverurl" },
        { "RedirectStderr", "redirect_stderr" },
        { "StdoutLogFileMaxBytes", "stdout_logfile_maxbytes" },
        { "StdoutLogFileBackups", "stdout_logfile_backups" },
        { "StdoutLogFileRotateUSec", "stdout_logfile_rotate_every" },
        { "StdoutLogFileCompress", "stdout_logfile_compress" },
        { "StdoutLogFileFormat", "stdout_logfile_format" },
        { "StdoutLogFilePrefix", "stdout_logfile_prefix" },
        { "StdoutCaptureMaxBytes", "stdout_capture_maxbytes" },
        { "StdoutEventsEnabled", "stdout_events_enabled" },
        { "StdoutEventsByLine", "stdout_events_by_line" },
        { "StdoutSyslog", "stdout_syslog" },
        { "StdoutJournal", "stdout_journal" },
        { "StderrLogFileMaxBytes", "stderr_logfile_maxbytes" },
        { "StderrLogFileBackups", "stderr_logfile_backups" },
        { "StderrLogFileRotateUSec", "stderr_logfile_rotate_every" },
        { "StderrLogFileCompress", "stderr_logfile_compress" },
        { "StderrLogFileFormat", "stderr_logfile_format" },
        { "StderrLogFilePrefix", "stderr_logfile_prefix" },
        { "StderrCaptureMaxBytes", "stderr_capture_maxbytes" },
        { "StderrEventsEnabled", "stderr_events_enabled" },
        { "StderrEventsByLine", "stderr_events_by_line" },
        { "StderrSyslog", "stderr_syslog" },
        { "StderrJournal", "stderr_journal" },
};
const size_t process_option_bus_n_rows = G_N_ELEMENTS(process_option_bus_rows);

int process_option_bus_get(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return option_property_append(reply, process_option_bus_rows, process_option_bus_n_rows,
                        SECTION_PROGRAM, property, process_config(userdata));
}

/* The paths of the logs go with them, though they are not what the section has. */
int process_option_bus_emit_changed(sd_bus *bus, const char *path)
{
        const char *names[G_N_ELEMENTS(process_option_bus_rows) + 3] = {};
        size_t n = 0;

        for (; n < process_option_bus_n_rows; n++)
                names[n] = process_option_bus_rows[n].property;
        names[n++] = "StdoutLogFile";
        names[n++] = "StderrLogFile";
        return sd_bus_emit_properties_changed_strv(
                        bus, path, BUS_INTERFACE_PROCESS, (char **)names);
}
