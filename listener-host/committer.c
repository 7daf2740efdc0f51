/* A report holds the state of the moment in which it is sent, not a list of changes: one that got
 * lost needs no repetition of its own, and any number of changes fit into the next. */

#include "listener-host/committer.h"

#include <stdbool.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/names.h"

#define COMMIT_DELAY_USEC    (50 * 1000)
#define COMMIT_ACCURACY_USEC 1000

/* What failed beyond that, a new host counts from the beginning again. */
#define REPORTED_ATTEMPTS 1024

struct Committer {
        sd_event *loop;   /* borrowed */
        const Peer *peer; /* borrowed */
        const char *path; /* borrowed */
        const CommitterSource *source;
        void *userdata; /* borrowed */
        sd_event_source *timer;
        QueuedCall *call;
        bool is_dirty; /* there is something that no report that was sent contains */
};

Committer *committer_new(sd_event *loop, const Peer *peer, const char *path,
                const CommitterSource *source, void *userdata)
{
        Committer *committer = g_new0(Committer, 1);

        committer->loop = loop;
        committer->peer = peer;
        committer->path = path;
        committer->source = source;
        committer->userdata = userdata;
        return committer;
}

Committer *committer_free(Committer *committer)
{
        if (!committer)
                return NULL;
        sd_event_source_disable_unref(committer->timer);
        queued_call_cancel(committer->call);
        g_free(committer);
        return NULL;
}

static void on_answer(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Committer *committer = userdata;

        committer->call = NULL;
        if (error) {
                committer->is_dirty = true;
                committer->source->failed(error->message, committer->userdata);
        } else if (committer->is_dirty) {
                committer_note(committer);
        }
}

static int append_attempts(sd_bus_message *call, const QueueProgress *progress)
{
        int r = sd_bus_message_open_container(call, 'a', "(tu)");

        for (size_t i = 0; r >= 0 && i < MIN(progress->n_attempts, REPORTED_ATTEMPTS); i++)
                r = sd_bus_message_append(call, "(tu)", progress->attempts[i].serial,
                                progress->attempts[i].n_failed);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int new_report(
                const Committer *committer, const QueueProgress *progress, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(committer->peer, committer->path, BUS_INTERFACE_POOL, "Commit", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "t", progress->cursor);
        if (r < 0)
                return r;
        r = sd_bus_message_append_array(call, 't', progress->answered,
                        progress->n_answered * sizeof *progress->answered);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "t", progress->poolserial);
        if (r < 0)
                return r;
        r = append_attempts(call, progress);
        if (r < 0)
                return r;
        r = committer->source->append_report(call, committer->userdata);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&call);
        return 0;
}

static int send_report(Committer *committer, bool is_last)
{
        g_autoptr(sd_bus_message) call = NULL;
        QueueProgress progress;
        int r;

        committer->source->collect(&progress, committer->userdata);
        r = new_report(committer, &progress, &call);
        if (r < 0)
                return r;
        if (is_last)
                return call_tell(committer->peer, call);
        return call_send(committer->peer, call, on_answer, committer, &committer->call);
}

static void commit(Committer *committer, bool is_last)
{
        int r = send_report(committer, is_last);

        committer->is_dirty = r < 0;
        if (r < 0)
                committer->source->failed(g_strerror(-r), committer->userdata);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Committer *committer = userdata;

        if (committer->peer->bus && !committer->call)
                commit(committer, false);
        return 0;
}

static int arm(Committer *committer)
{
        int r;

        if (!committer->timer)
                return sd_event_add_time_relative(committer->loop, &committer->timer,
                                CLOCK_MONOTONIC, COMMIT_DELAY_USEC, COMMIT_ACCURACY_USEC, on_timer,
                                committer);
        r = sd_event_source_set_time_relative(committer->timer, COMMIT_DELAY_USEC);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(committer->timer, SD_EVENT_ONESHOT);
}

static bool is_armed(const Committer *committer)
{
        return committer->timer && sd_event_source_get_enabled(committer->timer, NULL) > 0;
}

/* While a call is under way its answer arms the timer. */
void committer_note(Committer *committer)
{
        int r;

        committer->is_dirty = true;
        if (!committer->peer->bus || committer->call || is_armed(committer))
                return;
        r = arm(committer);
        if (r < 0)
                log_error("cannot set a timer: %s", g_strerror(-r));
}

/* A report that waits for its turn will not be sent any more, and whether one that was sent has
 * arrived is not known. */
void committer_flush(Committer *committer)
{
        if ((committer->is_dirty || committer->call) && committer->peer->bus)
                commit(committer, true);
}

void committer_reset(Committer *committer)
{
        committer->call = queued_call_cancel(committer->call);
        committer_note(committer);
}
