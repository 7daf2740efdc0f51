/* Nothing here trusts the host further than it must: a commit can only move a cursor forward. */

#include "daemon/event/cursor.h"

struct Cursors {
        GHashTable *by_pool; /* char * to Cursor * */
};

static void cursor_free(gpointer data)
{
        Cursor *cursor = data;

        g_array_unref(cursor->answered);
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

static bool is_answered(const Cursor *cursor, uint64_t serial)
{
        for (guint i = 0; i < cursor->answered->len; i++)
                if (g_array_index(cursor->answered, uint64_t, i) == serial)
                        return true;
        return false;
}

bool cursors_is_behind(const Cursors *cursors, const char *pool, const EventLog *log,
                const EventFilter *filter)
{
        const Cursor *cursor = cursors_find(cursors, pool);
        const Event *event;

        for (uint64_t after = cursor ? cursor->serial : UINT64_MAX;
                        (event = event_log_find_after(log, after, filter)); after = event->serial)
                if (!is_answered(cursor, event->serial))
                        return true;
        return false;
}

void cursors_begin(Cursors *cursors, const char *pool, uint64_t serial)
{
        Cursor *cursor = g_new0(Cursor, 1);

        cursor->begun = cursor->serial = serial;
        cursor->answered = g_array_new(false, false, sizeof(uint64_t));
        cursor->attempts = g_array_new(false, false, sizeof(CursorAttempts));
        g_hash_table_replace(cursors->by_pool, g_strdup(pool), cursor);
}

void cursors_end(Cursors *cursors, const char *pool)
{
        g_hash_table_remove(cursors->by_pool, pool);
}

static int compare_serials(gconstpointer a, gconstpointer b)
{
        uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

        return left < right ? -1 : left > right;
}

static void take_answered(Cursor *cursor, const CursorCommit *commit)
{
        g_array_set_size(cursor->answered, 0);
        for (size_t i = 0; i < commit->n_answered; i++)
                if (commit->answered[i] > commit->serial)
                        g_array_append_val(cursor->answered, commit->answered[i]);
        g_array_sort(cursor->answered, compare_serials);
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
