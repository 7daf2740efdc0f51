/* The event log: serials, the bounds of its window, reading by serial and type, in memory and over
 * the files of several runs. */

#include "daemon/event/log.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/event/reader.h"
#include "tests/unit/event-fixture.h"
#include "tests/unit/fixture.h"

static void append_tick(EventLog *log, unsigned period)
{
        event_log_append(log, event_new_tick(period, 100));
}

static void test_serials(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 1000000);

        g_assert_cmpuint(event_log_next(log), ==, 1);
        g_assert_cmpuint(event_log_oldest(log), ==, 1);
        g_assert_null(event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
        for (int i = 0; i < 3; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_log_next(log), ==, 4);
        for (uint64_t after = 0; after < 3; after++)
                g_assert_cmpuint(event_log_find_after(log, after,
                                                 &(EventFilter){ .types = event_type_covers(
                                                                                 EVENT_ANY) })
                                                 ->serial,
                                ==, after + 1);
        g_assert_null(event_log_find_after(
                        log, 3, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
        g_assert_null(event_log_find_after(
                        log, UINT64_MAX, &(EventFilter){ .types = event_type_covers(EVENT_ANY) }));
}

static void test_times(void)
{
        g_autoptr(EventLog) log = event_log_new(10, 1000000);
        const Event *event;

        append_tick(log, 5);
        event = event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_ANY) });
        g_assert_cmpuint(event->realtime_usec, >, G_GUINT64_CONSTANT(1500000000000000));
        g_assert_cmpuint(event->monotonic_usec, >, 0);
}

static void test_max_events(void)
{
        g_autoptr(EventLog) log = event_log_new(100, 1000000);

        for (int i = 0; i < 1000; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_log_next(log), ==, 1001);
        g_assert_cmpuint(event_log_oldest(log), ==, 901);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_covers(EVENT_ANY) })
                                         ->serial,
                        ==, 901);
        g_assert_cmpuint(event_log_find_after(log, 950,
                                         &(EventFilter){ .types = event_type_covers(EVENT_ANY) })
                                         ->serial,
                        ==, 951);
}

static void test_max_bytes(void)
{
        g_autoptr(EventLog) log = event_log_new(1000, 10000);
        size_t kept;

        for (int i = 0; i < 500; i++) {
                Event *event = event_new(EVENT_PROCESS_LOG_STDOUT);

                event->group = g_strdup("g");
                event->process = g_strdup("p");
                event->data = g_bytes_new("x", 1);
                event_log_append(log, event);
        }
        kept = event_log_next(log) - event_log_oldest(log);
        g_assert_cmpuint(kept, >, 0);
        g_assert_cmpuint(kept, <=, 10000 / sizeof(Event));
        /* One that is larger than the bound is still kept: it is the newest. */
        {
                Event *large = event_new(EVENT_PROCESS_LOG_STDOUT);
                g_autofree char *zeros = g_malloc0(20000);

                large->data = g_bytes_new(zeros, 20000);
                event_log_append(log, large);
        }
        g_assert_cmpuint(event_log_next(log) - event_log_oldest(log), ==, 1);
}

static void test_types(void)
{
        g_autoptr(EventLog) log = event_log_new(100, 1000000);

        append_tick(log, 5);
        append_tick(log, 60);
        event_log_append(log, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        append_tick(log, 60);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) })
                                         ->serial,
                        ==, 2);
        g_assert_cmpuint(event_log_find_after(log, 2,
                                         &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) })
                                         ->serial,
                        ==, 4);
        g_assert_cmpuint(event_log_find_after(log, 0,
                                         &(EventFilter){ .types = event_type_covers(
                                                                         EVENT_PROCESS_GROUP) })
                                         ->serial,
                        ==, 3);
        g_assert_null(event_log_find_after(
                        log, 4, &(EventFilter){ .types = event_type_bit(EVENT_TICK_60) }));
        g_assert_null(event_log_find_after(
                        log, 0, &(EventFilter){ .types = event_type_covers(EVENT_PROCESS_STATE) }));
}

static void observe(const Event *event, void *userdata)
{
        *(uint64_t *)userdata += event->serial;
}

static void test_observer(void)
{
        g_autoptr(EventLog) log = event_log_new(2, 1000000);
        uint64_t sum = 0;

        event_log_set_observer(log, observe, &sum);
        for (int i = 0; i < 4; i++)
                append_tick(log, 5);
        g_assert_cmpuint(sum, ==, 1 + 2 + 3 + 4);
        event_log_set_observer(log, NULL, NULL);
        append_tick(log, 5);
        g_assert_cmpuint(sum, ==, 10);
}

