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
#define GOOD_VISIT_USEC  UINT64_C(1000000)
#define LAST_WAIT_MSEC   1000
#define END_WAIT_USEC    UINT64_C(1000000)

struct Helper {
        sd_event *event; /* borrowed */
        HelperPlan plan;
        char *name, *file;
        Child *child;
        HelperLog *log;
        uint64_t started_usec; /* CLOCK_MONOTONIC */
        uint64_t delay_usec;
        unsigned failures;
        sd_event_source *timer;   /* until it is started again */
        sd_event_source *killing; /* while it is being ended */
        bool failed;              /* could not be started, and that has been said */
        bool retired;
        void (*gone)(void *userdata); /* while a retired one runs still */
        void *gone_data;
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
        sd_event_source_disable_unref(helper->killing);
        child_free(helper->child);
        helper_log_free(helper->log);
        g_free(helper->name);
        g_free(helper->file);
        g_free(helper);
        return NULL;
}

static void go_on(Helper *helper)
{
        if (helper->plan.on_rested)
                helper->plan.on_rested(helper->plan.userdata);
        else
                helper_start(helper);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Helper *helper = userdata;

        helper->timer = sd_event_source_disable_unref(helper->timer);
        go_on(helper);
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

static void fail(Helper *helper)
{
        helper->failures++;
        start_later(helper);
        if (helper->plan.on_failed)
                helper->plan.on_failed(helper->failures, helper->plan.userdata);
}

/* Nothing is wrong with it any more. */
static void recover(Helper *helper)
{
        helper->failures = 0;
        helper->delay_usec = FIRST_DELAY_USEC;
}

/* One that ends by itself must have stayed long enough to have been of use. */
static bool has_lived_well(const Helper *helper, bool ends_by_itself)
{
        uint64_t now;

        sd_event_now(helper->event, CLOCK_MONOTONIC, &now);
        return now - helper->started_usec >= (ends_by_itself ? GOOD_VISIT_USEC : GOOD_LIFE_USEC);
}

static void log_end(const Helper *helper, const ChildExit *how, bool was_meant)
{
        g_autofree char *text = child_exit_to_string(how);

        if (was_meant)
                log_debug("%s (pid %ld) has ended: %s", helper->name,
                                (long)child_pid(helper->child), text);
        else
                log_warn("%s (pid %ld) ended: %s; it will be started again", helper->name,
                                (long)child_pid(helper->child), text);
}

/* Who ends by itself before it can have done anything is not started again at once either. */
static void on_exited(Child *child, const ChildExit *how, void *userdata)
{
        Helper *helper = userdata;
        bool is_idle = helper->plan.on_rested && how->code == 0;
        bool lived_well = has_lived_well(helper, is_idle), was_ended = helper->killing;

        helper->log = helper_log_free(helper->log);
        log_end(helper, how, was_ended || is_idle);
        helper->child = child_free(helper->child);
        helper->killing = sd_event_source_disable_unref(helper->killing);
        if (lived_well || was_ended)
                recover(helper);
        if (!was_ended && !is_idle)
                fail(helper);
        else if (!was_ended && !lived_well)
                start_later(helper);
        if (helper->plan.on_ended)
                helper->plan.on_ended(helper->plan.userdata);
        if (helper->retired)
                helper->gone(helper->gone_data);
        else if (!helper->timer)
                go_on(helper);
}

static void report_failure(
                Helper *helper, int r, const ChildFailure *failure, const ChildSetup *setup)
{
        g_autofree char *text = r == -ECHILD ? child_failure_to_string(failure, setup)
                                             : g_strdup(g_strerror(-r));

        helper->log = helper_log_free(helper->log);
        if (!helper->failed)
                log_error("cannot start %s (%s): %s; it will be tried again", helper->name,
                                helper->file, text);
        helper->failed = true;
        fail(helper);
}

bool helper_is_running(const Helper *helper)
{
        return helper->child;
}

bool helper_is_ending(const Helper *helper)
{
        return helper->killing;
}

bool helper_is_resting(const Helper *helper)
{
        return helper->timer;
}

unsigned helper_failures(const Helper *helper)
{
        return helper->failures;
}

void helper_start(Helper *helper)
{
        ChildSetup setup = {
                .file = helper->file,
                .descriptors = { -1, helper->plan.keep_stdout ? STDOUT_FILENO : -1, -1 },
                .new_session = true,
                .parent_death_signal = SIGTERM,
                .umask = -1,
                .signal_mask = helper->plan.signal_mask,
        };
        ChildFailure failure = {};
        autofd log_end = -1;
        int r;

        if (helper->child || helper->timer || helper->retired)
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

static int on_kill(sd_event_source *source, uint64_t usec, void *userdata)
{
        Helper *helper = userdata;

        (void)child_signal(helper->child, SIGKILL, false);
        return 0;
}

void helper_end(Helper *helper)
{
        int r;

        if (!helper->child || helper->killing)
                return;
        r = sd_event_add_time_relative(helper->event, &helper->killing, CLOCK_MONOTONIC,
                        END_WAIT_USEC, 0, on_kill, helper);
        g_assert(r >= 0);
        (void)child_signal(helper->child, SIGTERM, false);
}

void helper_retire(Helper *helper, void (*gone)(void *userdata), void *userdata)
{
        helper->timer = sd_event_source_disable_unref(helper->timer);
        helper->retired = true;
        helper->gone = gone;
        helper->gone_data = userdata;
        if (helper->child)
                helper_end(helper);
        else
                gone(userdata);
}
