/* None of them changes while the daemon runs. What only the start needs is not shown, nor is the
 * environment, which may hold secrets. */

#include "daemon/face/manager-option-bus.h"

#include "daemon/face/face.h"
#include "daemon/face/option-property.h"

static const OptionProperty rows[] = {
        { "LogFileMaxBytes", "logfile_maxbytes" },
        { "LogFileBackups", "logfile_backups" },
        { "LogFileRotateUSec", "logfile_rotate_every" },
        { "LogFileCompress", "logfile_compress" },
        { "LogFileFormat", "logfile_format" },
        { "PidFile", "pidfile" },
        { "ChildLogDirectory", "childlogdir" },
        { "User", "user" },
        { "StripAnsi", "strip_ansi" },
        { "Bus", "bus" },
        { "BusName", "bus_name" },
        /* Of Events. */
        { "LogMaxBytes", "event_log_maxbytes" },
        { "LogMaxAgeUSec", "event_log_maxage" },
        { "LogSync", "event_log_sync" },
};

int manager_option_bus_get(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Config *config = manager_config(face_manager(userdata));

        return option_property_append(reply, rows, G_N_ELEMENTS(rows), SECTION_SUPERVISORD,
                        property, &config->supervisord);
}