static void test_run_id(void)
{
        g_autoptr(EventLog) one = event_log_new(2, 1000);
        g_autoptr(EventLog) two = event_log_new(2, 1000);

        g_assert_cmpuint(strlen(event_log_run_id(one)), ==, 32);
        g_assert_cmpstr(event_log_run_id(one), !=, event_log_run_id(two));
}

/* More than the window has. */
#define MANY 20000

/* A state folder, and logs on the disk in it. */
typedef struct Disk {
        char *base;
        StateFolder *folder;
} Disk;

static Disk disk_new(void)
{
        Disk disk = { .base = fixture_folder_new() };
        g_autofree char *path = g_build_filename(disk.base, "state", NULL);

        g_assert_true(state_folder_new(path, "unit", &disk.folder, NULL));
        return disk;
}

static void disk_end(Disk *disk)
{
        g_autofree char *lock = g_build_filename(disk->base, "state", "state.lock", NULL);
        g_autofree char *state = g_build_filename(disk->base, "state", NULL);

        fixture_folder_free(g_build_filename(disk->base, "state", "events", NULL));
        g_assert_cmpint(unlink(lock), ==, 0);
        g_assert_cmpint(rmdir(state), ==, 0);
        state_folder_free(disk->folder);
        fixture_folder_free(disk->base);
}

static EventLog *open_log(const Disk *disk)
{
        const EventStoreSetup setup = { .folder = disk->folder };

        return event_log_new_on_disk(&setup);
}

static void append_output(EventLog *log, const char *process)
{
        Event *event = event_example(EVENT_PROCESS_LOG_STDOUT);

        g_free(event->process);
        event->process = g_strdup(process);
        event_log_append(log, event);
}

/* All serials from one to the other, each once. */
static void check_reader(EventReader *reader, uint64_t first, uint64_t last)
{
        const Event *event;

        for (uint64_t serial = first; serial <= last; serial++) {
                event = event_reader_next(reader);
                g_assert_nonnull(event);
                g_assert_cmpuint(event->serial, ==, serial);
        }
        g_assert_null(event_reader_next(reader));
        g_assert_false(event_reader_is_paused(reader));
}

static const EventFilter everything = { .types = UINT32_MAX };

