/* A commit is one short append, so it is written in the call that brought it; a host makes twenty
 * of them a second at most. Nothing is synced to the disk for cursors: if the machine dies, an
 * older one counts, and events are delivered twice. */

#include "daemon/event/pool-store.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/clock.h"
#include "daemon/event/pool-file.h"
#include "daemon/event/resume.h"
#include "daemon/output/main-log.h"

#define FOLDER "pools"

#define RETRY_USEC UINT64_C(60000000)

/* A pool that is here, or was in this run. */
typedef struct Place {
        char *pool;
        PoolFile *file; /* NULL = in memory alone */
        bool is_loaded; /* what the file had from before is in memory */
        bool is_here;
        bool is_stale; /* the file lacks something */
        Cursor *left;  /* while it is not here: where it was */
} Place;

struct PoolStore {
        PoolStoreSetup setup;
        char *path;
        GHashTable *places; /* pool name (the place's) to Place */
        bool is_failing;
        uint64_t retry_usec; /* CLOCK_MONOTONIC, while it is failing */
};

static void free_place(gpointer data)
{
        Place *place = data;

        pool_file_free(place->file);
        cursor_free(place->left);
        g_free(place->pool);
        g_free(place);
}

static Place *get_place(PoolStore *store, const char *pool)
{
        Place *place = g_hash_table_lookup(store->places, pool);

        if (place)
                return place;
        place = g_new0(Place, 1);
        place->pool = g_strdup(pool);
        place->file = store->path ? pool_file_new(store->path, pool) : NULL;
        g_hash_table_insert(store->places, place->pool, place);
        return place;
}

/* The disk. */

static void note_failure(PoolStore *store, int r)
{
        store->retry_usec = clock_now_usec(CLOCK_MONOTONIC) + RETRY_USEC;
        if (!store->is_failing)
                log_warn("cannot keep where listener pools are in %s: %s; it is kept in memory only",
                                store->path,
                                r == -EBUSY ? "another busvisord uses it" : g_strerror(-r));
        store->is_failing = true;
}

/* Letters that are in memory are newer. */
static void recall_letters(PoolStore *store, const Place *place, const PoolImage *image)
{
        const DeadLetter *letter;

        for (unsigned i = 0; (letter = dead_letters_at(image->letters, "", i)); i++)
                if (!dead_letters_find(store->setup.letters, place->pool, letter->event->serial))
                        dead_letters_recall(store->setup.letters, place->pool,
                                        dead_letter_copy(letter));
}

static int load(PoolStore *store, Place *place)
{
        g_autoptr(PoolImage) image = NULL;
        int r = state_folder_ensure(store->setup.folder);

        if (r >= 0)
                r = pool_file_read(place->file, &image);
        if (r < 0)
                return r;
        place->is_loaded = true;
        if (!image)
                return 0;
        recall_letters(store, place, image);
        if (!place->left && !place->is_here)
                place->left = g_steal_pointer(&image->cursor);
        return 0;
}

/* The cursor knows of all letters, so it comes behind them. */
static GByteArray *all_records(const PoolStore *store, const Place *place)
{
        GByteArray *records = g_byte_array_new();
        const DeadLetter *letter;

        pool_record_append_name(records, place->pool);
        for (unsigned i = 0; (letter = dead_letters_at(store->setup.letters, place->pool, i)); i++)
                (void)pool_record_append_letter(records, letter);
        pool_record_append_cursor(records, cursors_find(store->setup.cursors, place->pool));
        return records;
}

static int write_all(PoolStore *store, Place *place)
{
        g_autoptr(GByteArray) records = NULL;
        int r = place->is_loaded ? state_folder_ensure(store->setup.folder) : load(store, place);

        if (r < 0)
                return r;
        if (g_mkdir_with_parents(store->path, 0700) < 0)
                return -errno;
        records = all_records(store, place);
        r = pool_file_write(place->file, records, store->setup.sync);
        place->is_stale = r < 0;
        return r;
}

static void write_stale(PoolStore *store)
{
        GHashTableIter iter;
        Place *place;

        g_hash_table_iter_init(&iter, store->places);
        while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&place))
                if (place->is_stale && place->is_here)
                        (void)write_all(store, place);
}

/* What could not be written is in memory, and in the file when all of it can be written again. */
static void note_result(PoolStore *store, int r)
{
        if (r < 0) {
                note_failure(store, r);
        } else if (store->is_failing) {
                store->is_failing = false;
                log_info("where listener pools are is kept in %s again", store->path);
                write_stale(store);
        }
}

static bool must_wait(const PoolStore *store)
{
        return store->is_failing && clock_now_usec(CLOCK_MONOTONIC) < store->retry_usec;
}

static void write_step(PoolStore *store, Place *place, const GByteArray *records, bool sync)
{
        int r = -ESTALE;

        if (!place->file)
                return;
        if (!place->is_here || must_wait(store)) {
                place->is_stale = true;
                return;
        }
        if (!place->is_stale && !pool_file_is_grown(place->file))
                r = pool_file_append(place->file, records, sync && store->setup.sync);
        if (r < 0)
                r = write_all(store, place);
        note_result(store, r);
}

