/* The event store: serials that go on whatever happens, bounds, disks that fail and work again, and
 * what others have left in the folder. */

#include "daemon/event/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "tests/unit/event-fixture.h"
#include "tests/unit/fixture.h"

#define ALL    UINT32_MAX
#define SECOND UINT64_C(1000000)
#define BEGIN  (UINT64_C(1700000000) * SECOND)

/* A state folder that is gone at the end. */
typedef struct Place {
        char *base, *state, *events;
        StateFolder *folder;
} Place;

static Place *place_new(void)
{
        Place *place = g_new0(Place, 1);

        place->base = fixture_folder_new();
        place->state = g_build_filename(place->base, "state", NULL);
        place->events = g_build_filename(place->state, "events", NULL);
        g_assert_true(state_folder_new(place->state, "unit", &place->folder, NULL));
        return place;
}

static void remove_files(const char *folder)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);

                (void)unlink(path);
        }
        (void)rmdir(folder);
}

static void place_free(Place *place)
{
        state_folder_free(place->folder);
        remove_files(place->events);
        remove_files(place->state);
        fixture_folder_free(place->base);
        g_free(place->state);
        g_free(place->events);
        g_free(place);
}

static EventStore *open_store(const Place *place, uint64_t max_bytes, uint64_t max_age_usec)
{
        EventStoreSetup setup = {
                .folder = place->folder,
                .max_bytes = max_bytes,
                .max_age_usec = max_age_usec,
        };

        g_assert_cmpint(sd_id128_randomize(&setup.run_id), ==, 0);
        return event_store_new(&setup);
}

/* Times are seconds after the beginning; the monotonic clock shows the same and one day. */
static bool append_at(EventStore *store, uint64_t serial, uint64_t seconds)
{
        g_autoptr(Event) event = event_example(EVENT_PROCESS_STATE_RUNNING);

        event->serial = serial;
        event->realtime_usec = BEGIN + seconds * SECOND;
        event->monotonic_usec = clock_now_usec(CLOCK_MONOTONIC) + seconds * SECOND;
        return event_store_append(store, event);
}

static void append(EventStore *store, uint64_t first, uint64_t last)
{
        for (uint64_t serial = first; serial <= last; serial++)
                g_assert_true(append_at(store, serial, 0));
}

/* "1-3 7-9", all that can be read. */
static char *read_all(EventStore *store)
{
        SegmentList *list = event_store_segments(store);
        GString *text = g_string_new(NULL);
        uint64_t begin = 0, last = 0, after = 0;
        SegmentStretch stretch;

        while (segment_list_read(list, after, ALL, &stretch)) {
                while (segment_scan_next(stretch.scan) > 0) {
                        uint64_t serial = segment_scan_facts(stretch.scan)->serial;

                        g_assert_cmpuint(serial, >, last);
                        if (last == 0 || serial > last + 1) {
                                if (last > 0)
                                        g_string_append_printf(text,
                                                        "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT
                                                        " ",
                                                        begin, last);
                                begin = serial;
                        }
                        last = serial;
                }
                after = stretch.last_serial;
                segment_list_close(list, &stretch);
        }
        if (last > 0)
                g_string_append_printf(
                                text, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, begin, last);
        return g_string_free(text, false);
}

static void check_all(EventStore *store, const char *wanted)
{
        g_autofree char *all = read_all(store);

        g_assert_cmpstr(all, ==, wanted);
}

static unsigned count_files(const char *folder)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        unsigned n = 0;

        while (dir && g_dir_read_name(dir))
                n++;
        return n;
}

static void test_serials_go_on(void)
{
        Place *place = place_new();

        for (uint64_t run = 0; run < 3; run++) {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                g_assert_true(event_store_is_working(store));
                g_assert_cmpuint(event_store_next(store), ==, run * 10 + 1);
                append(store, run * 10 + 1, run * 10 + 10);
                g_assert_cmpuint(event_store_oldest(store), ==, 1);
                g_assert_cmpuint(event_store_next(store), ==, run * 10 + 11);
        }
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                check_all(store, "1-30");
                g_assert_cmpuint(count_files(place->events), ==, 3);
        }
        place_free(place);
}

