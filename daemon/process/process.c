/* One deadline is enough, since no state waits for two things; what its end means follows from the
 * state. Inputs queue, so that an action can feed another one without a transition inside a
 * transition. */

#include "daemon/process/process-private.h"

#include <errno.h>

#include "bus/clock.h"
#include "bus/target.h"
#include "daemon/output/main-log.h"
#include "daemon/process/machine.h"
#include "daemon/process/report.h"

#define USEC_PER_SEC UINT64_C(1000000)

static void feed(Process *process, ProcessInput input);

/* Where the next run is to write. */
static void settle_logs(Process *process)
{
        const ProcessConfig *config = process->config;
        bool redirected = config->redirect_stderr && !process->is_listener;

        process_log_settle(&process->output_log, process->context, config, config->output.logfile,
                        "stdout");
        process_log_settle(&process->error_log, process->context, config,
                        redirected ? NULL : config->error.logfile, "stderr");
}

/* What the end of the pause means, which the present state has begun. */
static ProcessInput deadline_input(const Process *process)
{
        switch (process->state) {
        case PROCESS_STARTING:
                return INPUT_UP_LONG_ENOUGH;
        case PROCESS_BACKOFF:
                return INPUT_RETRY;
        case PROCESS_EXITED:
                return INPUT_RESTART;
        case PROCESS_STOPPING:
                return INPUT_STOP_TIMEOUT;
        case PROCESS_STOPPED:
        case PROCESS_RUNNING:
        case PROCESS_FATAL:
        case PROCESS_UNKNOWN:
        case _PROCESS_STATE_MAX:
        case _PROCESS_STATE_INVALID:
                break;
        }
        g_assert_not_reached();
}

static void on_deadline(void *userdata)
{
        Process *process = userdata;

        feed(process, deadline_input(process));
}

Process *process_new(const ProcessConfig *config, bool is_listener, const ProcessContext *context)
{
        Process *process = g_new0(Process, 1);

        process->config = config;
        process->context = context;
        process->is_listener = is_listener;
        process->state = PROCESS_STOPPED;
        process->loss = g_rc_box_new0(OutputLoss);
        process->deadline = deadline_new(context->turns, on_deadline, process);
        settle_logs(process);
        process->watches = watch_list_new();
        g_queue_init(&process->inputs);
        return process;
}

Process *process_free(Process *process)
{
        if (!process)
                return NULL;
        watch_list_tell(process->watches, process, true);
        deadline_free(process->deadline);
        stopping_clear(&process->stopping);
        run_free(process->run);
        g_queue_clear(&process->inputs);
        watch_list_free(process->watches);
        g_rc_box_release(process->loss);
        process_log_clear(&process->output_log);
        process_log_clear(&process->error_log);
        g_free(process->spawn_error);
        g_free(process->asked_by);
        g_free(process);
        return NULL;
}

static void set_spawn_error(Process *process, const char *text)
{
        g_free(process->spawn_error);
        process->spawn_error = g_strdup(text);
}

static bool last_exit_was_expected(const Process *process)
{
        return process->last_exit.term_signal == 0 &&
               process_config_expects(process->config, process->last_exit.code);
}

/* A start goes on up to RUNNING, a stop up to STOPPED; what happens instead, nobody has asked for.
 */
static void tell_who_asked(Process *process, Event *event)
{
        bool is_on_the_way =
                        process->state == PROCESS_STARTING || process->state == PROCESS_STOPPING;

        if (is_on_the_way)
                event->asked_by = g_strdup(process->asked_by);
        else if (process->state == PROCESS_RUNNING || process->state == PROCESS_STOPPED)
                event->asked_by = g_steal_pointer(&process->asked_by);
        else
                g_clear_pointer(&process->asked_by, g_free);
}

