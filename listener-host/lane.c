/* Whatever happens ends in lane_run(): hand out, fetch, set the timer. None of them has to be
 * thought of anywhere else. */

#include "listener-host/lane.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/names.h"
#include "listener-host/committer.h"
#include "listener-host/dead-letters.h"
#include "listener-host/pool.h"
#include "listener-host/report.h"
#include "listener-host/retries.h"
#include "listener-host/roster.h"
#include "listener-host/supply.h"

#define TIMER_ACCURACY_USEC (10 * 1000)

struct Lane {
        sd_event *loop;   /* borrowed */
        const Peer *peer; /* borrowed */
        char *path;
        uint64_t begun;
        uint64_t since_usec; /* CLOCK_MONOTONIC: we serve the pool */
        Pool *pool;
        Supply *supply;
        Committer *committer;
        Roster *roster;
        DeadLetters *dead_letters;
        Retries *retries;
        sd_event_source *timer;
        LaneTrouble trouble;
        void *userdata; /* borrowed */
};

static void lane_run(Lane *lane);

static uint64_t now_usec(const Lane *lane)
{
        uint64_t now = 0;

        /* Fails only in a forked child. */
        sd_event_now(lane->loop, CLOCK_MONOTONIC, &now);
        return now;
}

static void report_trouble(Lane *lane, const char *what, const char *why)
{
        lane->trouble(what, why, lane->userdata);
}

/* The timer for what comes again later, and for answers that do not come. */

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        lane_run(userdata);
        return 0;
}

static int set_timer(Lane *lane, uint64_t due)
{
        int r;

        if (!lane->timer)
                return sd_event_add_time(lane->loop, &lane->timer, CLOCK_MONOTONIC, due,
                                TIMER_ACCURACY_USEC, on_timer, lane);
        r = sd_event_source_set_time(lane->timer, due);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(lane->timer, SD_EVENT_ONESHOT);
}

static void arm_timer(Lane *lane)
{
        uint64_t due = pool_next_due(lane->pool);
        int r = 0;

        if (due != QUEUE_NEVER)
                r = set_timer(lane, due);
        else if (lane->timer)
                r = sd_event_source_set_enabled(lane->timer, SD_EVENT_OFF);
        if (r < 0)
                log_error("cannot set a timer: %s", g_strerror(-r));
}

static void restart_overdue(Lane *lane)
{
        const char *process;

        while ((process = pool_take_overdue(lane->pool, now_usec(lane))))
                roster_restart(lane->roster, process, "it does not answer");
}

/* What is there already comes before what has to be asked for. */
static void fill_queue(Lane *lane)
{
        Feed *feed = supply_feed(lane->supply);
        const Event *event;

        while ((event = feed_peek(feed)) && pool_push(lane->pool, event)) {
                feed_pop(feed);
                committer_note(lane->committer);
        }
}

static void lane_run(Lane *lane)
{
        restart_overdue(lane);
        fill_queue(lane);
        pool_hand_out(lane->pool, now_usec(lane));
        supply_fetch(lane->supply, queue_n_due(pool_queue(lane->pool)));
        retries_fetch(lane->retries);
        arm_timer(lane);
}

/* What the parts ask of each other. */

/* What the queue has no room for yet makes TICKs stale too. */
static void note_ticks(Lane *lane)
{
        const Feed *feed = supply_feed(lane->supply);

        for (EventType type = 0; type < _EVENT_TYPE_MAX; type++)
                if (feed_newest_tick(feed, type) > 0)
                        queue_note_tick(pool_queue(lane->pool), type, feed_newest_tick(feed, type));
}

static void on_page_arrived(void *userdata)
{
        Lane *lane = userdata;

        note_ticks(lane);
        if (!feed_peek(supply_feed(lane->supply)))
                committer_note(lane->committer);
        lane_run(lane);
}

static void on_supply_failed(const char *what, const char *why, void *userdata)
{
        report_trouble(userdata, what, why);
}

