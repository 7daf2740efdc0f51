/* Who is not dead after five SIGKILLs sleeps in the kernel, or is held there by a debugger; more of
 * them change nothing, and a daemon that waits for it would never end. */

#include "daemon/process/stopping.h"

#include <errno.h>
#include <signal.h>

#include "daemon/output/main-log.h"
#include "daemon/process/report.h"

#define MAX_KILLS 5

void stopping_clear(Stopping *stopping)
{
        stopping->remains = remains_free(stopping->remains);
        stopping->kills = 0;
}

static int send(const ProcessConfig *config, Run *run, int signal_number, bool to_group)
{
        int r = run_signal(run, signal_number, to_group);

        /* ESRCH: it has ended and is about to be reaped. */
        if (r >= 0 || r == -ESRCH)
                return 0;
        log_critical("unknown problem killing %s (%ld): %s", config->name, (long)run_pid(run),
                        g_strerror(-r));
        return r;
}

int stopping_ask(const ProcessConfig *config, Run *run)
{
        report_killing(config, run_pid(run), config->stopsignal, config->stopasgroup);
        return send(config, run, config->stopsignal, config->stopasgroup);
}

bool stopping_concerns_group(const ProcessConfig *config, pid_t group)
{
        return (config->stopasgroup || config->killasgroup) && remains_exist(group);
}

/* With stopasgroup all of them have got the stop signal, and have as long as the leader for what it
 * makes them do. */
bool stopping_await_group(Stopping *stopping, const ProcessContext *context,
                const ProcessConfig *config, pid_t group, RemainsGone on_gone, void *userdata)
{
        stopping->remains = remains_new(context->orphans, group, on_gone, userdata);
        return !config->stopasgroup && stopping->kills == 0;
}

static void report_hopeless(const Stopping *stopping, const ProcessConfig *config, const Run *run)
{
        g_autofree char *members = NULL;

        if (run) {
                log_critical("'%s' (%ld) has not ended by SIGKILL; it is not waited for any more",
                                config->name, (long)run_pid(run));
                return;
        }
        members = remains_to_string(stopping->remains);
        log_critical("in the process group of '%s' (%ld) some have not ended by SIGKILL, and are not "
                     "waited for any more: %s",
                        config->name, (long)remains_group(stopping->remains), members);
}

bool stopping_is_over(const Stopping *stopping, const ProcessConfig *config, const Run *run)
{
        if (stopping->remains && stopping->kills > 0 && !remains_live(stopping->remains))
                return true;
        if (stopping->kills < MAX_KILLS)
                return false;
        report_hopeless(stopping, config, run);
        return true;
}

static void kill_remains(const Stopping *stopping, const ProcessConfig *config)
{
        int r;

        log_warn("killing what is left of '%s' (process group %ld) with SIGKILL", config->name,
                        (long)remains_group(stopping->remains));
        r = remains_kill(stopping->remains);
        if (r < 0 && r != -ESRCH)
                log_critical("unknown problem killing the process group of %s (%ld): %s",
                                config->name, (long)remains_group(stopping->remains),
                                g_strerror(-r));
}

int stopping_kill(Stopping *stopping, const ProcessConfig *config, Run *run)
{
        stopping->kills++;
        if (stopping->remains) {
                kill_remains(stopping, config);
                return 0;
        }
        log_warn("killing '%s' (%ld) with SIGKILL", config->name, (long)run_pid(run));
        report_killing(config, run_pid(run), SIGKILL, config->killasgroup);
        return send(config, run, SIGKILL, config->killasgroup);
}