/* The one place that writes the state. */
static void enter_state(Process *process, ProcessState state)
{
        ProcessState from = process->state;
        bool is_end = process->ended_pid > 0 && state != PROCESS_RUNNING;
        Event *event;

        if (state == PROCESS_BACKOFF)
                process->tries++;
        process->state = state;
        event = event_new_process_state(process->config->group, process->config->name, from, state);
        event->tries = process->tries;
        event->pid = process->run ? run_pid(process->run) : process->ended_pid;
        event->expected = state == PROCESS_EXITED && last_exit_was_expected(process);
        if (is_end) {
                event->exit_code = process->last_exit.code;
                event->term_signal = process->last_exit.term_signal;
        }
        tell_who_asked(process, event);
        if (process->is_listener && process->run && process->context->observer->listener_changed)
                process->context->observer->listener_changed(
                                process, process->context->observer_data);
        event_log_append(process->context->events, event);
        if (state == PROCESS_RUNNING)
                report_running(process->config);
        if (is_end) {
                report_exit(process->config, from, &process->last_exit, state == PROCESS_BACKOFF);
                process->ended_pid = 0;
        }
}

static ProcessInput exit_input(const Process *process, pid_t group, bool too_quickly)
{
        if (process->state == PROCESS_STOPPING && stopping_concerns_group(process->config, group))
                return INPUT_LEADER_EXITED;
        if (remains_exist(group))
                leftovers_note(process->context->leftovers, process->config->name, group);
        return too_quickly ? INPUT_EXITED_TOO_QUICKLY : INPUT_EXITED;
}

static void on_run_exited(const ChildExit *how, void *userdata)
{
        Process *process = userdata;
        const uint64_t generation = process->generation;
        pid_t pid = run_pid(process->run);
        uint64_t up = clock_now_usec(CLOCK_MONOTONIC) - process->start_monotonic;
        int64_t startsecs = MIN(process->config->startsecs, INT32_MAX);
        bool too_quickly = process->state == PROCESS_STARTING && startsecs > 0 &&
                           up < (uint64_t)startsecs * USEC_PER_SEC;

        run_end_output(process->run);
        process->run = run_free(process->run);
        process->ended_pid = pid;
        process->last_exit = *how;
        process->stop_usec = clock_now_usec(CLOCK_REALTIME);
        if (too_quickly)
                set_spawn_error(process, "Exited too quickly (process log may have details)");
        feed(process, exit_input(process, pid, too_quickly));
        if (process->is_listener && process->context->observer->listener_ended)
                process->context->observer->listener_ended(
                                process, pid, generation, process->context->observer_data);
}

static bool start_run(Process *process, GError **error)
{
        g_autoptr(Command) command = NULL;
        RunPlan plan = {
                .context = process->context,
                .config = process->config,
                .is_listener = process->is_listener,
                .stdout_log = process->output_log.path,
                .stderr_log = process->error_log.path,
                .loss = process->loss,
        };

        if (!command_find(process->config, &command, error))
                return false;
        plan.command = command;
        return run_new(&plan, on_run_exited, process, &process->run, error);
}

static int failed_start_status(const GError *error)
{
        return g_error_matches(error, COMMAND_ERROR, COMMAND_ERROR_NOT_FOUND) ? 127 : 126;
}

static void spawn_run(Process *process)
{
        g_autoptr(GError) error = NULL;

        deadline_cancel(process->deadline);
        settle_logs(process);
        set_spawn_error(process, NULL);
        process->last_exit = (ChildExit){};
        process->failed_start = 0;
        process->start_usec = clock_now_usec(CLOCK_REALTIME);
        process->start_monotonic = clock_now_usec(CLOCK_MONOTONIC);
        if (!start_run(process, &error)) {
                log_info("spawnerr: %s", error->message);
                set_spawn_error(process, error->message);
                process->failed_start = failed_start_status(error);
                feed(process, INPUT_SPAWN_FAILED);
                return;
        }
        process->generation++;
        log_info("spawned: '%s' with pid %ld", process->config->name, (long)run_pid(process->run));
        if (process->config->startsecs > 0)
                deadline_set_seconds(process->deadline, process->config->startsecs);
        else
                feed(process, INPUT_UP_LONG_ENOUGH);
        if (process->is_listener && process->context->observer->listener_started)
                process->context->observer->listener_started(
                                process, process->context->observer_data);
}

