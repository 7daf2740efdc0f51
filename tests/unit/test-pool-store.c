/* Runs of the daemon, one after the other, on one state folder; each ends with everything freed, or
 * without a word, as by SIGKILL. */

#include "daemon/event/pool-store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/output/main-log.h"

typedef struct Run {
        StateFolder *folder;
        EventLog *events;
        Cursors *cursors;
        DeadLetters *letters;
        PoolStore *store;
} Run;

typedef struct Fixture {
        char *base, *state;
        GroupConfig *pool;
        Run run;
} Fixture;

static void begin_run(Fixture *fixture)
{
        Run *run = &fixture->run;
        EventStoreSetup events = { .max_bytes = 1 << 20 };
        PoolStoreSetup pools = {};

        g_assert_true(state_folder_new(fixture->state, "unit", &run->folder, NULL));
        events.folder = pools.folder = run->folder;
        pools.events = run->events = event_log_new_on_disk(&events);
        pools.cursors = run->cursors = cursors_new();
        pools.letters = run->letters = dead_letters_new(10, 1 << 20);
        pools.max_age_usec = UINT64_C(3600) * G_USEC_PER_SEC;
        run->store = pool_store_new(&pools);
}

static void end_run(Fixture *fixture)
{
        Run *run = &fixture->run;

        pool_store_free(run->store);
        dead_letters_free(run->letters);
        cursors_free(run->cursors);
        event_log_free(run->events);
        state_folder_free(run->folder);
        *run = (Run){};
}

static void next_run(Fixture *fixture)
{
        end_run(fixture);
        begin_run(fixture);
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *log = NULL;

        fixture->base = g_dir_make_tmp("busvisor-unit-XXXXXX", NULL);
        g_assert_nonnull(fixture->base);
        fixture->state = g_build_filename(fixture->base, "state", NULL);
        fixture->pool = group_config_new(GROUP_EVENTLISTENER);
        fixture->pool->name = g_strdup("mail");
        fixture->pool->durable = true;
        fixture->pool->filter.types = event_type_covers(EVENT_TICK);
        log = g_build_filename(fixture->base, "log", NULL);
        g_assert_true(main_log_open(&(MainLogPlan){ .file = log, .level = LOG_LEVEL_INFO }, NULL));
        begin_run(fixture);
}

static void remove_tree(const char *path)
{
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *child = g_build_filename(path, name, NULL);

                remove_tree(child);
        }
        g_assert_cmpint(remove(path), ==, 0);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        end_run(fixture);
        main_log_close();
        group_config_free(fixture->pool);
        remove_tree(fixture->base);
        g_free(fixture->state);
        g_free(fixture->base);
}

static char *below(const Fixture *fixture, const char *name)
{
        return g_build_filename(fixture->state, name, NULL);
}

static void append_ticks(Fixture *fixture, unsigned n)
{
        for (unsigned i = 0; i < n; i++)
                event_log_append(fixture->run.events, event_new_tick(5, i));
        event_log_flush(fixture->run.events);
}

static void begin(Fixture *fixture)
{
        pool_store_begin(fixture->run.store, fixture->pool);
}

static void commit(Fixture *fixture, uint64_t serial, uint64_t answered, uint64_t poolserial)
{
        const CursorAttempts attempts = { serial + 1, 4 };
        const CursorCommit commit = { serial, &answered, answered > 0, poolserial, &attempts, 1 };

        g_assert_true(cursors_commit(fixture->run.cursors, "mail", &commit));
}

static const Cursor *cursor(const Fixture *fixture)
{
        return cursors_find(fixture->run.cursors, "mail");
}

static void give_up(Fixture *fixture, uint64_t serial)
{
        g_autoptr(Event) event = event_new_tick(5, 0);

        event->serial = serial;
        cursors_note_given_up(fixture->run.cursors, "mail", serial);
        dead_letters_add(fixture->run.letters, "mail",
                        dead_letter_new(event, 1, 10, "mail", "answered FAIL"));
}

/* How many lines of the log have this in them. */
static unsigned logged(const Fixture *fixture, const char *text)
{
        g_autofree char *path = g_build_filename(fixture->base, "log", NULL);
        g_autofree char *log = NULL;
        unsigned n = 0;

        g_assert_true(g_file_get_contents(path, &log, NULL, NULL));
        for (const char *at = log; (at = strstr(at, text)); at++)
                n++;
        return n;
}