static void test_on_disk(void)
{
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventReader) reader = event_reader_new(log, 0, &everything);
        g_autoptr(EventReader) late = event_reader_new(log, 7, &everything);

        g_assert_true(event_log_is_persistent(log));
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_log_oldest(log), ==, 1);
        g_assert_cmpuint(event_log_window_begin(log), >, MANY / 2);
        check_reader(reader, 1, MANY);
        check_reader(late, 8, MANY);
        g_assert_cmpuint(event_reader_position(reader), ==, MANY);
        /* It goes on when there is more. */
        append_tick(log, 5);
        check_reader(reader, MANY + 1, MANY + 1);
        g_assert_cmpuint(event_log_find_after(log, 100, &everything)->serial, ==, 101);
        g_assert_null(event_log_find_after(log, MANY + 1, &everything));
        g_clear_pointer(&reader, event_reader_free);
        g_clear_pointer(&late, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

static void test_filter_on_disk(void)
{
        static char *b_only[] = { (char *)"b", NULL };
        const EventFilter groups = { .types = event_type_covers(EVENT_PROCESS_GROUP) };
        const EventFilter process = { .types = event_type_covers(EVENT_PROCESS_LOG),
                .processes = b_only };
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventReader) of_group = event_reader_new(log, 0, &groups);
        g_autoptr(EventReader) of_process = event_reader_new(log, 0, &process);

        append_output(log, "a");
        append_output(log, "b");
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        event_log_append(log, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        append_output(log, "b");
        append_output(log, "a");
        g_assert_cmpuint(event_reader_next(of_process)->serial, ==, 2);
        g_assert_cmpuint(event_reader_next(of_process)->serial, ==, 2 * MANY + 4);
        g_assert_null(event_reader_next(of_process));
        check_reader(of_group, MANY + 3, MANY + 3);
        g_clear_pointer(&of_group, event_reader_free);
        g_clear_pointer(&of_process, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

/* Each time a little is read; what comes and goes meanwhile does no harm. */
static void test_budget(void)
{
        const EventFilter ticks = { .types = event_type_bit(EVENT_TICK_3600) };
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventReader) reader = event_reader_new(log, 0, &ticks);
        unsigned pauses = 0;

        append_tick(log, 3600);
        for (int i = 0; i < MANY; i++)
                append_output(log, "a");
        append_tick(log, 3600);
        for (int i = 0; i < MANY; i++)
                append_output(log, "a");
        event_reader_set_budget(reader, 10000);
        for (unsigned found = 0; found < 2;) {
                uint64_t before = event_reader_position(reader);

                found += event_reader_next(reader) != NULL;
                g_assert_cmpuint(event_reader_position(reader), >, before);
                g_assert_cmpuint(event_reader_position(reader), <=, MANY + 2);
                if (event_reader_is_paused(reader)) {
                        pauses++;
                        append_output(log, "a");
                        event_reader_set_budget(reader, 10000);
                }
        }
        /* Two blocks of 64 KiB have what is looked for, of some forty. */
        g_assert_cmpuint(pauses, >, 5);
        g_assert_cmpuint(pauses, <, 16);
        g_clear_pointer(&reader, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

/* The files have less than the window in memory. */
static void test_small_files(void)
{
        Disk disk = disk_new();
        const EventStoreSetup setup = { .folder = disk.folder, .max_bytes = 100000 };
        g_autoptr(EventLog) log = event_log_new_on_disk(&setup);
        g_autoptr(EventReader) reader = event_reader_new(log, 0, &everything);

        for (int i = 0; i < 4000; i++)
                append_tick(log, 5);
        g_assert_cmpuint(event_store_oldest(event_log_store(log)), >, 1000);
        g_assert_cmpuint(event_log_oldest(log), ==, 1);
        g_assert_cmpuint(event_log_find_time(log, 0), ==, 0);
        check_reader(reader, 1, 4000);
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        check_reader(reader, event_log_oldest(log), 4000 + MANY);
        g_clear_pointer(&reader, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

static void test_runs(void)
{
        Disk disk = disk_new();
        char *first_run = NULL;
        g_autoptr(EventLog) log = NULL;
        g_autoptr(EventReader) reader = NULL;

        for (uint64_t run = 0; run < 3; run++) {
                g_clear_pointer(&log, event_log_free);
                log = open_log(&disk);
                g_assert_cmpuint(event_log_next(log), ==, run * 3 + 1);
                for (int i = 0; i < 3; i++)
                        append_tick(log, 5);
                first_run = first_run ? first_run : g_strdup(event_log_run_id(log));
        }
        reader = event_reader_new(log, 0, &everything);
        for (uint64_t serial = 1; serial <= 9; serial++) {
                const Event *event = event_reader_next(reader);

                g_assert_cmpuint(event->serial, ==, serial);
                if (serial <= 3)
                        g_assert_cmpstr(event->run_id, ==, first_run);
                else if (serial <= 6)
                        g_assert_cmpuint(strlen(event->run_id), ==, 32);
                else
                        g_assert_null(event->run_id);
        }
        g_assert_null(event_reader_next(reader));
        g_clear_pointer(&reader, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        g_free(first_run);
        disk_end(&disk);
}

/* Clocks may show the same for several events. */
static void test_find_time(void)
{
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventLog) memory = event_log_new(100, 100000);
        EventLog *both[] = { log, memory };

        for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
                uint64_t middle;

                g_assert_cmpuint(event_log_find_time(both[i], 0), ==, 0);
                append_tick(both[i], 5);
                g_usleep(10);
                append_tick(both[i], 60);
                middle = event_log_find_after(both[i], 1, &everything)->realtime_usec;
                g_usleep(10);
                append_tick(both[i], 5);
                g_assert_cmpuint(event_log_find_time(both[i], 0), ==, 0);
                g_assert_cmpuint(event_log_find_time(both[i], middle), ==, 1);
                g_assert_cmpuint(event_log_find_time(both[i], middle + 1), ==, 2);
                g_assert_cmpuint(event_log_find_time(both[i], UINT64_MAX), ==, 3);
        }
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

static void count(void *userdata)
{
        ++*(unsigned *)userdata;
}

/* The window keeps more while the disk takes nothing, and nothing is lost for readers. */
static void test_full_disk(void)
{
        const struct rlimit none = { 0, RLIM_INFINITY }, any = { RLIM_INFINITY, RLIM_INFINITY };
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventReader) reader = event_reader_new(log, 0, &everything);
        unsigned changes = 0;

        signal(SIGXFSZ, SIG_IGN);
        event_log_set_disk_observer(log, count, &changes);
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        event_log_flush(log);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &none), ==, 0);
        for (int i = 0; i < MANY; i++)
                append_tick(log, 5);
        event_log_flush(log);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &any), ==, 0);
        g_assert_false(event_log_is_persistent(log));
        g_assert_cmpuint(changes, ==, 1);
        g_assert_cmpuint(event_log_next(log) - event_log_window_begin(log), >=, MANY);
        check_reader(reader, 1, 2 * MANY);
        g_clear_pointer(&reader, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

/* The disk took nothing for so long that events left memory, too: readers are told where. */
static void test_gap(void)
{
        const struct rlimit none = { 0, RLIM_INFINITY }, any = { RLIM_INFINITY, RLIM_INFINITY };
        const EventFilter groups = { .types = event_type_covers(EVENT_PROCESS_GROUP) };
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(EventReader) before = NULL;
        g_autoptr(EventReader) behind = NULL;
        g_autoptr(EventReader) filtered = NULL;
        uint64_t begin;

        signal(SIGXFSZ, SIG_IGN);
        for (int i = 0; i < 100; i++)
                append_tick(log, 5);
        event_log_flush(log);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &none), ==, 0);
        for (int i = 0; i < 100000; i++)
                append_tick(log, 5);
        event_log_append(log, event_new_group(EVENT_PROCESS_GROUP_ADDED, "g"));
        event_log_flush(log);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &any), ==, 0);
        begin = event_log_window_begin(log);
        g_assert_cmpuint(begin, >, 200);
        before = event_reader_new(log, 0, &everything);
        event_reader_stop_at_gaps(before);
        check_reader(before, 1, 100);
        g_assert_cmpuint(event_reader_oldest(before), ==, 1);
        g_assert_cmpuint(event_reader_position(before), ==, 100);
        behind = event_reader_new(log, 100, &everything);
        event_reader_stop_at_gaps(behind);
        check_reader(behind, begin, 100101);
        g_assert_cmpuint(event_reader_oldest(behind), ==, begin);
        /* What is looked for is behind the gap. */
        filtered = event_reader_new(log, 50, &groups);
        event_reader_stop_at_gaps(filtered);
        check_reader(filtered, 100101, 100101);
        g_assert_cmpuint(event_reader_oldest(filtered), ==, begin);
        g_clear_pointer(&before, event_reader_free);
        g_clear_pointer(&behind, event_reader_free);
        g_clear_pointer(&filtered, event_reader_free);
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

