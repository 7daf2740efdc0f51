/* What is due is sent at the end of the round of the loop in which it happened, so that what
 * happens together travels together. A pool that wants nothing of what happens gets an empty page
 * now and then: its cursor has to move on, or it would seem to have missed what the log drops. */

#include "daemon/face/pool-pages.h"

#include "bus/cleanup.h"
#include "bus/event-page.h"
#include "bus/names.h"
#include "daemon/event/reader.h"
#include "daemon/output/main-log.h"

/* Of one page, but for a single event that has more. */
#define PAGE_BYTES ((size_t)128 * 1024)
/* So much of the event log's files is looked at for one page: nothing else happens meanwhile. */
#define LOOK_BYTES (512 * 1024)
/* So many events pass a pool by until it hears that they did. */
#define QUIET_EVENTS 4096

#define MESSAGE_OVERHEAD 512
#define RETRY_USEC       UINT64_C(100000)
#define ACCURACY_USEC    UINT64_C(10000)
/* Before what has come up meanwhile. */
#define PRIORITY (SD_EVENT_PRIORITY_NORMAL - 2)

/* A pool of which the host has all there is so far. */
typedef struct Wait {
        char *host;     /* unique name */
        uint64_t since; /* the last serial that the host knows of */
        uint64_t after; /* all up to it have passed the pool by */
        uint32_t max;
        bool is_due;
} Wait;

struct PoolPages {
        sd_event *event;                       /* borrowed */
        Manager *manager;                      /* borrowed */
        sd_bus *bus;                           /* borrowed */
        Outbox *outbox;                        /* borrowed */
        GHashTable *waits;                     /* char * (pool) to Wait * */
        sd_event_source *turn;                 /* enabled while a page is due */
        sd_event_source *retry;                /* after the bus has not taken one */
        uint64_t newest_tick[_EVENT_TYPE_MAX]; /* serials */
};

static void wait_free(gpointer data)
{
        Wait *wait = data;

        g_free(wait->host);
        g_free(wait);
}

PoolPages *pool_pages_new(sd_event *event, Manager *manager)
{
        PoolPages *pages = g_new0(PoolPages, 1);

        pages->event = event;
        pages->manager = manager;
        pages->waits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, wait_free);
        return pages;
}

PoolPages *pool_pages_free(PoolPages *pages)
{
        if (!pages)
                return NULL;
        sd_event_source_disable_unref(pages->turn);
        sd_event_source_disable_unref(pages->retry);
        g_hash_table_unref(pages->waits);
        g_free(pages);
        return NULL;
}

void pool_pages_clear(PoolPages *pages)
{
        g_hash_table_remove_all(pages->waits);
}

void pool_pages_set_bus(PoolPages *pages, sd_bus *bus, Outbox *outbox)
{
        pool_pages_clear(pages);
        pages->bus = bus;
        pages->outbox = outbox;
}

/* Making a page. */

static bool has_room(const EventPage *page, uint32_t max, const Event *event)
{
        size_t n = event_page_n_events(page);

        return n == 0 || (n < max && event_page_bytes(page) + event_size(event) <= PAGE_BYTES);
}

/* Somebody has had it in hand. */
static bool was_tried(const Cursor *cursor, uint64_t serial)
{
        for (guint i = 0; i < cursor->attempts->len; i++)
                if (g_array_index(cursor->attempts, CursorAttempts, i).serial == serial)
                        return true;
        return false;
}

/* A TICK that a newer one of its type has made so. One that the host knows of it still counts. */
static bool is_stale(const PoolPages *pages, const GroupConfig *config, const Event *event)
{
        const Cursors *cursors = manager_cursors(pages->manager);

        if (event->serial >= pages->newest_tick[event->type] ||
                        config->overflow == POOL_OVERFLOW_DISCARD)
                return false;
        return !cursors_is_done(cursors, config->name, event->serial) &&
               !was_tried(cursors_find(cursors, config->name), event->serial);
}

static void log_stale(const GroupConfig *config, unsigned n)
{
        if (n > 0)
                log_debug("pool %s: older TICKs left out: %u", config->name, n);
}

/* Answers the serial up to which all events of the pool are on the page, or before it. */
static uint64_t fill(PoolPages *pages, EventPage *page, const GroupConfig *config,
                EventReader *reader, uint32_t max)
{
        const Event *event;
        unsigned n_stale = 0;

        event_reader_set_budget(reader, LOOK_BYTES);
        while ((event = event_reader_next(reader))) {
                if (is_stale(pages, config, event)) {
                        n_stale++;
                } else if (has_room(page, max, event)) {
                        event_page_add(page, event);
                } else {
                        event_reader_put_back(reader);
                        break;
                }
        }
        log_stale(config, n_stale);
        return event ? event->serial - 1 : event_reader_position(reader);
}