static void test_durable(Fixture *fixture, gconstpointer unused)
{
        const CursorAttempts *attempts;

        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 7, 31);
        next_run(fixture);
        append_ticks(fixture, 1);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5);
        g_assert_cmpuint(cursor(fixture)->begun, ==, 11);
        g_assert_cmpuint(cursor(fixture)->poolserial, ==, 31);
        g_assert_cmpuint(cursor(fixture)->answered->len, ==, 1);
        g_assert_cmpuint(g_array_index(cursor(fixture)->answered, uint64_t, 0), ==, 7);
        attempts = (const CursorAttempts *)(void *)cursor(fixture)->attempts->data;
        g_assert_cmpuint(cursor(fixture)->attempts->len, ==, 1);
        g_assert_cmpuint(attempts->serial, ==, 6);
        g_assert_cmpuint(attempts->n_failed, ==, 4);
        g_assert_cmpuint(logged(fixture, "pool mail goes on after event 5"), ==, 1);
        /* Without a commit in between. */
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5);
        g_assert_cmpuint(logged(fixture, "WARN"), ==, 0);
}

/* Its place is kept all the same: it can become durable, and what it did not get is counted. */
static void test_not_durable(Fixture *fixture, gconstpointer unused)
{
        fixture->pool->durable = false;
        begin(fixture);
        append_ticks(fixture, 9);
        event_log_append(fixture->run.events, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        commit(fixture, 5, 7, 31);
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 10);
        g_assert_cmpuint(cursor(fixture)->poolserial, ==, 0);
        g_assert_cmpuint(
                        logged(fixture, "INFO pool mail begins anew; 3 events before that were not "
                                        "delivered to it"),
                        ==, 1);
        /* Nothing is left from here on. */
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(logged(fixture, "pool mail"), ==, 1);
        append_ticks(fixture, 1);
        next_run(fixture);
        fixture->pool->durable = true;
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 10);
}

static void test_new_pool(Fixture *fixture, gconstpointer unused)
{
        append_ticks(fixture, 3);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 3);
        g_assert_cmpuint(logged(fixture, "pool mail"), ==, 0);
}

/* Within a run, as at a restart of everything. */
static void test_end_and_begin(Fixture *fixture, gconstpointer unused)
{
        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        give_up(fixture, 6);
        pool_store_end(fixture->run.store, "mail");
        g_assert_null(cursor(fixture));
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 0);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5);
        g_assert_cmpuint(cursor(fixture)->begun, ==, 10);
        g_assert_true(cursors_is_done(fixture->run.cursors, "mail", 6));
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
        pool_store_end(fixture->run.store, "mail");
        fixture->pool->durable = false;
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 10);
        g_assert_cmpuint(logged(fixture, "begins anew; 4 events before"), ==, 1);
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
}

/* Without a state folder. */
static void test_in_memory(Fixture *fixture, gconstpointer unused)
{
        PoolStoreSetup setup = {};

        pool_store_free(fixture->run.store);
        setup.events = fixture->run.events;
        setup.cursors = fixture->run.cursors;
        setup.letters = fixture->run.letters;
        fixture->run.store = pool_store_new(&setup);
        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        give_up(fixture, 6);
        pool_store_end(fixture->run.store, "mail");
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 10);
        g_assert_cmpuint(logged(fixture, "begins anew; 4 events before"), ==, 1);
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
        pool_store_tidy(fixture->run.store);
}

static void test_letters(Fixture *fixture, gconstpointer unused)
{
        begin(fixture);
        append_ticks(fixture, 20);
        for (uint64_t serial = 2; serial <= 13; serial++)
                give_up(fixture, serial);
        g_assert_true(dead_letters_retry(fixture->run.letters, "mail", 5));
        g_assert_true(dead_letters_drop(fixture->run.letters, "mail", 7));
        next_run(fixture);
        fixture->pool->durable = false;
        begin(fixture);
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 9);
        g_assert_null(dead_letters_find(fixture->run.letters, "mail", 3));
        g_assert_null(dead_letters_find(fixture->run.letters, "mail", 7));
        g_assert_true(dead_letters_find(fixture->run.letters, "mail", 5)->is_retried);
        g_assert_cmpstr(dead_letters_find(fixture->run.letters, "mail", 6)->reason, ==,
                        "answered FAIL");
        g_assert_false(dead_letters_find(fixture->run.letters, "mail", 6)->is_retried);
        /* Pushed out once, and not again while reading. */
        g_assert_cmpuint(logged(fixture, "dropped for newer ones"), ==, 2);
}

/* The host tells of a letter before it commits. */
static void test_letter_before_commit(Fixture *fixture, gconstpointer unused)
{
        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        give_up(fixture, 6);
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5);
        g_assert_true(cursors_is_done(fixture->run.cursors, "mail", 6));
        g_assert_false(cursors_is_done(fixture->run.cursors, "mail", 7));
}

static void test_aged_out(Fixture *fixture, gconstpointer unused)
{
        uint64_t oldest;

        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 7, 31);
        while (event_log_oldest(fixture->run.events) <= 10)
                append_ticks(fixture, 1000);
        next_run(fixture);
        begin(fixture);
        oldest = event_log_oldest(fixture->run.events);
        g_assert_cmpuint(cursor(fixture)->serial, ==, oldest - 1);
        g_assert_cmpuint(cursor(fixture)->poolserial, ==, 32);
        g_assert_cmpuint(cursor(fixture)->answered->len, ==, 0);
        g_assert_cmpuint(logged(fixture, "WARN pool mail: up to "), ==, 1);
}

