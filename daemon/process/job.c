/* A job watches its process and looks, after each change, at the state that was reached: what was
 * asked for, a failure, or not yet. The rules are those of Supervisor's startProcess and
 * stopProcess, except that a start while the process is STOPPING waits for its end instead of doing
 * nothing. */

#include "daemon/process/job.h"

#include "bus/error.h"
#include "daemon/process/command.h"

typedef enum JobPhase {
        PHASE_STOPPING, /* waits for the end of what runs */
        PHASE_STARTING, /* waits for RUNNING */
} JobPhase;

typedef struct Job {
        Process *process;
        JobKind kind;
        JobPhase phase;
        bool wait;
        char *asked_by;
        sd_event_source *next; /* while the start after a stop is due */
        JobDone done;          /* NULL once it was called and the rest goes on by itself */
        void *userdata;
} Job;

static void on_change(Process *process, bool gone, void *userdata);

static void finish(Job *job, const char *error, const char *message)
{
        process_unwatch(job->process, on_change, job);
        sd_event_source_disable_unref(job->next);
        if (job->done)
                job->done(job->process, error, message, job->userdata);
        g_free(job->asked_by);
        g_free(job);
}

G_GNUC_PRINTF(3, 4)
static void fail(Job *job, const char *error, const char *format, ...)
{
        g_autofree char *message = NULL;
        va_list arguments;

        va_start(arguments, format);
        message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        finish(job, error, message);
}

static const char *name_of(const Job *job)
{
        return process_config(job->process)->name;
}

/* The job is over after each of these that returns false. */
static bool check_command(Job *job)
{
        g_autoptr(Command) command = NULL;
        g_autoptr(GError) error = NULL;

        if (command_find(process_config(job->process), &command, &error))
                return true;
        fail(job,
                        g_error_matches(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND)
                                        ? BUS_ERROR_NO_FILE
                                        : BUS_ERROR_NOT_EXECUTABLE,
                        "%s", error->message);
        return false;
}

static void look_whether_started(Job *job)
{
        ProcessState state = process_state(job->process);

        if (state == PROCESS_RUNNING)
                finish(job, NULL, "");
        else if (*process_spawn_error(job->process) && state != PROCESS_STARTING)
                fail(job, BUS_ERROR_SPAWN, "%s", process_spawn_error(job->process));
        else if (state != PROCESS_STARTING)
                fail(job, BUS_ERROR_ABNORMAL_TERMINATION, "%s ended before it was running",
                                name_of(job));
        else if (!job->wait)
                finish(job, NULL, "");
}

static void begin_start(Job *job)
{
        job->phase = PHASE_STARTING;
        if (process_context(job->process)->ending) {
                fail(job, BUS_ERROR_SHUTTING_DOWN, "the daemon is shutting down");
                return;
        }
        if (!check_command(job))
                return;
        /* Without the watch: a job must not end within its own request. */
        process_unwatch(job->process, on_change, job);
        process_start_for(job->process, job->asked_by);
        process_watch(job->process, on_change, job);
        look_whether_started(job);
}

/* A restart goes on in the background when nobody waits for it. */
static void detach(Job *job)
{
        job->done(job->process, NULL, "", job->userdata);
        job->wait = true;
        job->done = NULL;
}

/* Perhaps somebody else, whose turn came first, has started it again by now. */
static int on_next(sd_event_source *source, void *userdata)
{
        Job *job = userdata;

        job->next = sd_event_source_disable_unref(job->next);
        if (process_state_is_stopped(process_state(job->process)))
                begin_start(job);
        else {
                job->phase = PHASE_STARTING;
                look_whether_started(job);
        }
        return 0;
}

/* What ran has ended. The start comes from the loop, not from within the telling of the watchers,
 * so that any number of jobs may wait for the same end; and as the next thing there, before anybody
 * finds the process stopped and takes its socket away. */
static void go_on_after_stop(Job *job)
{
        int r;

        if (job->kind == JOB_STOP) {
                finish(job, NULL, "");
                return;
        }
        if (job->next)
                return;
        r = sd_event_add_defer(process_context(job->process)->event, &job->next, on_next, job);
        g_assert(r >= 0);
}

static void look_whether_stopped(Job *job)
{
        ProcessState state = process_state(job->process);

        if (state == PROCESS_UNKNOWN)
                fail(job, BUS_ERROR_FAILED, "%s is in an unknown process state", name_of(job));
        else if (state != PROCESS_STOPPING)
                go_on_after_stop(job);
}

static void on_change(Process *process, bool gone, void *userdata)
{
        Job *job = userdata;

        if (gone)
                fail(job, BUS_ERROR_FAILED, "%s was removed", name_of(job));
        else if (job->phase == PHASE_STARTING)
                look_whether_started(job);
        else
                look_whether_stopped(job);
}

static void begin_stop(Job *job)
{
        job->phase = PHASE_STOPPING;
        process_stop_for(job->process, job->asked_by);
        process_watch(job->process, on_change, job);
        if (process_state(job->process) != PROCESS_STOPPING)
                look_whether_stopped(job);
        else if (!job->wait && job->kind == JOB_STOP)
                finish(job, NULL, "");
        else if (!job->wait)
                detach(job);
}

/* That there is no such program comes before that it runs already, as in Supervisor. */
static void run_start(Job *job)
{
        ProcessState state = process_state(job->process);

        if (!process_state_is_stopped(state) && !check_command(job))
                return;
        if (state == PROCESS_STOPPING)
                begin_stop(job);
        else if (process_state_is_running(state))
                fail(job, BUS_ERROR_ALREADY_STARTED, "%s is already started", name_of(job));
        else if (state == PROCESS_UNKNOWN)
                fail(job, BUS_ERROR_FAILED, "%s is in an unknown process state", name_of(job));
        else
                begin_start(job);
}

static void run_stop(Job *job)
{
        if (process_state_is_running(process_state(job->process)) ||
                        process_restart_is_due(job->process))
                begin_stop(job);
        else
                fail(job, BUS_ERROR_NOT_RUNNING, "%s is not running", name_of(job));
}

static void run_restart(Job *job)
{
        if (process_state_is_stopped(process_state(job->process)))
                run_start(job);
        else if (check_command(job)) /* rather the old one than none */
                begin_stop(job);
}

void job_run(Process *process, JobKind kind, bool wait, const char *asked_by, JobDone done,
                void *userdata)
{
        Job *job = g_new0(Job, 1);

        job->process = process;
        job->kind = kind;
        job->wait = wait;
        job->asked_by = g_strdup(asked_by);
        job->done = done;
        job->userdata = userdata;
        switch (kind) {
        case JOB_START:
                run_start(job);
                return;
        case JOB_STOP:
                run_stop(job);
                return;
        case JOB_RESTART:
                run_restart(job);
                return;
        }
        g_assert_not_reached();
}

bool job_applies(const Process *process, JobKind kind)
{
        ProcessState state = process_state(process);

        switch (kind) {
        case JOB_START:
                return !process_state_is_running(state);
        case JOB_STOP:
                return process_state_is_running(state) || process_restart_is_due(process);
        case JOB_RESTART:
                return true;
        }
        g_assert_not_reached();
}