static const SupplyObserver supply_observer = { on_page_arrived, on_supply_failed };

static bool member_is_ready(void *member)
{
        return listener_is_ready(member);
}

static int member_give(void *member, const char *message, size_t size)
{
        return listener_give(member, message, size);
}

static const PoolMember member_methods = { member_is_ready, member_give };

static void on_given_up(QueueItem *item, const char *process, const char *reason, void *userdata)
{
        Lane *lane = userdata;

        dead_letters_add(lane->dead_letters, item, pool_item_attempts(item), process, reason);
}

static void on_letter_accepted(uint64_t serial, void *userdata)
{
        Lane *lane = userdata;

        retries_settle(lane->retries, serial);
}

static const PoolObserver pool_observer = { on_given_up, on_letter_accepted };

static void on_letter_taken(QueueItem *item, void *userdata)
{
        Lane *lane = userdata;

        queue_finish(pool_queue(lane->pool), item);
        committer_note(lane->committer);
        lane_run(lane);
}

static void on_letter_failed(const char *why, void *userdata)
{
        report_trouble(userdata, "GiveUp", why);
}

static const DeadLettersObserver dead_letters_observer = { on_letter_taken, on_letter_failed };

static void on_retries_arrived(void *userdata)
{
        Lane *lane = userdata;

        committer_note(lane->committer);
        lane_run(lane);
}

static void on_retries_failed(const char *what, const char *why, void *userdata)
{
        report_trouble(userdata, what, why);
}

static const RetriesObserver retries_observer = { on_retries_arrived, on_retries_failed };

static void on_listener_ready(Listener *listener, void *userdata)
{
        lane_run(userdata);
}

static void on_listener_concluded(
                Listener *listener, PoolOutcome outcome, const char *reason, void *userdata)
{
        Lane *lane = userdata;

        pool_conclude(lane->pool, listener_name(listener), outcome, reason, now_usec(lane));
        committer_note(lane->committer);
        lane_run(lane);
}

static void on_listener_changed(Listener *listener, void *userdata)
{
        Lane *lane = userdata;

        committer_note(lane->committer);
}

static void on_listener_violated(Listener *listener, void *userdata)
{
        Lane *lane = userdata;

        pool_note_violation(lane->pool);
        committer_note(lane->committer);
}

static void on_listener_joined(void *userdata)
{
        Lane *lane = userdata;

        committer_note(lane->committer);
}

static void on_listener_left(void *userdata)
{
        Lane *lane = userdata;

        committer_note(lane->committer);
        lane_run(lane);
}

static void on_roster_trouble(const char *what, const char *why, void *userdata)
{
        report_trouble(userdata, what, why);
}

static const RosterObserver roster_observer = {
        .listener = { on_listener_ready, on_listener_concluded, on_listener_changed,
                        on_listener_violated },
        .joined = on_listener_joined,
        .left = on_listener_left,
        .trouble = on_roster_trouble,
};

static void collect_progress(QueueProgress *ret, void *userdata)
{
        Lane *lane = userdata;

        queue_progress(pool_queue(lane->pool), feed_last(supply_feed(lane->supply)), ret);
}

static int append_report(sd_bus_message *call, void *userdata)
{
        const Lane *lane = userdata;

        return report_append(call, lane->pool, lane->since_usec);
}

static void on_commit_failed(const char *why, void *userdata)
{
        report_trouble(userdata, "Commit", why);
}

static const CommitterSource committer_source = { collect_progress, append_report,
        on_commit_failed };

/* The lane as a whole. */

void lane_arrived(Lane *lane, sd_bus_message *signal)
{
        supply_arrived(lane->supply, signal);
}

void lane_retries_pending(Lane *lane)
{
        retries_pending(lane->retries);
}

void lane_listener_started(Lane *lane, const char *process, uint64_t generation)
{
        roster_started(lane->roster, process, generation);
}

