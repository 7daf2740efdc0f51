/* Everything is opened before the fork, and everything that was opened belongs to a local that
 * closes it, so a failure anywhere leaves nothing behind. */

#include "daemon/process/run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/capture.h"
#include "daemon/output/main-log.h"
#include "daemon/process/child-environment.h"
#include "daemon/process/stdin-queue.h"

#define MAX_GROUPS 65536

struct Run {
        Child *child;
        int stdin_fd;
        StdinQueue *stdin_queue; /* NULL as long as nobody has written */
        int stdout_fd, log_fd;   /* listeners only */
        Capture *output, *error;
        const ProcessContext *context; /* borrowed */
        RunExited on_exited;
        void *userdata;
};

/* Both ends of the three pipes while a run is being made; -1 where there is none. */
typedef struct Pipes {
        int child[3], ours[3];
        int log[2]; /* of a listener: what it says comes back to us from the listener-host */
        int socket; /* borrowed: of an fcgi-program, instead of the pipe for stdin */
} Pipes;

static void pipes_clear(Pipes *pipes)
{
        for (int i = 0; i < 3; i++) {
                pipes->child[i] = fd_close(pipes->child[i]);
                pipes->ours[i] = fd_close(pipes->ours[i]);
        }
        for (int i = 0; i < 2; i++)
                pipes->log[i] = fd_close(pipes->log[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pipes, pipes_clear)

/* Ours is non-blocking, the child's is not. ours_writes: 1 for stdin, 0 for the outputs. */
static int make_pipe(Pipes *pipes, int index, int ours_writes)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        pipes->ours[index] = ends[ours_writes];
        pipes->child[index] = ends[!ours_writes];
        if (fcntl(ends[ours_writes], F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        return 0;
}

static bool open_socket(const RunPlan *plan, Pipes *pipes, GError **error)
{
        const SocketConfig *socket = plan->config->socket;

        return !socket || fcgi_sockets_open(plan->context->sockets, socket, &pipes->socket, error);
}

/* Where nobody needs the bytes the child gets /dev/null, and costs us no descriptor and no wake-up.
 */
static int make_pipes(const RunPlan *plan, Pipes *pipes)
{
        int r;

        if (pipes->socket < 0) {
                r = make_pipe(pipes, STDIN_FILENO, 1);
                if (r < 0)
                        return r;
        }
        if (plan->is_listener || channel_is_wanted(&plan->config->output, plan->stdout_log)) {
                r = make_pipe(pipes, STDOUT_FILENO, 0);
                if (r < 0)
                        return r;
        }
        if (plan->is_listener && plan->stdout_log && pipe2(pipes->log, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        /* A listener's stderr always has a pipe of its own: its stdout is the protocol. */
        if ((plan->is_listener || !plan->config->redirect_stderr) &&
                        channel_is_wanted(&plan->config->error, plan->stderr_log))
                return make_pipe(pipes, STDERR_FILENO, 0);
        return 0;
}

static bool pipe_error(const ProcessConfig *config, int error, GError **ret)
{
        if (error == EMFILE || error == ENFILE)
                g_set_error(ret, G_FILE_ERROR, G_FILE_ERROR_MFILE,
                                "too many open files to spawn '%s'", config->name);
        else
                g_set_error(ret, G_FILE_ERROR, g_file_error_from_errno(error),
                                "unknown error making dispatchers for '%s': %s", config->name,
                                strerrorname_np(error));
        return false;
}

/* The supplementary groups of the user, and its primary one. */
typedef struct UserGroups {
        gid_t gid;
        gid_t *ids;
        int count;
} UserGroups;

static bool find_groups(const ProcessConfig *config, UserGroups *ret, GError **error)
{
        struct passwd *user = getpwuid(config->uid);

        if (!user) {
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                                "couldn't setuid to %u: there is no such user any more",
                                (unsigned)config->uid);
                return false;
        }
        ret->gid = user->pw_gid;
        ret->count = 16;
        do
                ret->ids = g_renew(gid_t, ret->ids, ret->count);
        while (getgrouplist(user->pw_name, user->pw_gid, ret->ids, &ret->count) < 0 &&
                        ret->count <= MAX_GROUPS);
        return true;
}

static bool fork_error(const ProcessConfig *config, const ChildSetup *setup, int r,
                const ChildFailure *failure, GError **error)
{
        g_autofree char *reason = NULL;

        if (r == -ECHILD) {
                reason = child_failure_to_string(failure, setup);
                g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, reason);
        } else if (r == -EAGAIN)
                g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                                "Too many processes in process table to spawn '%s'", config->name);
        else if (r == -EMFILE || r == -ENFILE)
                return pipe_error(config, -r, error);
        else
                g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                                "unknown error during fork for '%s': %s", config->name,
                                strerrorname_np(-r));
        return false;
}

static void on_child_exited(Child *child, const ChildExit *how, void *userdata)
{
        Run *run = userdata;

        run->on_exited(how, run->userdata);
}

static bool start_child(Run *run, const RunPlan *plan, const Pipes *pipes, GError **error)
{
        const ProcessConfig *config = plan->config;
        const ProcessContext *context = plan->context;
        g_auto(GStrv) environment =
                        child_environment(config, context->server_url, context->bus_address);
        UserGroups groups = {};
        g_autofree gid_t *group_ids = NULL;
        ChildFailure failure = {};
        ChildSetup setup = {
                .file = plan->command->file,
                .fallbacks = plan->command->fallbacks,
                .arguments = plan->command->arguments,
                .environment = environment,
                .descriptors = { pipes->child[0], pipes->child[1], pipes->child[2] },
                .parent_death_signal = config->pdeathsig,
                .change_user = process_config_changes_user(config),
                .uid = config->uid,
                .directory = config->directory,
                .umask = config->umask,
                .descriptor_limit = &context->descriptor_limit,
                .signal_mask = &context->signal_mask,
                .default_signals = context->default_signals,
        };
        int r;

        if (pipes->socket >= 0)
                setup.descriptors[STDIN_FILENO] = pipes->socket;
        if (!plan->is_listener && config->redirect_stderr)
                setup.descriptors[STDERR_FILENO] = pipes->child[STDOUT_FILENO];
        if (setup.change_user) {
                if (!find_groups(config, &groups, error))
                        return false;
                group_ids = groups.ids;
                setup.gid = groups.gid;
                setup.groups = groups.ids;
                setup.n_groups = groups.count;
        }
        r = child_new(context->event, &setup, on_child_exited, run, &run->child, &failure);
        return r >= 0 || fork_error(config, &setup, r, &failure, error);
}

static void emit(Event *event, void *userdata)
{
        event_log_append(userdata, event);
}

/* Takes *fd over, where there is one. */
static int capture_output(const RunPlan *plan, int *fd, bool is_error, Capture **ret)
{
        const ChannelPlan channel_plan = {
                .process = plan->config,
                .supervisord = plan->context->supervisord,
                .is_error = is_error,
                .is_protocol = plan->is_listener && !is_error,
                .logfile = is_error ? plan->stderr_log : plan->stdout_log,
                .outlets = plan->context->outlets,
                .loss = plan->loss,
                .emit = emit,
                .userdata = plan->context->events,
        };
        g_autoptr(Channel) channel = NULL;
        int r;

        if (*fd < 0)
                return 0;
        channel = channel_new(&channel_plan);
        r = capture_new(plan->context->event, *fd, channel, ret);
        if (r < 0)
                return r;
        channel = NULL;
        *fd = -1;
        return 0;
}

static int capture_outputs(Run *run, const RunPlan *plan, Pipes *pipes)
{
        int *from = plan->is_listener ? &pipes->log[0] : &pipes->ours[STDOUT_FILENO];
        int r = capture_output(plan, from, false, &run->output);

        return r < 0 ? r : capture_output(plan, &pipes->ours[STDERR_FILENO], true, &run->error);
}

static void tell_pid(Run *run)
{
        if (run->output)
                capture_set_pid(run->output, run_pid(run));
        if (run->error)
                capture_set_pid(run->error, run_pid(run));
}

bool run_new(const RunPlan *plan, RunExited on_exited, void *userdata, Run **ret, GError **error)
{
        g_autoptr(Run) run = g_new0(Run, 1);
        g_auto(Pipes) pipes = { { -1, -1, -1 }, { -1, -1, -1 }, { -1, -1 }, -1 };
        int r;

        run->context = plan->context;
        run->stdin_fd = run->stdout_fd = run->log_fd = -1;
        run->on_exited = on_exited;
        run->userdata = userdata;
        if (!open_socket(plan, &pipes, error))
                return false;
        r = make_pipes(plan, &pipes);
        if (r >= 0)
                r = capture_outputs(run, plan, &pipes);
        if (r < 0)
                return pipe_error(plan->config, -r, error);
        if (!start_child(run, plan, &pipes, error))
                return false;
        tell_pid(run);
        run->stdin_fd = fd_steal(&pipes.ours[STDIN_FILENO]);
        run->stdout_fd = fd_steal(&pipes.ours[STDOUT_FILENO]);
        run->log_fd = fd_steal(&pipes.log[1]);
        *ret = g_steal_pointer(&run);
        return true;
}

Run *run_free(Run *run)
{
        if (!run)
                return NULL;
        child_free(run->child);
        stdin_queue_free(run->stdin_queue);
        capture_free(run->output);
        capture_free(run->error);
        fd_close(run->stdin_fd);
        fd_close(run->stdout_fd);
        fd_close(run->log_fd);
        g_free(run);
        return NULL;
}

pid_t run_pid(const Run *run)
{
        return child_pid(run->child);
}

int run_signal(Run *run, int signal_number, bool to_group)
{
        return child_signal(run->child, signal_number, to_group);
}

int run_write_stdin(Run *run, const char *name, const void *data, size_t size)
{
        if (run->stdin_fd < 0)
                return -EBADF;
        if (!run->stdin_queue)
                run->stdin_queue = stdin_queue_new(run->context->event, run->stdin_fd, name);
        return stdin_queue_write(run->stdin_queue, data, size);
}

int run_stdin(const Run *run)
{
        return run->stdin_fd;
}

int run_stdout(const Run *run)
{
        return run->stdout_fd;
}

int run_stdout_log(const Run *run)
{
        return run->log_fd;
}

void run_end_output(Run *run)
{
        run->log_fd = fd_close(run->log_fd);
        if (run->output)
                survivors_take(run->context->survivors, g_steal_pointer(&run->output));
        if (run->error)
                survivors_take(run->context->survivors, g_steal_pointer(&run->error));
}

void run_reopen_logs(Run *run)
{
        if (run->output)
                capture_reopen_log(run->output);
        if (run->error)
                capture_reopen_log(run->error);
}

int run_clear_logs(Run *run)
{
        int of_output = run->output ? capture_clear_log(run->output) : 0;
        int of_error = run->error ? capture_clear_log(run->error) : 0;

        return MIN(of_output, of_error);
}

static void set_rotation(Capture *capture, const ChannelConfig *channel)
{
        const Rotation rotation = rotation_of_channel(channel);

        if (capture)
                capture_set_rotation(capture, &rotation);
}

void run_set_rotation(Run *run, const ProcessConfig *config)
{
        set_rotation(run->output, &config->output);
        set_rotation(run->error, &config->error);
}
