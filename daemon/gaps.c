/* One row for each gap: when it is filled, its row goes. */

#include "daemon/gaps.h"

#include "daemon/output/main-log.h"

typedef bool (*GapTest)(const GroupConfig *group, const ProcessConfig *process);

static bool wants_capture(const GroupConfig *group, const ProcessConfig *process)
{
        return process->output.capture_maxbytes > 0 || process->error.capture_maxbytes > 0;
}

static bool wants_log_events(const GroupConfig *group, const ProcessConfig *process)
{
        return process->output.events_enabled || process->error.events_enabled;
}

static bool wants_syslog(const GroupConfig *group, const ProcessConfig *process)
{
        return process->output.syslog || process->error.syslog;
}

static const struct {
        GapTest test;
        const char *what;
} gaps[] = {
        { wants_capture,
                        "communication events (stdout_capture_maxbytes, stderr_capture_maxbytes)" },
        { wants_log_events, "log events (stdout_events_enabled, stderr_events_enabled)" },
        { wants_syslog, "output to syslog (stdout_syslog, stderr_syslog)" },
};

/* NULL when nobody asks for it. */
static const ProcessConfig *find_first(const Config *config, GapTest test)
{
        for (guint i = 0; i < config->groups->len; i++) {
                const GroupConfig *group = config->groups->pdata[i];

                for (guint k = 0; k < group->processes->len; k++)
                        if (test(group, group->processes->pdata[k]))
                                return group->processes->pdata[k];
        }
        return NULL;
}

void gaps_log(const Config *config)
{
        for (size_t i = 0; i < G_N_ELEMENTS(gaps); i++) {
                const ProcessConfig *first = find_first(config, gaps[i].test);

                if (first)
                        log_warn("%s:%s asks for %s, which this version does not have yet",
                                        first->group, first->name, gaps[i].what);
        }
        if (config->supervisord.strip_ansi)
                log_warn("strip_ansi is set, which this version does not have yet");
        if (config->http_servers->len > 0)
                log_warn("[%s] is not served by this version: its clients will not be answered",
                                ((HttpServerConfig *)config->http_servers->pdata[0])->section);
}