void lane_listener_changed(Lane *lane, const char *process, uint64_t generation, ProcessState state)
{
        roster_changed(lane->roster, process, generation, state);
}

void lane_listener_ended(Lane *lane, const char *process, uint64_t generation)
{
        roster_ended(lane->roster, process, generation);
}

void lane_set_listeners(Lane *lane, const GPtrArray *listeners)
{
        roster_set(lane->roster, listeners);
        lane_run(lane);
}

void lane_reset(Lane *lane)
{
        roster_reset(lane->roster);
        supply_reset(lane->supply);
        dead_letters_reset(lane->dead_letters);
        committer_reset(lane->committer);
        supply_fetch(lane->supply, queue_n_due(pool_queue(lane->pool)));
        retries_reset(lane->retries);
}

void lane_flush(Lane *lane)
{
        committer_flush(lane->committer);
}

bool lane_fits(const Lane *lane, const AttachedPool *pool)
{
        return strcmp(pool_name(lane->pool), pool->name) == 0 && lane->begun == pool->begun;
}

static Queue *new_queue(const AttachedPool *pool)
{
        Queue *queue = queue_new(pool->buffer_size, (const uint64_t *)pool->answered->data,
                        pool->answered->len, pool->poolserial);

        queue_note_attempts(queue, (const Attempt *)pool->attempts->data, pool->attempts->len);
        return queue;
}

/* All that a reload can change. */
void lane_adjust(Lane *lane, const AttachedPool *pool)
{
        const PayloadStyle style = { pool->event_extras, pool->payload_length };

        queue_set_max(pool_queue(lane->pool), pool->buffer_size);
        queue_set_overflow(pool_queue(lane->pool), pool->overflow);
        queue_set_max_attempts(pool_queue(lane->pool), pool->max_attempts);
        pool_set_style(lane->pool, &style);
        pool_set_event_timeout(lane->pool, pool->event_timeout_usec);
        roster_set_protocol(lane->roster, pool->protocol);
}

static Supply *new_supply(Lane *lane, const AttachedPool *pool, const char *run_id)
{
        const SupplySource source = {
                .peer = lane->peer,
                .path = lane->path,
                .pool = pool->name,
                .run_id = run_id,
                .after = pool->after,
        };

        return supply_new(&source, &supply_observer, lane);
}

Lane *lane_new(sd_event *loop, const Peer *peer, Relay *relay, const Attachment *attachment,
                const AttachedPool *pool, LaneTrouble trouble, void *userdata)
{
        Lane *lane = g_new0(Lane, 1);

        lane->loop = loop;
        lane->peer = peer;
        lane->path = bus_path_pool(pool->name);
        lane->begun = pool->begun;
        lane->since_usec = now_usec(lane);
        lane->pool = pool_new(attachment->identifier, pool->name, new_queue(pool), &member_methods,
                        &pool_observer, lane);
        lane->supply = new_supply(lane, pool, attachment->run_id);
        lane->committer = committer_new(loop, peer, lane->path, &committer_source, lane);
        lane->roster = roster_new(loop, peer, lane->path, lane->pool, &roster_observer, lane);
        if (pool->result_handler == POOL_RESULT_HANDLER_STDOUT)
                roster_set_relay(lane->roster, relay);
        lane->dead_letters = dead_letters_new(peer, lane->path, &dead_letters_observer, lane);
        lane->retries = retries_new(
                        peer, lane->path, pool_queue(lane->pool), &retries_observer, lane);
        lane_adjust(lane, pool);
        lane->trouble = trouble;
        lane->userdata = userdata;
        return lane;
}

Lane *lane_free(Lane *lane)
{
        if (!lane)
                return NULL;
        sd_event_source_disable_unref(lane->timer);
        roster_free(lane->roster);
        retries_free(lane->retries);
        dead_letters_free(lane->dead_letters);
        committer_free(lane->committer);
        supply_free(lane->supply);
        pool_free(lane->pool);
        g_free(lane->path);
        g_free(lane);
        return NULL;
}