static int append(PoolPages *pages, sd_bus_message *m, const Group *pool, uint64_t after,
                uint32_t max, uint64_t *ret_last)
{
        EventLog *log = manager_events(pages->manager);
        const GroupConfig *config = group_config(pool);
        g_autoptr(EventReader) reader = event_reader_new(log, after, &config->filter);
        g_autoptr(EventPage) page = event_page_new();
        uint64_t last;
        int r;

        event_log_flush(log);
        event_reader_stop_at_gaps(reader);
        last = fill(pages, page, config, reader, max);
        r = sd_bus_message_append(m, "tttts", after, last, event_reader_oldest(reader),
                        event_log_next(log), event_log_run_id(log));
        if (r < 0)
                return r;
        r = event_page_append(page, m);
        if (r < 0)
                return r;
        *ret_last = last;
        return 0;
}

/* Asked for. */

static void wait_for_more(
                PoolPages *pages, const char *pool, const char *host, uint64_t after, uint32_t max)
{
        Wait *wait = g_new0(Wait, 1);

        wait->host = g_strdup(host);
        wait->since = wait->after = after;
        wait->max = max;
        g_hash_table_replace(pages->waits, g_strdup(pool), wait);
}

int pool_pages_fetch(PoolPages *pages, sd_bus_message *call, const Group *pool)
{
        const char *name = group_config(pool)->name;
        g_autoptr(sd_bus_message) reply = NULL;
        uint64_t after, last;
        uint32_t max;
        int r;

        g_hash_table_remove(pages->waits, name);
        r = sd_bus_message_read(call, "tu", &after, &max);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = append(pages, reply, pool, after, max, &last);
        if (r < 0)
                return r;
        r = sd_bus_send(NULL, reply, NULL);
        if (r >= 0 && last + 1 >= event_log_next(manager_events(pages->manager)))
                wait_for_more(pages, name, sd_bus_message_get_sender(call), last, max);
        return r;
}

/* Not asked for. */

static int send_page(PoolPages *pages, const Group *pool, const Wait *wait)
{
        g_autofree char *path = bus_path_pool(group_config(pool)->name);
        g_autoptr(sd_bus_message) message = NULL;
        uint64_t last;
        int r;

        r = sd_bus_message_new_signal(
                        pages->bus, &message, path, BUS_INTERFACE_POOL, BUS_MEMBER_EVENTS_ARRIVED);
        if (r < 0)
                return r;
        r = sd_bus_message_set_destination(message, wait->host);
        if (r < 0)
                return r;
        r = append(pages, message, pool, wait->after, wait->max, &last);
        if (r < 0)
                return r;
        return outbox_send(pages->outbox, message, PAGE_BYTES + MESSAGE_OVERHEAD);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata);

static void try_later(PoolPages *pages)
{
        pages->retry = sd_event_source_disable_unref(pages->retry);
        (void)sd_event_add_time_relative(pages->event, &pages->retry, CLOCK_MONOTONIC, RETRY_USEC,
                        ACCURACY_USEC, on_retry, pages);
}

static void send_due(PoolPages *pages)
{
        GHashTableIter iterator;
        gpointer name, value;

        g_hash_table_iter_init(&iterator, pages->waits);
        while (g_hash_table_iter_next(&iterator, &name, &value)) {
                const Group *pool;

                if (!((Wait *)value)->is_due)
                        continue;
                pool = manager_find_group(pages->manager, name);
                if (pool && send_page(pages, pool, value) < 0)
                        try_later(pages);
                else
                        g_hash_table_iter_remove(&iterator);
        }
}

static int on_turn(sd_event_source *source, void *userdata)
{
        send_due(userdata);
        return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        PoolPages *pages = userdata;

        pages->retry = sd_event_source_disable_unref(pages->retry);
        send_due(pages);
        return 0;
}

static int plan_turn(PoolPages *pages)
{
        int r;

        if (pages->turn)
                return sd_event_source_set_enabled(pages->turn, SD_EVENT_ONESHOT);
        r = sd_event_add_defer(pages->event, &pages->turn, on_turn, pages);
        return r < 0 ? r : sd_event_source_set_priority(pages->turn, PRIORITY);
}

static void note(PoolPages *pages, const char *pool, Wait *wait, const Event *event)
{
        const Group *group = manager_find_group(pages->manager, pool);

        if (wait->is_due || !group)
                return;
        if (!event_filter_passes(&group_config(group)->filter, event)) {
                wait->after = event->serial;
                if (wait->after - wait->since < QUIET_EVENTS)
                        return;
        }
        wait->is_due = true;
        if (plan_turn(pages) < 0)
                try_later(pages);
}

void pool_pages_note(PoolPages *pages, const Event *event)
{
        GHashTableIter iterator;
        gpointer name, wait;

        if (event_type_tick_period(event->type) > 0)
                pages->newest_tick[event->type] = event->serial;
        if (g_hash_table_size(pages->waits) == 0)
                return;
        g_hash_table_iter_init(&iterator, pages->waits);
        while (g_hash_table_iter_next(&iterator, &name, &wait))
                note(pages, name, wait, event);
}
