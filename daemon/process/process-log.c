/* The setting is kept beside the path, since only their comparison tells whether a new
 * configuration means another file. */

#include "daemon/process/process-log.h"

#include <errno.h>

#include "daemon/output/auto-log.h"
#include "daemon/output/main-log.h"

static char *resolve(const ProcessContext *context, const ProcessConfig *config,
                const char *setting, const char *channel_name)
{
        const SupervisordConfig *supervisord = context->supervisord;
        char *path;

        if (g_strcmp0(setting, "AUTO") != 0)
                return g_strdup(setting);
        path = auto_log_create(supervisord->childlogdir, config->name, channel_name,
                        supervisord->identifier);
        if (!path)
                log_error("cannot create a log for %s of '%s' in %s: %s", channel_name,
                                config->name, supervisord->childlogdir, g_strerror(errno));
        return path;
}

void process_log_settle(ProcessLog *log, const ProcessContext *context, const ProcessConfig *config,
                const char *setting, const char *channel_name)
{
        bool is_made = log->path || !setting;

        if (is_made && g_strcmp0(log->setting, setting) == 0)
                return;
        process_log_clear(log);
        log->setting = g_strdup(setting);
        log->path = resolve(context, config, setting, channel_name);
}

void process_log_clear(ProcessLog *log)
{
        g_clear_pointer(&log->setting, g_free);
        g_clear_pointer(&log->path, g_free);
}
