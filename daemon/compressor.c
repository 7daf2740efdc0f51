/* A request comes out of the middle of a write to a log, perhaps that of the main log while it
 * tells of another child: so children are started from the loop only. */

#include "daemon/compressor.h"

#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/output/compression.h"
#include "daemon/output/helper-log.h"
#include "daemon/output/main-log.h"
#include "daemon/process/child.h"

#define MAX_RUNNING    2
#define MAX_WAITING    1000
#define NICENESS       10
#define LAST_WAIT_MSEC 1000

typedef struct Job {
        Compressor *compressor; /* borrowed */
        char *path;             /* of the log */
        Rotation rotation;
        Compression *compression; /* NULL while it waits, as is the rest */
        Child *child;
        HelperLog *log;
} Job;

struct Compressor {
        sd_event *event;             /* borrowed */
        const sigset_t *signal_mask; /* borrowed */
        sd_event_source *again;      /* when there is something to start */
        GQueue waiting, running;     /* of Job */
        unsigned missing;            /* bits of LogCompression: not to be found, and said */
};

static void job_free(void *pointer)
{
        Job *job = pointer;

        if (job->child)
                child_end(job->child, LAST_WAIT_MSEC);
        child_free(job->child);
        helper_log_free(job->log);
        compression_free(job->compression);
        g_free(job->path);
        g_free(job);
}

static Job *find_job(GQueue *queue, const char *path)
{
        for (GList *at = queue->head; at; at = at->next)
                if (strcmp(((Job *)at->data)->path, path) == 0)
                        return at->data;
        return NULL;
}

static void wake(Compressor *compressor)
{
        int r = sd_event_source_set_enabled(compressor->again, SD_EVENT_ONESHOT);

        g_assert(r >= 0);
}

/* One that is running looks for more of the same log when it is done. */
static void on_requested(const char *path, const Rotation *rotation, void *userdata)
{
        Compressor *compressor = userdata;
        Job *job = find_job(&compressor->waiting, path);

        if (!job)
                job = find_job(&compressor->running, path);
        if (job) {
                job->rotation = *rotation;
                return;
        }
        if (compressor->waiting.length >= MAX_WAITING)
                return;
        job = g_new0(Job, 1);
        job->compressor = compressor;
        job->path = g_strdup(path);
        job->rotation = *rotation;
        g_queue_push_tail(&compressor->waiting, job);
        wake(compressor);
}

/* The path of the program, g_free. NULL when there is none, which is said once. */
static char *find_program(Compressor *compressor, const Job *job)
{
        const char *name = compression_program(job->compression);
        const unsigned bit = 1u << job->rotation.compress;
        char *file = g_find_program_in_path(name);

        if (file)
                compressor->missing &= ~bit;
        else if (!(compressor->missing & bit)) {
                compressor->missing |= bit;
                log_warn("%s is not installed: %s and other backups of logs stay uncompressed",
                                name, compression_path(job->compression));
        }
        return file;
}

static void on_exited(Child *child, const ChildExit *how, void *userdata);

static bool start_child(Job *job, const char *file)
{
        char *const arguments[] = { (char *)compression_program(job->compression), "-c", NULL };
        autofd log_end = helper_log_open(job->compressor->event,
                        compression_program(job->compression), LOG_LEVEL_WARN, &job->log);
        const ChildSetup setup = {
                .file = file,
                .arguments = arguments,
                .environment = environ,
                .descriptors = { compression_source(job->compression),
                                compression_target(job->compression), log_end },
                .new_session = true,
                .parent_death_signal = SIGTERM,
                .umask = -1,
                .signal_mask = job->compressor->signal_mask,
        };
        ChildFailure failure = {};
        int r = child_new(job->compressor->event, &setup, on_exited, job, &job->child, &failure);
        g_autofree char *reason = r == -ECHILD ? child_failure_to_string(&failure, &setup)
                                               : g_strdup(g_strerror(-r));

        if (r < 0) {
                log_warn("cannot start %s: %s; %s stays uncompressed", file, reason,
                                compression_path(job->compression));
                return false;
        }
        (void)setpriority(PRIO_PROCESS, child_pid(job->child), NICENESS);
        log_debug("compressing %s, pid %ld", compression_path(job->compression),
                        (long)child_pid(job->child));
        return true;
}

/* False when there is nothing left to do for this log, or nothing can be done. */
static bool start_next_backup(Job *job)
{
        g_autofree char *file = NULL;
        int r;

        job->log = helper_log_free(job->log);
        job->compression = compression_free(job->compression);
        if (job->rotation.compress == LOG_COMPRESSION_NONE)
                return false;
        r = compression_new(job->path, &job->rotation, &job->compression);
        if (r < 0)
                log_warn("cannot compress the backups of %s: %s", job->path, g_strerror(-r));
        if (r <= 0)
                return false;
        file = find_program(job->compressor, job);
        return file && start_child(job, file);
}

static bool finish(Job *job, const ChildExit *how)
{
        g_autofree char *text = child_exit_to_string(how);
        int r;

        job->log = helper_log_free(job->log);
        if (how->code != 0) {
                log_warn("%s of %s ended: %s; it stays uncompressed",
                                compression_program(job->compression),
                                compression_path(job->compression), text);
                return false;
        }
        r = compression_finish(job->compression);
        if (r < 0)
                log_warn("%s stays uncompressed: %s", compression_path(job->compression),
                                r == -EBUSY ? "it is still written to" : g_strerror(-r));
        return r >= 0;
}

static void on_exited(Child *child, const ChildExit *how, void *userdata)
{
        Job *job = userdata;
        Compressor *compressor = job->compressor;

        job->child = child_free(job->child);
        if (finish(job, how) && start_next_backup(job))
                return;
        g_queue_remove(&compressor->running, job);
        job_free(job);
        wake(compressor);
}

static int on_again(sd_event_source *source, void *userdata)
{
        Compressor *compressor = userdata;

        while (compressor->running.length < MAX_RUNNING && compressor->waiting.length > 0) {
                Job *job = g_queue_pop_head(&compressor->waiting);

                /* It counts as running while it starts, lest it be asked for twice. */
                g_queue_push_tail(&compressor->running, job);
                if (start_next_backup(job))
                        continue;
                g_queue_remove(&compressor->running, job);
                job_free(job);
        }
        return 0;
}

int compressor_new(sd_event *event, const sigset_t *signal_mask, Compressor **ret)
{
        g_autoptr(Compressor) compressor = g_new0(Compressor, 1);
        int r;

        compressor->event = event;
        compressor->signal_mask = signal_mask;
        g_queue_init(&compressor->waiting);
        g_queue_init(&compressor->running);
        r = sd_event_add_defer(event, &compressor->again, on_again, compressor);
        if (r >= 0)
                r = sd_event_source_set_enabled(compressor->again, SD_EVENT_OFF);
        if (r < 0)
                return r;
        compression_set_handler(on_requested, compressor);
        *ret = g_steal_pointer(&compressor);
        return 0;
}

Compressor *compressor_free(Compressor *compressor)
{
        if (!compressor)
                return NULL;
        compression_set_handler(NULL, NULL);
        g_queue_clear_full(&compressor->waiting, job_free);
        g_queue_clear_full(&compressor->running, job_free);
        sd_event_source_disable_unref(compressor->again);
        g_free(compressor);
        return NULL;
}