/* Nothing is in the files before the round of the loop ends, then all is; or it is when somebody is
 * to be told. */
static void test_round(void)
{
        Disk disk = disk_new();
        g_autoptr(EventLog) log = open_log(&disk);
        g_autoptr(sd_event) loop = NULL;

        g_assert_cmpint(sd_event_new(&loop), ==, 0);
        g_assert_cmpint(event_log_attach(log, loop), ==, 0);
        append_tick(log, 5);
        append_tick(log, 5);
        g_assert_true(event_store_is_dirty(event_log_store(log)));
        g_assert_cmpint(sd_event_run(loop, 0), ==, 1);
        g_assert_false(event_store_is_dirty(event_log_store(log)));
        g_assert_cmpint(sd_event_run(loop, 0), ==, 0);
        append_tick(log, 5);
        event_log_flush(log);
        g_assert_false(event_store_is_dirty(event_log_store(log)));
        g_clear_pointer(&log, event_log_free);
        disk_end(&disk);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-log/serials", test_serials);
        g_test_add_func("/event-log/times", test_times);
        g_test_add_func("/event-log/max-events", test_max_events);
        g_test_add_func("/event-log/max-bytes", test_max_bytes);
        g_test_add_func("/event-log/types", test_types);
        g_test_add_func("/event-log/observer", test_observer);
        g_test_add_func("/event-log/run-id", test_run_id);
        g_test_add_func("/event-log/on-disk", test_on_disk);
        g_test_add_func("/event-log/filter-on-disk", test_filter_on_disk);
        g_test_add_func("/event-log/budget", test_budget);
        g_test_add_func("/event-log/small-files", test_small_files);
        g_test_add_func("/event-log/runs", test_runs);
        g_test_add_func("/event-log/find-time", test_find_time);
        g_test_add_func("/event-log/full-disk", test_full_disk);
        g_test_add_func("/event-log/gap", test_gap);
        g_test_add_func("/event-log/round", test_round);
        return g_test_run();
}
