/* A helper that cannot be started is said once, not with every try: the daemon goes on without it.
 */

#include "daemon/helper.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/helper-log.h"
#include "daemon/output/main-log.h"
#include "daemon/process/child.h"

#define FIRST_DELAY_USEC UINT64_C(100000)
#define LAST_DELAY_USEC  UINT64_C(30000000)
#define GOOD_LIFE_USEC   UINT64_C(10000000)
#define LAST_WAIT_MSEC   1000

struct Helper {
        sd_event *event; /* borrowed */
        HelperPlan plan;
        char *name, *file;
        Child *child;
        HelperLog *log;
        uint64_t started_usec; /* CLOCK_MONOTONIC */
        uint64_t delay_usec;
        sd_event_source *timer;
        bool failed; /* could not be started, and that has been said */
};

Helper *helper_new(sd_event *event, const HelperPlan *plan)
{
        Helper *helper = g_new0(Helper, 1);

        helper->event = event;
        helper->plan = *plan;
        helper->name = g_strdup(plan->name);
        helper->file = g_strdup(plan->file);
        helper->delay_usec = FIRST_DELAY_USEC;
        return helper;
}

Helper *helper_free(Helper *helper)
{
        if (!helper)
                return NULL;
        if (helper->child)
                child_end(helper->child, LAST_WAIT_MSEC);
        sd_event_source_disable_unref(helper->timer);
        child_free(helper->child);
        helper_log_free(helper->log);
        g_free(helper->name);
        g_free(helper->file);
        g_free(helper);
        return NULL;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Helper *helper = userdata;

        helper->timer = sd_event_source_disable_unref(helper->timer);
        helper_start(helper);
        return 0;
}

static void start_later(Helper *helper)
{
        int r;

        if (helper->timer)
                return;
        r = sd_event_add_time_relative(helper->event, &helper->timer, CLOCK_MONOTONIC,
                        helper->delay_usec, 0, on_timer, helper);
        g_assert(r >= 0);
        helper->delay_usec = MIN(helper->delay_usec * 2, LAST_DELAY_USEC);
}

static void on_exited(Child *child, const ChildExit *how, void *userdata)
{
        Helper *helper = userdata;
        g_autofree char *text = child_exit_to_string(how);
        uint64_t now;

        helper->log = helper_log_free(helper->log);
        log_warn("%s (pid %ld) ended: %s; it will be started again", helper->name,
                        (long)child_pid(child), text);
        helper->child = child_free(helper->child);
        sd_event_now(helper->event, CLOCK_MONOTONIC, &now);
        if (now - helper->started_usec >= GOOD_LIFE_USEC)
                helper->delay_usec = FIRST_DELAY_USEC;
        start_later(helper);
        if (helper->plan.on_ended)
                helper->plan.on_ended(helper->plan.userdata);
}

static void report_failure(
                Helper *helper, int r, const ChildFailure *failure, const ChildSetup *setup)
{
        g_autofree char *text = r == -ECHILD ? child_failure_to_string(failure, setup)
                                             : g_strdup(g_strerror(-r));

        helper->log = helper_log_free(helper->log);
        if (!helper->failed)
                log_error("cannot start %s: %s; it will be tried again", helper->name, text);
        helper->failed = true;
        start_later(helper);
}

void helper_start(Helper *helper)
{
        ChildSetup setup = {
                .file = helper->file,
                .descriptors = { -1, helper->plan.keep_stdout ? STDOUT_FILENO : -1, -1 },
                .extra_descriptor = -1,
                .new_session = true,
                .parent_death_signal = SIGTERM,
                .umask = -1,
                .signal_mask = helper->plan.signal_mask,
        };
        ChildFailure failure = {};
        autofd log_end = -1;
        int r;

        if (helper->child || helper->timer)
                return;
        log_end = helper_log_open(
                        helper->event, helper->name, helper->plan.log_level, &helper->log);
        setup.descriptors[STDERR_FILENO] = log_end;
        r = helper->plan.prepare(&setup, helper->plan.userdata);
        if (r >= 0)
                r = child_new(helper->event, &setup, on_exited, helper, &helper->child, &failure);
        if (r < 0)
                report_failure(helper, r, &failure, &setup);
        if (helper->plan.release)
                helper->plan.release(helper->plan.userdata);
        if (r < 0)
                return;
        helper->failed = false;
        sd_event_now(helper->event, CLOCK_MONOTONIC, &helper->started_usec);
        log_debug("%s started with pid %ld", helper->name, (long)child_pid(helper->child));
}