static void plan_retry(Process *process)
{
        if (process->tries <= MAX(process->config->startretries, 0)) {
                deadline_set_seconds(process->deadline, process->tries);
                return;
        }
        report_gave_up(process->config);
        feed(process, INPUT_RETRIES_EXHAUSTED);
}

/* After a run that was not asked to end. */
static void consider_restart(Process *process)
{
        const ProcessConfig *config = process->config;
        uint64_t due = process->start_monotonic + (uint64_t)(config->start_interval * USEC_PER_SEC);

        process->tries = 0;
        if (!last_exit_was_expected(process)) {
                g_autofree char *text =
                                g_strdup_printf("Bad exit code %d", process->last_exit.code);

                set_spawn_error(process, text);
        }
        if (process->context->ending || config->autorestart == AUTORESTART_FALSE)
                return;
        if (config->autorestart == AUTORESTART_UNEXPECTED && last_exit_was_expected(process))
                return;
        /* Never at once from here: the loop has others to serve between two starts. */
        deadline_set(process->deadline, due);
}

/* ESRCH does not get here: who has ended already is about to be reaped. */
static void check_sent(Process *process, int r)
{
        if (r >= 0)
                return;
        set_spawn_error(process, g_strerror(-r));
        feed(process, INPUT_KILL_FAILED);
}

static void send_stop_signal(Process *process)
{
        deadline_set_seconds(process->deadline, process->config->stopwaitsecs);
        check_sent(process, stopping_ask(process->config, process->run));
}

static void send_kill(Process *process)
{
        const ProcessConfig *config = process->config;

        if (stopping_is_over(&process->stopping, config, process->run)) {
                feed(process, process->run ? INPUT_UNKILLABLE : INPUT_GROUP_GONE);
                return;
        }
        deadline_set_seconds(process->deadline, MAX(config->stopwaitsecs, 1));
        check_sent(process, stopping_kill(&process->stopping, config, process->run));
}

static void on_group_gone(void *userdata)
{
        Process *process = userdata;

        feed(process, INPUT_GROUP_GONE);
}

static void await_group(Process *process)
{
        if (stopping_await_group(&process->stopping, process->context, process->config,
                            process->ended_pid, on_group_gone, process))
                send_kill(process);
}

static void act(Process *process, ProcessAction action)
{
        switch (action) {
        case ACTION_NONE:
                return;
        case ACTION_SPAWN:
                spawn_run(process);
                return;
        case ACTION_PLAN_RETRY:
                plan_retry(process);
                return;
        case ACTION_FORGET_TRIES:
                process->tries = 0;
                return;
        case ACTION_PASS_ON_EXIT:
                feed(process, INPUT_EXITED);
                return;
        case ACTION_CONSIDER_RESTART:
                consider_restart(process);
                return;
        case ACTION_CANCEL_RESTART:
                deadline_cancel(process->deadline);
                return;
        case ACTION_SEND_STOP_SIGNAL:
                send_stop_signal(process);
                return;
        case ACTION_SEND_KILL:
                send_kill(process);
                return;
        case ACTION_AWAIT_GROUP:
                await_group(process);
                return;
        case _PROCESS_ACTION_MAX:
                break;
        }
        g_assert_not_reached();
}

/* A change from that state has just been made, and what follows from it been done. */
static bool has_ended_by_itself(const Process *process, ProcessState from)
{
        if (process->state == from || process->context->ending)
                return false;
        return process->state == PROCESS_FATAL ||
               (process->state == PROCESS_EXITED && !process_restart_is_due(process));
}