/* Somebody has removed the event log: serials begin anew. */
static void test_beyond_log(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *events = below(fixture, "events");

        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        give_up(fixture, 6);
        end_run(fixture);
        remove_tree(events);
        begin_run(fixture);
        append_ticks(fixture, 2);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 2);
        g_assert_cmpuint(logged(fixture, "WARN pool mail was at event 5, which is beyond the end"),
                        ==, 1);
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 2);
        /* Event 6 is another one now. */
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
        g_assert_false(cursors_is_done(fixture->run.cursors, "mail", 6));
}

static void append_to_file(const char *path, const char *bytes)
{
        FILE *stream = fopen(path, "ab");

        g_assert_nonnull(stream);
        fputs(bytes, stream);
        fclose(stream);
}

static void test_damaged(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *path = below(fixture, "pools/mail.pool");
        g_autofree char *aside = below(fixture, "pools/mail.pool.damaged");

        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        end_run(fixture);
        append_to_file(path, "\377\377\377\377\377\377\377\377\377\377");
        begin_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5);
        g_assert_cmpuint(logged(fixture, "WARN"), ==, 1);
        g_assert_cmpuint(logged(fixture, "is damaged, and is set aside as"), ==, 1);
        g_assert_cmpint(access(aside, F_OK), ==, 0);
        end_run(fixture);
        g_assert_cmpint(truncate(path, 3), ==, 0);
        begin_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 10);
        g_assert_cmpuint(logged(fixture, "WARN"), ==, 1);
}

/* A folder that is not there for some time. */
static void test_unwritable(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *pools = below(fixture, "pools");

        begin(fixture);
        append_ticks(fixture, 10);
        commit(fixture, 5, 0, 5);
        remove_tree(pools);
        g_assert_true(g_file_set_contents(pools, "", 0, NULL));
        commit(fixture, 6, 0, 6);
        commit(fixture, 7, 0, 7);
        give_up(fixture, 8);
        g_assert_cmpuint(logged(fixture, "WARN cannot keep where listener pools are in"), ==, 1);
        g_assert_cmpint(unlink(pools), ==, 0);
        /* What is in memory counts, also over an end of the pool. */
        pool_store_end(fixture->run.store, "mail");
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 7);
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
        g_assert_cmpuint(logged(fixture, "is kept in"), ==, 2);
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 7);
        g_assert_cmpuint(dead_letters_count(fixture->run.letters, "mail"), ==, 1);
}

static void set_age(const char *path, unsigned seconds)
{
        const struct timespec times[] = { { time(NULL) - seconds, 0 },
                { time(NULL) - seconds, 0 } };

        g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

/* Files of pools that are gone, when they are old. */
static void test_tidy(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *mail = below(fixture, "pools/mail.pool");
        g_autofree char *old = below(fixture, "pools/old.pool");
        g_autofree char *young = below(fixture, "pools/young.pool");
        g_autofree char *foreign = below(fixture, "pools/notes");

        begin(fixture);
        append_to_file(old, "x");
        append_to_file(young, "x");
        append_to_file(foreign, "x");
        set_age(mail, 4000);
        set_age(old, 4000);
        set_age(foreign, 4000);
        set_age(young, 3000);
        pool_store_tidy(fixture->run.store);
        g_assert_cmpint(access(mail, F_OK), ==, 0);
        g_assert_cmpint(access(young, F_OK), ==, 0);
        g_assert_cmpint(access(foreign, F_OK), ==, 0);
        g_assert_cmpint(access(old, F_OK), <, 0);
}

/* The file stays about as long as what is in it. */
static void test_many_commits(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *path = below(fixture, "pools/mail.pool");
        struct stat status;

        begin(fixture);
        append_ticks(fixture, 5000);
        for (uint64_t serial = 1; serial <= 5000; serial++)
                commit(fixture, serial, 0, serial);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_size, <, 100000);
        next_run(fixture);
        begin(fixture);
        g_assert_cmpuint(cursor(fixture)->serial, ==, 5000);
}

#define ADD(path, function)                                                                        \
        g_test_add("/pool-store/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("durable", test_durable);
        ADD("not-durable", test_not_durable);
        ADD("new-pool", test_new_pool);
        ADD("end-and-begin", test_end_and_begin);
        ADD("in-memory", test_in_memory);
        ADD("letters", test_letters);
        ADD("letter-before-commit", test_letter_before_commit);
        ADD("aged-out", test_aged_out);
        ADD("beyond-log", test_beyond_log);
        ADD("damaged", test_damaged);
        ADD("unwritable", test_unwritable);
        ADD("tidy", test_tidy);
        ADD("many-commits", test_many_commits);
        return g_test_run();
}