/* As if killed, with these events appended and some of them written. */
static void crash(const Place *place, uint64_t first, uint64_t written, uint64_t last)
{
        pid_t child = fork();
        int status;

        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
                EventStore *store = open_store(place, 0, 0);

                append(store, first, written);
                event_store_flush(store, false);
                append(store, written + 1, last);
                _exit(0);
        }
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_cmpint(status, ==, 0);
}

static void test_crash(void)
{
        Place *place = place_new();

        crash(place, 1, 5, 7);
        crash(place, 6, 8, 8);
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                check_all(store, "1-8");
                g_assert_cmpuint(event_store_next(store), ==, 9);
        }
        place_free(place);
}

/* A file without events tells the serial, too. */
static void test_crash_before_first_event(void)
{
        Place *place = place_new();

        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                append(store, 1, 5);
        }
        crash(place, 6, 5, 6);
        g_assert_cmpuint(count_files(place->events), ==, 2);
        {
                g_autofree char *first = g_build_filename(
                                place->events, "00000000000000000001.events", NULL);
                g_autoptr(EventStore) store = NULL;

                g_assert_cmpint(unlink(first), ==, 0);
                store = open_store(place, 0, 0);
                g_assert_cmpuint(event_store_next(store), ==, 6);
                g_assert_cmpuint(event_store_oldest(store), ==, 6);
                check_all(store, "");
                append(store, 6, 6);
                check_all(store, "6-6");
                g_assert_cmpuint(count_files(place->events), ==, 1);
        }
        place_free(place);
}

static void test_max_bytes(void)
{
        const uint64_t max_bytes = 1024 * 1024;
        Place *place = place_new();
        g_autoptr(EventStore) store = open_store(place, max_bytes, 0);
        uint64_t serial = 1;

        while (serial < 40000) {
                append(store, serial, serial);
                serial++;
                g_assert_cmpuint(event_store_size(store), <=, max_bytes);
        }
        g_assert_cmpuint(event_store_size(store), >, max_bytes / 2);
        g_assert_cmpuint(event_store_oldest(store), >, 10000);
        g_assert_cmpuint(event_store_next(store), ==, 40000);
        g_assert_cmpuint(count_files(place->events), <=, 5);
        {
                g_autofree char *wanted = g_strdup_printf(
                                "%" G_GUINT64_FORMAT "-39999", event_store_oldest(store));

                check_all(store, wanted);
        }
        place_free(place);
}

static void test_max_age(void)
{
        Place *place = place_new();
        uint64_t serial = 1;

        {
                g_autoptr(EventStore) store = open_store(place, 0, 1600 * SECOND);

                /* One a second; files are a sixteenth of the age. */
                for (uint64_t second = 0; second < 4000; second++) {
                        uint64_t oldest;

                        g_assert_true(append_at(store, serial++, second));
                        oldest = event_store_oldest(store) - 1;
                        g_assert_cmpuint(oldest + 1600 + 110, >=, second);
                        g_assert_true(second < 1500 || oldest + 1400 < second || oldest == 0);
                }
        }
        /* All are too old, and the serial is kept. */
        {
                g_autoptr(EventStore) store = open_store(place, 0, 1600 * SECOND);

                g_assert_true(append_at(store, serial, 100000));
                g_assert_true(append_at(store, serial + 1, 100001));
                check_all(store, "4001-4002");
        }
        {
                g_autoptr(EventStore) store = open_store(place, 0, 1600 * SECOND);

                g_assert_cmpuint(event_store_next(store), ==, 4003);
        }
        place_free(place);
}

