/* Nothing here trusts the host further than it must: a commit can only move a cursor forward. */

#include "daemon/event/cursor.h"

#include "daemon/event/reader.h"

/* How much of the files is looked through for one answer. */
#define MAX_LOOK_BYTES (4 * 1024 * 1024)

struct Cursors {
        GHashTable *by_pool; /* char * to Cursor * */
};

static void cursor_free(gpointer data)
{
        Cursor *cursor = data;

        g_array_unref(cursor->answered);
        g_array_unref(cursor->given_up);
        g_array_unref(cursor->attempts);
        g_free(cursor);
}

Cursors *cursors_new(void)
{
        Cursors *cursors = g_new0(Cursors, 1);

        cursors->by_pool = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cursor_free);
        return cursors;
}

Cursors *cursors_free(Cursors *cursors)
{
        if (!cursors)
                return NULL;
        g_hash_table_unref(cursors->by_pool);
        g_free(cursors);
        return NULL;
}

const Cursor *cursors_find(const Cursors *cursors, const char *pool)
{
        return g_hash_table_lookup(cursors->by_pool, pool);
}

static int compare_serials(gconstpointer a, gconstpointer b)
{
        uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

        return left < right ? -1 : left > right;
}

static bool is_answered(const Cursor *cursor, uint64_t serial)
{
        return g_array_binary_search(cursor->answered, &serial, compare_serials, NULL);
}

bool cursors_is_done(const Cursors *cursors, const char *pool, uint64_t serial)
{
        const Cursor *cursor = cursors_find(cursors, pool);

        return cursor && (serial <= cursor->serial || is_answered(cursor, serial));
}

bool cursors_is_behind(const Cursors *cursors, const char *pool, const EventLog *log,
                const EventFilter *filter)
{
        const Cursor *cursor = cursors_find(cursors, pool);
        g_autoptr(EventReader) reader = NULL;
        const Event *event;

        if (!cursor)
                return false;
        reader = event_reader_new(log, cursor->serial, filter);
        event_reader_set_budget(reader, MAX_LOOK_BYTES);
        while ((event = event_reader_next(reader)))
                if (!is_answered(cursor, event->serial))
                        return true;
        return event_reader_is_paused(reader);
}

void cursors_begin(Cursors *cursors, const char *pool, uint64_t serial)
{
        Cursor *cursor = g_new0(Cursor, 1);

        cursor->begun = cursor->serial = serial;
        cursor->answered = g_array_new(false, false, sizeof(uint64_t));
        cursor->given_up = g_array_new(false, false, sizeof(uint64_t));
        cursor->attempts = g_array_new(false, false, sizeof(CursorAttempts));
        g_hash_table_replace(cursors->by_pool, g_strdup(pool), cursor);
}

void cursors_end(Cursors *cursors, const char *pool)
{
        g_hash_table_remove(cursors->by_pool, pool);
}

/* Those that the commit knows of are no longer noted besides. */
static void add_given_up(Cursor *cursor)
{
        guint n_kept = 0, n_committed = cursor->answered->len;

        for (guint i = 0; i < cursor->given_up->len; i++) {
                uint64_t serial = g_array_index(cursor->given_up, uint64_t, i);

                if (serial <= cursor->serial || is_answered(cursor, serial))
                        continue;
                g_array_index(cursor->given_up, uint64_t, n_kept++) = serial;
        }
        g_array_set_size(cursor->given_up, n_kept);
        g_array_append_vals(cursor->answered, cursor->given_up->data, n_kept);
        if (cursor->answered->len > n_committed)
                g_array_sort(cursor->answered, compare_serials);
}

static void take_answered(Cursor *cursor, const CursorCommit *commit)
{
        g_array_set_size(cursor->answered, 0);
        for (size_t i = 0; i < commit->n_answered; i++)
                if (commit->answered[i] > commit->serial)
                        g_array_append_val(cursor->answered, commit->answered[i]);
        g_array_sort(cursor->answered, compare_serials);
        add_given_up(cursor);
}

static void take_attempts(Cursor *cursor, const CursorCommit *commit)
{
        g_array_set_size(cursor->attempts, 0);
        for (size_t i = 0; i < commit->n_attempts; i++)
                if (commit->attempts[i].serial > commit->serial)
                        g_array_append_val(cursor->attempts, commit->attempts[i]);
}

bool cursors_commit(Cursors *cursors, const char *pool, const CursorCommit *commit)
{
        Cursor *cursor = g_hash_table_lookup(cursors->by_pool, pool);

        if (!cursor || commit->serial < cursor->serial ||
                        commit->n_answered > CURSOR_ANSWERED_MAX ||
                        commit->n_attempts > CURSOR_ATTEMPTS_MAX)
                return false;
        cursor->serial = commit->serial;
        cursor->poolserial = commit->poolserial;
        take_answered(cursor, commit);
        take_attempts(cursor, commit);
        return true;
}

void cursors_note_given_up(Cursors *cursors, const char *pool, uint64_t serial)
{
        Cursor *cursor = g_hash_table_lookup(cursors->by_pool, pool);

        if (!cursor || cursors_is_done(cursors, pool, serial) ||
                        cursor->given_up->len >= CURSOR_ANSWERED_MAX)
                return;
        g_array_append_val(cursor->given_up, serial);
        g_array_append_val(cursor->answered, serial);
        g_array_sort(cursor->answered, compare_serials);
}