/* What it is told. */

static void on_committed(const char *pool, void *userdata)
{
        PoolStore *store = userdata;
        g_autoptr(GByteArray) records = g_byte_array_new();

        pool_record_append_cursor(records, cursors_find(store->setup.cursors, pool));
        write_step(store, get_place(store, pool), records, false);
}

static void on_letter_added(const char *pool, const DeadLetter *letter, void *userdata)
{
        PoolStore *store = userdata;
        g_autoptr(GByteArray) records = g_byte_array_new();

        if (!pool_record_append_letter(records, letter))
                log_warn("pool %s: the dead letter %" G_GUINT64_FORMAT
                         " is too long to outlast busvisord",
                                pool, letter->event->serial);
        else
                write_step(store, get_place(store, pool), records, true);
}

static void on_letter_retried(const char *pool, uint64_t serial, void *userdata)
{
        PoolStore *store = userdata;
        g_autoptr(GByteArray) records = g_byte_array_new();

        pool_record_append_retry(records, serial);
        write_step(store, get_place(store, pool), records, true);
}

static void on_letter_dropped(const char *pool, uint64_t serial, void *userdata)
{
        PoolStore *store = userdata;
        g_autoptr(GByteArray) records = g_byte_array_new();

        pool_record_append_drop(records, serial);
        write_step(store, get_place(store, pool), records, true);
}

static const DeadLettersObserver letters_observer = {
        .added = on_letter_added,
        .retried = on_letter_retried,
        .dropped = on_letter_dropped,
};

/* Life. */

PoolStore *pool_store_new(const PoolStoreSetup *setup)
{
        PoolStore *store = g_new0(PoolStore, 1);

        store->setup = *setup;
        if (setup->folder)
                store->path = g_build_filename(state_folder_path(setup->folder), FOLDER, NULL);
        store->places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_place);
        cursors_set_observer(setup->cursors, on_committed, store);
        dead_letters_set_observer(setup->letters, &letters_observer, store);
        return store;
}

PoolStore *pool_store_free(PoolStore *store)
{
        if (!store)
                return NULL;
        cursors_set_observer(store->setup.cursors, NULL, NULL);
        dead_letters_set_observer(store->setup.letters, NULL, NULL);
        g_hash_table_unref(store->places);
        g_free(store->path);
        g_free(store);
        return NULL;
}

static bool goes_on(PoolStore *store, const GroupConfig *config, Cursor *left)
{
        if (!config->durable || !store->setup.folder)
                return false;
        if (!event_log_is_persistent(store->setup.events))
                log_warn("pool %s: durable=true does not hold while the event log is in memory only",
                                config->name);
        return left && resume_cursor(left, store->setup.events, config->name);
}

static void set_cursor(PoolStore *store, const GroupConfig *config, Cursor *left)
{
        uint64_t begun = event_log_next(store->setup.events) - 1;

        if (goes_on(store, config, left)) {
                log_info("pool %s goes on after event %" G_GUINT64_FORMAT, config->name,
                                left->serial);
                cursors_resume(store->setup.cursors, config->name, begun, left);
                return;
        }
        if (left)
                resume_tell_undelivered(left, begun, store->setup.events, config);
        cursors_begin(store->setup.cursors, config->name, begun);
}

void pool_store_begin(PoolStore *store, const GroupConfig *config)
{
        Place *place = get_place(store, config->name);
        int r = 0;

        if (place->file && !place->is_loaded)
                r = load(store, place);
        set_cursor(store, config, place->left);
        place->left = cursor_free(place->left);
        place->is_here = true;
        if (!place->file)
                return;
        if (r >= 0)
                r = write_all(store, place);
        place->is_stale = r < 0;
        note_result(store, r);
}

void pool_store_end(PoolStore *store, const char *pool)
{
        Place *place = get_place(store, pool);

        if (place->file && !place->is_stale) {
                dead_letters_forget(store->setup.letters, pool);
                g_hash_table_remove(store->places, pool);
        } else {
                place->left = cursor_copy(cursors_find(store->setup.cursors, pool));
                place->is_here = false;
        }
        cursors_end(store->setup.cursors, pool);
}

static bool is_used(const PoolStore *store, const char *path)
{
        GHashTableIter iter;
        Place *place;

        g_hash_table_iter_init(&iter, store->places);
        while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&place))
                if (strcmp(pool_file_path(place->file), path) == 0)
                        return true;
        return false;
}

void pool_store_tidy(PoolStore *store)
{
        uint64_t now = clock_now_usec(CLOCK_REALTIME);
        g_autoptr(GPtrArray) entries = NULL;

        if (!store->path || store->setup.max_age_usec == 0 ||
                        state_folder_ensure(store->setup.folder) < 0)
                return;
        entries = pool_file_list(store->path);
        for (guint i = 0; i < entries->len; i++) {
                const PoolFileEntry *entry = entries->pdata[i];

                if (entry->changed_usec + store->setup.max_age_usec > now ||
                                is_used(store, entry->path))
                        continue;
                if (unlink(entry->path) == 0)
                        log_info("%s is removed, as it was not used for long", entry->path);
        }
}