/* The state folder cannot be made as there is a file in its place. */
static void test_cannot_be_made(void)
{
        char *base = fixture_folder_new();
        g_autofree char *path = g_build_filename(base, "state", NULL);
        Place place = { .base = base, .state = path };
        autofd fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        g_autoptr(EventStore) store = NULL;

        g_assert_cmpint(fd, >=, 0);
        place.events = g_build_filename(path, "events", NULL);
        g_assert_true(state_folder_new(path, "unit", &place.folder, NULL));
        store = open_store(&place, 0, 0);
        g_assert_false(event_store_is_working(store));
        g_assert_cmpuint(event_store_next(store), ==, 1);
        g_assert_false(append_at(store, 1, 0));
        g_assert_cmpint(unlink(path), ==, 0);
        /* Once a minute, not with each event. */
        g_assert_false(event_store_try_again(store, clock_now_usec(CLOCK_MONOTONIC), 1));
        g_assert_true(event_store_try_again(
                        store, clock_now_usec(CLOCK_MONOTONIC) + 60 * SECOND, 1));
        g_assert_cmpuint(event_store_missing(store), ==, 1);
        append(store, 1, 3);
        check_all(store, "1-3");
        state_folder_free(place.folder);
        remove_files(place.events);
        remove_files(path);
        g_free(place.events);
        fixture_folder_free(base);
}

static void limit_file_size(rlim_t size)
{
        struct rlimit limit;

        g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
        limit.rlim_cur = MIN(size, limit.rlim_max);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

/* A disk that takes no more than so many bytes. */
static void test_full(void)
{
        Place *place = place_new();
        g_autoptr(EventStore) store = open_store(place, 0, 0);
        uint64_t serial = 1, missing;

        signal(SIGXFSZ, SIG_IGN);
        append(store, serial, 10);
        event_store_flush(store, false);
        limit_file_size(100000);
        for (serial = 11; append_at(store, serial, 0); serial++)
                g_assert_cmpuint(serial, <, 10000);
        g_assert_false(event_store_is_working(store));
        missing = event_store_missing(store);
        g_assert_cmpuint(missing, >, 10);
        g_assert_cmpuint(missing, <=, serial);
        {
                g_autofree char *wanted = g_strdup_printf("1-%" G_GUINT64_FORMAT, missing - 1);

                /* What was there before can be read, and what is not written is not there. */
                check_all(store, wanted);
        }
        g_assert_false(append_at(store, serial, 0));
        limit_file_size(10);
        g_assert_false(event_store_try_again(
                        store, clock_now_usec(CLOCK_MONOTONIC) + 61 * SECOND, missing));
        limit_file_size(RLIM_INFINITY);
        g_assert_false(event_store_try_again(
                        store, clock_now_usec(CLOCK_MONOTONIC) + 61 * SECOND, missing));
        /* Two of them are lost for good. */
        g_assert_true(event_store_try_again(
                        store, clock_now_usec(CLOCK_MONOTONIC) + 130 * SECOND, missing + 2));
        for (uint64_t late = missing + 2; late <= serial; late++)
                g_assert_true(append_at(store, late, 130));
        {
                g_autofree char *wanted = g_strdup_printf(
                                "1-%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                                missing - 1, missing + 2, serial);

                check_all(store, wanted);
        }
        place_free(place);
}

/* Somebody removes what is being written. */
static void test_removed(void)
{
        Place *place = place_new();
        g_autoptr(EventStore) store = open_store(place, 0, 0);

        append(store, 1, 5);
        event_store_flush(store, false);
        remove_files(place->events);
        g_assert_true(append_at(store, 6, 6));
        g_assert_true(append_at(store, 7, 6));
        g_assert_true(event_store_is_working(store));
        check_all(store, "6-7");
        g_assert_cmpuint(count_files(place->events), ==, 1);
        place_free(place);
}

static void write_file(const char *folder, const char *name, size_t size)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = g_strnfill(size, 'x');

        g_assert_true(g_file_set_contents(path, text, size, NULL));
}

static void test_foreign_files(void)
{
        Place *place = place_new();
        g_autofree char *torn =
                        g_build_filename(place->events, "00000000000000000900.events", NULL);

        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                append(store, 1, 5);
        }
        write_file(place->events, "notes.txt", 10);
        write_file(place->events, "new", 10);
        write_file(place->events, "00000000000000000500.events", 3200);
        write_file(place->events, "00000000000000000900.events", 10);
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                /* What the file could hold is not given again; what was torn at its beginning held
                 * nothing. */
                g_assert_cmpuint(event_store_next(store), ==, 900);
                check_all(store, "1-5");
                append(store, 900, 901);
                check_all(store, "1-5 900-901");
        }
        g_assert_cmpint(unlink(torn), ==, 0);
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                g_assert_cmpuint(event_store_next(store), ==, 600);
        }
        g_assert_cmpuint(count_files(place->events), ==, 3);
        place_free(place);
}