static void handle(Process *process, ProcessInput input)
{
        const Transition *transition = machine_find(process->state, input);
        const ProcessState from = process->state;

        if (!transition)
                return;
        if (input == INPUT_RETRY || input == INPUT_RESTART) {
                if (process->context->ending)
                        return;
                process->restarts++;
        }
        if (transition->to != process->state) {
                deadline_cancel(process->deadline);
                stopping_clear(&process->stopping);
                enter_state(process, transition->to);
        }
        act(process, transition->then);
        if (has_ended_by_itself(process, from) && process->context->observer->ended)
                process->context->observer->ended(process, process->context->observer_data);
}

static void feed(Process *process, ProcessInput input)
{
        g_queue_push_tail(&process->inputs, GINT_TO_POINTER(input));
        if (process->handling)
                return;
        process->handling = true;
        while (!g_queue_is_empty(&process->inputs))
                handle(process, GPOINTER_TO_INT(g_queue_pop_head(&process->inputs)));
        process->handling = false;
        if (process->context->observer->changed)
                process->context->observer->changed(process, process->context->observer_data);
        watch_list_tell(process->watches, process, false);
}

/* A log that a run writes to stays the process's log until that run has ended. */
void process_set_config(Process *process, const ProcessConfig *config)
{
        process->config = config;
        if (process->run)
                run_set_rotation(process->run, config);
        else
                settle_logs(process);
}

void process_lease(Process *process)
{
        process->leased_generation = process->generation;
}

/* Who asks for what is under way already changes nothing. */
static void request(Process *process, ProcessInput input, const char *asked_by)
{
        if (machine_find(process->state, input)) {
                g_free(process->asked_by);
                process->asked_by = g_strdup(asked_by);
        }
        feed(process, input);
}

void process_start_for(Process *process, const char *asked_by)
{
        request(process, INPUT_START, asked_by);
}

void process_stop_for(Process *process, const char *asked_by)
{
        request(process, INPUT_STOP, asked_by);
}

void process_start(Process *process)
{
        request(process, INPUT_START, NULL);
}

void process_stop(Process *process)
{
        request(process, INPUT_STOP, NULL);
}

void process_give_up(Process *process)
{
        feed(process, INPUT_GIVE_UP);
}

void process_hasten_stop(Process *process)
{
        feed(process, INPUT_STOP_TIMEOUT);
}

int process_signal(Process *process, int signal_number)
{
        int r;

        if (!process->run)
                return -ESRCH;
        log_debug("sending %s (pid %ld) sig %d", process->config->name, (long)process_pid(process),
                        signal_number);
        r = run_signal(process->run, signal_number, false);
        if (r < 0 && r != -ESRCH)
                feed(process, INPUT_KILL_FAILED);
        return r;
}

int process_write_stdin(Process *process, const void *data, size_t size)
{
        if (!process->run || process->state == PROCESS_STOPPING)
                return -ESRCH;
        if (process_is_leased(process))
                return -EBUSY;
        return run_write_stdin(process->run, process->config->name, data, size);
}

void process_reopen_logs(Process *process)
{
        if (process->run)
                run_reopen_logs(process->run);
}

/* By their paths too: nobody has them open while it does not run. */
int process_clear_logs(Process *process)
{
        int of_run = process->run ? run_clear_logs(process->run) : 0;
        int of_output = target_clear_path(process->output_log.path);
        int of_error = target_clear_path(process->error_log.path);

        return MIN(of_run, MIN(of_output, of_error));
}

void process_watch(Process *process, ProcessWatcher watcher, void *userdata)
{
        watch_list_add(process->watches, watcher, userdata);
}

size_t process_watchers(const Process *process)
{
        return watch_list_length(process->watches);
}

void process_unwatch(Process *process, ProcessWatcher watcher, void *userdata)
{
        watch_list_remove(process->watches, watcher, userdata);
}
