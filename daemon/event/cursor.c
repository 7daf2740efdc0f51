/* Nothing here trusts the host further than it must: a commit can only move a cursor forward. */

#include "daemon/event/cursor.h"

#include "daemon/event/reader.h"

/* How much of the files is looked through for one answer. */
#define MAX_LOOK_BYTES (4 * 1024 * 1024)

struct Cursors {
        GHashTable *by_pool; /* char * to Cursor * */
        void (*committed)(const char *pool, void *userdata);
        void *userdata; /* borrowed */
};

/* One cursor. */

Cursor *cursor_new(uint64_t serial)
{
        Cursor *cursor = g_new0(Cursor, 1);

        cursor->begun = cursor->serial = serial;
        cursor->answered = g_array_new(false, false, sizeof(uint64_t));
        cursor->given_up = g_array_new(false, false, sizeof(uint64_t));
        cursor->attempts = g_array_new(false, false, sizeof(CursorAttempts));
        return cursor;
}

Cursor *cursor_copy(const Cursor *cursor)
{
        Cursor *copy = g_new(Cursor, 1);

        *copy = *cursor;
        copy->answered = g_array_copy(cursor->answered);
        copy->given_up = g_array_copy(cursor->given_up);
        copy->attempts = g_array_copy(cursor->attempts);
        return copy;
}

Cursor *cursor_free(Cursor *cursor)
{
        if (!cursor)
                return NULL;
        g_array_unref(cursor->answered);
        g_array_unref(cursor->given_up);
        g_array_unref(cursor->attempts);
        g_free(cursor);
        return NULL;
}

static int compare_serials(gconstpointer a, gconstpointer b)
{
        uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

        return left < right ? -1 : left > right;
}

bool cursor_has_answered(const Cursor *cursor, uint64_t serial)
{
        return serial <= cursor->serial ||
               g_array_binary_search(cursor->answered, &serial, compare_serials, NULL);
}

/* Those that the commit knows of are no longer noted besides. */
static void add_given_up(Cursor *cursor)
{
        guint n_kept = 0, n_committed = cursor->answered->len;

        for (guint i = 0; i < cursor->given_up->len; i++) {
                uint64_t serial = g_array_index(cursor->given_up, uint64_t, i);

                if (!cursor_has_answered(cursor, serial))
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

bool cursor_commit(Cursor *cursor, const CursorCommit *commit)
{
        if (commit->serial < cursor->serial || commit->n_answered > CURSOR_ANSWERED_MAX ||
                        commit->n_attempts > CURSOR_ATTEMPTS_MAX)
                return false;
        cursor->serial = commit->serial;
        cursor->poolserial = commit->poolserial;
        take_answered(cursor, commit);
        take_attempts(cursor, commit);
        return true;
}

uint64_t cursor_skip(Cursor *cursor, uint64_t serial)
{
        g_autoptr(Cursor) before = cursor_copy(cursor);
        const CursorCommit commit = {
                .serial = serial,
                .answered = (const uint64_t *)(void *)before->answered->data,
                .n_answered = before->answered->len,
                .poolserial = before->poolserial,
                .attempts = (const CursorAttempts *)(void *)before->attempts->data,
                .n_attempts = before->attempts->len,
        };

        guint n_answered;

        if (!cursor_commit(cursor, &commit))
                return 0;
        n_answered = before->answered->len - cursor->answered->len;
        cursor->poolserial += n_answered;
        return serial - before->serial - n_answered;
}

void cursor_note_given_up(Cursor *cursor, uint64_t serial)
{
        if (cursor_has_answered(cursor, serial) || cursor->given_up->len >= CURSOR_ANSWERED_MAX)
                return;
        g_array_append_val(cursor->given_up, serial);
        g_array_append_val(cursor->answered, serial);
        g_array_sort(cursor->answered, compare_serials);
}

/* All of them. */

static void free_cursor(gpointer cursor)
{
        cursor_free(cursor);
}

Cursors *cursors_new(void)
{
        Cursors *cursors = g_new0(Cursors, 1);

        cursors->by_pool = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_cursor);
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

void cursors_set_observer(Cursors *cursors, void (*committed)(const char *pool, void *userdata),
                void *userdata)
{
        cursors->committed = committed;
        cursors->userdata = userdata;
}

const Cursor *cursors_find(const Cursors *cursors, const char *pool)
{
        return g_hash_table_lookup(cursors->by_pool, pool);
}

bool cursors_is_done(const Cursors *cursors, const char *pool, uint64_t serial)
{
        const Cursor *cursor = cursors_find(cursors, pool);

        return cursor && cursor_has_answered(cursor, serial);
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
                if (!cursor_has_answered(cursor, event->serial))
                        return true;
        return event_reader_is_paused(reader);
}

void cursors_begin(Cursors *cursors, const char *pool, uint64_t serial)
{
        g_hash_table_replace(cursors->by_pool, g_strdup(pool), cursor_new(serial));
}

void cursors_resume(Cursors *cursors, const char *pool, uint64_t begun, const Cursor *from)
{
        Cursor *cursor = cursor_copy(from);

        cursor->begun = begun;
        g_hash_table_replace(cursors->by_pool, g_strdup(pool), cursor);
}

void cursors_end(Cursors *cursors, const char *pool)
{
        g_hash_table_remove(cursors->by_pool, pool);
}

bool cursors_commit(Cursors *cursors, const char *pool, const CursorCommit *commit)
{
        Cursor *cursor = g_hash_table_lookup(cursors->by_pool, pool);

        if (!cursor || !cursor_commit(cursor, commit))
                return false;
        if (cursors->committed)
                cursors->committed(pool, cursors->userdata);
        return true;
}

void cursors_note_given_up(Cursors *cursors, const char *pool, uint64_t serial)
{
        Cursor *cursor = g_hash_table_lookup(cursors->by_pool, pool);

        if (cursor)
                cursor_note_given_up(cursor, serial);
}