/* It could not be looked at when the run began, and others have written there. */
static void test_others_wrote(void)
{
        Place *place = place_new();
        g_autoptr(StateFolder) second = NULL;
        g_autofree char *lock = g_build_filename(place->state, "state.lock", NULL);
        g_autoptr(EventStore) late = NULL;
        StateFolder *first = place->folder;

        /* Who has the lock is another, and this one is denied it. */
        g_assert_cmpint(unlink(lock), ==, 0);
        g_assert_true(state_folder_new(place->state, "unit", &second, NULL));
        late = open_store(place, 0, 0);
        g_assert_false(event_store_is_working(late));
        place->folder = second;
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                append(store, 1, 5);
        }
        second = state_folder_free(second);
        g_assert_false(event_store_try_again(
                        late, clock_now_usec(CLOCK_MONOTONIC) + 61 * SECOND, 1));
        g_assert_false(event_store_try_again(late, UINT64_MAX - 1, 1));
        check_all(late, "");
        place->folder = first;
        place_free(place);
}

/* What is in a file only is not yet enough for who asked for the disk. */
static void test_sync(void)
{
        Place *place = place_new();

        for (int sync = 0; sync < 2; sync++) {
                EventStoreSetup setup = { .folder = place->folder, .sync = sync };
                g_autoptr(EventStore) store = event_store_new(&setup);
                uint64_t serial = event_store_next(store);

                append(store, serial, serial);
                g_assert_true(event_store_is_dirty(store));
                event_store_flush(store, false);
                g_assert_cmpint(event_store_is_dirty(store), ==, sync);
                event_store_flush(store, event_store_syncs(store));
                g_assert_false(event_store_is_dirty(store));
        }
        place_free(place);
}

static void test_find_time(void)
{
        Place *place = place_new();

        for (uint64_t run = 0; run < 3; run++) {
                g_autoptr(EventStore) store = open_store(place, 0, 0);

                for (uint64_t i = 1; i <= 10; i++)
                        g_assert_true(append_at(store, run * 10 + i, run * 10 + i));
        }
        {
                g_autoptr(EventStore) store = open_store(place, 0, 0);
                SegmentList *list = event_store_segments(store);

                g_assert_cmpuint(segment_list_find_time(list, 0), ==, 1);
                for (uint64_t i = 1; i <= 30; i++) {
                        g_assert_cmpuint(segment_list_find_time(list, BEGIN + i * SECOND), ==, i);
                        g_assert_cmpuint(segment_list_find_time(list, BEGIN + i * SECOND - 1), ==,
                                        i);
                }
                g_assert_cmpuint(segment_list_find_time(list, BEGIN + 31 * SECOND), ==, 0);
        }
        place_free(place);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-store/serials-go-on", test_serials_go_on);
        g_test_add_func("/event-store/crash", test_crash);
        g_test_add_func("/event-store/crash-before-first-event", test_crash_before_first_event);
        g_test_add_func("/event-store/max-bytes", test_max_bytes);
        g_test_add_func("/event-store/max-age", test_max_age);
        g_test_add_func("/event-store/cannot-be-made", test_cannot_be_made);
        g_test_add_func("/event-store/full", test_full);
        g_test_add_func("/event-store/removed", test_removed);
        g_test_add_func("/event-store/foreign-files", test_foreign_files);
        g_test_add_func("/event-store/others-wrote", test_others_wrote);
        g_test_add_func("/event-store/sync", test_sync);
        g_test_add_func("/event-store/find-time", test_find_time);
        return g_test_run();
}
