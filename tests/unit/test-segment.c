/* Segments: what was written is read again, in stretches by serial, type and time; and whatever
 * happens to the file, what is still whole in it is found and nothing else. */

#include "daemon/event/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tests/unit/event-fixture.h"
#include "tests/unit/fixture.h"

#define ALL UINT32_MAX

static Segment *create(const char *folder, uint64_t serial)
{
        SegmentHead head = { .first_serial = serial };
        Segment *segment;

        g_assert_cmpint(sd_id128_randomize(&head.run_id), ==, 0);
        g_assert_cmpint(segment_create(folder, &head, false, &segment), ==, 0);
        return segment;
}

static void append_at(Segment *segment, EventType type, uint64_t serial, uint64_t usec)
{
        g_autoptr(Event) event = event_example(type);

        event->serial = serial;
        event->realtime_usec = usec;
        g_assert_true(segment_append(segment, event));
}

static void append(Segment *segment, EventType type, uint64_t serial)
{
        append_at(segment, type, serial, serial * 1000);
}

static Segment *reopen(const char *path, bool repair, SegmentDamage *ret_damage)
{
        SegmentDamage damage;
        Segment *segment;

        g_assert_cmpint(segment_open(path, repair, &segment, &damage), ==, 0);
        if (ret_damage)
                *ret_damage = damage;
        else
                g_assert_cmpuint(damage.bytes, ==, 0);
        return segment;
}

/* The serials of the stretch, "3 4 5", after checking that each is the event that was appended;
 * NULL when there is none. */
static char *read_hinted(const Segment *segment, uint64_t after, EventTypeSet types, uint64_t hint,
                uint64_t *ret_last)
{
        g_autoptr(SegmentScan) scan = NULL;
        GString *serials = g_string_new(NULL);
        int r = segment_read(segment, after, types, hint, &scan, ret_last);

        g_assert_cmpint(r, >=, 0);
        while (r > 0 && (r = segment_scan_next(scan)) > 0) {
                g_autoptr(Event) event = segment_scan_event(scan);
                g_autoptr(Event) wanted = event_example(event->type);

                wanted->serial = event->serial;
                wanted->realtime_usec = event->realtime_usec;
                event_assert_same(event, wanted);
                g_string_append_printf(serials, "%s%" G_GUINT64_FORMAT, serials->len ? " " : "",
                                event->serial);
        }
        return g_string_free(serials, !scan);
}

static char *read_serials(const Segment *segment, uint64_t after, EventTypeSet types)
{
        uint64_t last;

        return read_hinted(segment, after, types, 0, &last);
}

static void test_names(void)
{
        uint64_t serial;

        g_assert_true(segment_parse_name("00000000000000000128.events", &serial));
        g_assert_cmpuint(serial, ==, 128);
        g_assert_false(segment_parse_name("0000000000000000128.events", &serial));
        g_assert_false(segment_parse_name("00000000000000000128.event", &serial));
        g_assert_false(segment_parse_name("00000000000000000128.events~", &serial));
        g_assert_false(segment_parse_name("00000000000000000000.events", &serial));
        g_assert_false(segment_parse_name("99999999999999999999.events", &serial));
        g_assert_false(segment_parse_name("", &serial));
        g_assert_true(segment_is_temporary("new"));
}

static void test_write_and_read(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 10);
        g_autoptr(Segment) again = NULL;
        g_autofree char *name = g_path_get_basename(segment_path(segment));
        uint64_t serial = 10;
        struct stat status;

        g_assert_cmpstr(name, ==, "00000000000000000010.events");
        g_assert_cmpint(stat(segment_path(segment), &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        g_assert_true(segment_is_empty(segment));
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type))
                        append(segment, type, serial++);
        g_assert_cmpuint(segment_unwritten(segment), >, 0);
        g_assert_cmpint(segment_complete(segment), ==, 0);
        again = reopen(segment_path(segment), true, NULL);
        g_assert_cmpmem(&segment_head(again)->run_id, 16, &segment_head(segment)->run_id, 16);
        for (int i = 0; i < 2; i++) {
                const Segment *read = i == 0 ? segment : again;
                g_autofree char *serials = read_serials(read, 0, ALL);
                g_autofree char *some = read_serials(read, 27, ALL);

                g_assert_cmpstr(serials, ==,
                                "10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29");
                g_assert_cmpstr(some, ==, serials);
                g_assert_null(read_serials(read, 29, ALL));
                g_assert_cmpuint(segment_extent(read)->first_serial, ==, 10);
                g_assert_cmpuint(segment_extent(read)->last_serial, ==, 29);
                g_assert_cmpuint(segment_extent(read)->max_usec, ==, 29000);
                g_assert_cmpuint(segment_extent(read)->types, ==, event_type_covers(EVENT_ANY));
        }
        fixture_folder_free(folder);
}

/* Reading sees what has been written, and that the file has lost its name does not matter. */
static void test_read_while_writing(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 1);

        for (uint64_t serial = 1; serial <= 4; serial++) {
                g_autofree char *serials = NULL;

                append(segment, EVENT_TICK_5, serial);
                g_assert_cmpint(segment_write(segment), ==, 0);
                if (serial == 3) {
                        g_assert_true(segment_is_there(segment));
                        g_assert_cmpint(unlink(segment_path(segment)), ==, 0);
                        g_assert_false(segment_is_there(segment));
                }
                serials = read_serials(segment, 0, ALL);
                g_assert_cmpuint(strlen(serials), ==, serial * 2 - 1);
        }
        fixture_folder_free(folder);
}

/* Ten blocks, with a tick at the beginning of the third and the ninth. */
static Segment *make_blocks(const char *folder)
{
        Segment *segment = create(folder, 1);
        uint64_t serial = 1;

        for (unsigned block = 0; block < 10; block++) {
                uint64_t begin = segment_size(segment);

                if (block == 3 || block == 9)
                        append(segment, EVENT_TICK_60, serial++);
                while (segment_size(segment) < begin + SEGMENT_BLOCK_BYTES)
                        append(segment, EVENT_PROCESS_STATE_RUNNING, serial++);
        }
        return segment;
}

static void check_blocks(const Segment *segment)
{
        const EventTypeSet ticks = event_type_covers(EVENT_TICK);
        g_autoptr(SegmentScan) all = NULL;
        g_autoptr(SegmentScan) first = NULL;
        g_autoptr(SegmentScan) second = NULL;
        uint64_t last;

        g_assert_cmpint(segment_read(segment, 0, ALL, 0, &all, &last), ==, 1);
        g_assert_cmpuint(last, ==, segment_extent(segment)->last_serial);
        /* Of the blocks only the two that have what is looked for. */
        g_assert_cmpint(segment_read(segment, 0, ticks, 0, &first, &last), ==, 1);
        g_assert_cmpint(segment_scan_next(first), ==, 1);
        g_assert_cmpint(segment_scan_facts(first)->type, ==, EVENT_TICK_60);
        while (segment_scan_next(first) > 0)
                g_assert_cmpint(segment_scan_facts(first)->type, ==, EVENT_PROCESS_STATE_RUNNING);
        g_assert_cmpuint(segment_scan_facts(first)->serial, ==, last);
        g_assert_cmpuint(segment_scan_passed(first), <, SEGMENT_BLOCK_BYTES + 200);
        g_assert_cmpint(segment_read(segment, last, ticks, 0, &second, &last), ==, 1);
        g_assert_cmpint(segment_scan_next(second), ==, 1);
        g_assert_cmpint(segment_scan_facts(second)->type, ==, EVENT_TICK_60);
        g_assert_null(read_serials(segment, last, ticks));
        g_assert_null(read_serials(segment, 0, event_type_bit(EVENT_PROCESS_GROUP_ADDED)));
}

static void test_blocks(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = make_blocks(folder);
        g_autoptr(Segment) again = NULL;

        g_assert_cmpint(segment_write(segment), ==, 0);
        check_blocks(segment);
        g_assert_cmpint(segment_complete(segment), ==, 0);
        check_blocks(segment);
        again = reopen(segment_path(segment), true, NULL);
        check_blocks(again);
        fixture_folder_free(folder);
}

static void test_hint(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 1);
        uint64_t last, hint = 0;

        for (uint64_t serial = 1; serial <= 5; serial++) {
                append(segment, EVENT_TICK_5, serial);
                hint = serial == 3 ? segment_size(segment) : hint;
        }
        g_assert_cmpint(segment_write(segment), ==, 0);
        {
                g_autofree char *with = read_hinted(segment, 3, ALL, hint, &last);
                g_autofree char *without = read_hinted(segment, 3, ALL, 0, &last);

                g_assert_cmpstr(with, ==, "4 5");
                g_assert_cmpstr(without, ==, "1 2 3 4 5");
        }
        fixture_folder_free(folder);
}

/* Of clocks that go back. */
static void test_times(void)
{
        static const uint64_t usecs[] = { 100, 200, 50, 60, 300 };
        static const struct {
                uint64_t usec, serial;
        } wanted[] = { { 0, 1 }, { 100, 1 }, { 101, 2 }, { 200, 2 }, { 201, 5 }, { 300, 5 } };
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 1);

        for (size_t i = 0; i < G_N_ELEMENTS(usecs); i++)
                append_at(segment, EVENT_TICK_5, i + 1, usecs[i]);
        g_assert_cmpint(segment_write(segment), ==, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
                g_autoptr(SegmentScan) scan = NULL;

                g_assert_cmpint(segment_read_time(segment, wanted[i].usec, &scan), ==, 1);
                do
                        g_assert_cmpint(segment_scan_next(scan), ==, 1);
                while (segment_scan_facts(scan)->realtime_usec < wanted[i].usec);
                g_assert_cmpuint(segment_scan_facts(scan)->serial, ==, wanted[i].serial);
        }
        {
                g_autoptr(SegmentScan) none = NULL;

                g_assert_cmpint(segment_read_time(segment, 301, &none), ==, 0);
        }
        fixture_folder_free(folder);
}

/* Five events, not complete; *ret_ends is where each record ends. */
static char *five_events(const char *folder, char **ret_path, size_t *ret_size, uint64_t *ret_ends)
{
        g_autoptr(Segment) segment = create(folder, 1);
        char *bytes;

        for (uint64_t serial = 1; serial <= 5; serial++) {
                append(segment, serial == 3 ? EVENT_PROCESS_LOG_STDOUT : EVENT_TICK_5, serial);
                ret_ends[serial - 1] = segment_size(segment);
        }
        g_assert_cmpint(segment_write(segment), ==, 0);
        *ret_path = g_strdup(segment_path(segment));
        g_assert_true(g_file_get_contents(*ret_path, &bytes, ret_size, NULL));
        return bytes;
}

static void put_file(const char *path, const char *bytes, size_t size)
{
        autofd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        g_assert_cmpint(write(fd, bytes, size), ==, size);
}

/* Cut at each byte: all whole records are there, and no more; the file is complete after that. */
static void test_torn(void)
{
        static const char *const wanted[] = { "", "1", "1 2", "1 2 3", "1 2 3 4", "1 2 3 4 5" };
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autofree char *bytes = five_events(folder, &path, &size, ends);

        for (size_t cut = SEGMENT_HEAD_BYTES; cut <= size; cut++) {
                g_autoptr(Segment) segment = NULL;
                g_autoptr(Segment) again = NULL;
                g_autofree char *serials = NULL;
                g_autofree char *serials_again = NULL;
                SegmentDamage damage;
                size_t whole = 0;

                while (whole < 5 && ends[whole] <= cut)
                        whole++;
                put_file(path, bytes, cut);
                segment = reopen(path, true, &damage);
                again = reopen(path, false, NULL);
                serials = read_serials(segment, 0, ALL);
                serials_again = read_serials(again, 0, ALL);
                g_assert_cmpstr(serials ? serials : "", ==, wanted[whole]);
                g_assert_cmpstr(serials_again, ==, serials);
                g_assert_cmpuint(damage.bytes, ==,
                                cut - (whole ? ends[whole - 1] : SEGMENT_HEAD_BYTES));
                g_assert_cmpuint(damage.before, ==, 0);
        }
        fixture_folder_free(folder);
}

static void test_torn_head(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autofree char *bytes = five_events(folder, &path, &size, ends);

        for (size_t cut = 0; cut < SEGMENT_HEAD_BYTES; cut++) {
                SegmentDamage damage;
                Segment *segment;

                put_file(path, bytes, cut);
                g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -ENODATA);
        }
        fixture_folder_free(folder);
}

/* Zeros behind the end, as file systems leave them after a crash. */
static void test_zeros_behind(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autoptr(Segment) segment = NULL;
        g_autofree char *serials = NULL;
        SegmentDamage damage;

        g_free(five_events(folder, &path, &size, ends));
        g_assert_cmpint(truncate(path, size + 100000), ==, 0);
        segment = reopen(path, true, &damage);
        serials = read_serials(segment, 0, ALL);
        g_assert_cmpstr(serials, ==, "1 2 3 4 5");
        g_assert_cmpuint(damage.bytes, ==, 100000);
        fixture_folder_free(folder);
}

static bool is_without(const char *serials, unsigned left_out)
{
        g_autoptr(GString) wanted = g_string_new(NULL);

        for (unsigned serial = 1; serial <= 5; serial++)
                if (serial != left_out)
                        g_string_append_printf(wanted, "%s%u", wanted->len ? " " : "", serial);
        return g_strcmp0(serials, wanted->str) == 0;
}

/* One bit of the records is another: that record is missing, whichever it is, and no other. */
static void test_flipped_bits(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autofree char *bytes = five_events(folder, &path, &size, ends);

        for (size_t at = SEGMENT_HEAD_BYTES; at < size; at++) {
                g_autoptr(Segment) segment = NULL;
                g_autofree char *serials = NULL;
                SegmentDamage damage;
                unsigned hit = 1;

                while (ends[hit - 1] <= at)
                        hit++;
                bytes[at] ^= 1 << at % 8;
                put_file(path, bytes, size);
                bytes[at] ^= 1 << at % 8;
                segment = reopen(path, true, &damage);
                serials = read_serials(segment, 0, ALL);
                g_assert_true(is_without(serials, hit));
                g_assert_cmpuint(damage.bytes, ==,
                                ends[hit - 1] - (hit > 1 ? ends[hit - 2] : SEGMENT_HEAD_BYTES));
                g_assert_cmpuint(damage.after, ==, hit == 1 ? 0 : hit - 1);
                g_assert_cmpuint(damage.before, ==, hit == 5 ? 0 : hit + 1);
        }
        fixture_folder_free(folder);
}

/* The index is damaged, or cut: it is made again. */
static void test_damaged_index(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 1);
        g_autofree char *bytes = NULL;
        uint64_t end;
        size_t size;

        for (uint64_t serial = 1; serial <= 5; serial++)
                append(segment, EVENT_TICK_5, serial);
        end = segment_size(segment);
        g_assert_cmpint(segment_complete(segment), ==, 0);
        g_assert_true(g_file_get_contents(segment_path(segment), &bytes, &size, NULL));
        for (size_t at = end; at < size; at++) {
                g_autoptr(Segment) damaged = NULL;
                g_autofree char *serials = NULL;
                SegmentDamage damage;

                bytes[at] ^= 1 << at % 8;
                put_file(segment_path(segment), bytes, at % 2 ? size : at);
                bytes[at] ^= 1 << at % 8;
                damaged = reopen(segment_path(segment), true, &damage);
                serials = read_serials(damaged, 0, ALL);
                g_assert_cmpstr(serials, ==, "1 2 3 4 5");
        }
        fixture_folder_free(folder);
}

/* Damage in a file that is complete shows when it is read. */
static void test_damage_while_reading(void)
{
        char *folder = fixture_folder_new();
        g_autoptr(Segment) segment = create(folder, 1);
        g_autoptr(SegmentScan) scan = NULL;
        g_autofree char *serials = NULL;
        uint64_t second, last;
        autofd fd = -1;

        append(segment, EVENT_TICK_5, 1);
        second = segment_size(segment);
        for (uint64_t serial = 2; serial <= 5; serial++)
                append(segment, EVENT_TICK_5, serial);
        g_assert_cmpint(segment_complete(segment), ==, 0);
        fd = open(segment_path(segment), O_WRONLY | O_CLOEXEC);
        g_assert_cmpint(pwrite(fd, "?", 1, second + 20), ==, 1);
        serials = read_serials(segment, 0, ALL);
        g_assert_cmpstr(serials, ==, "1 3 4 5");
        g_assert_cmpint(segment_read(segment, 0, ALL, 0, &scan, &last), ==, 1);
        while (segment_scan_next(scan) > 0)
                continue;
        g_assert_cmpuint(segment_scan_damage(scan)->after, ==, 1);
        g_assert_cmpuint(segment_scan_damage(scan)->before, ==, 3);
        fixture_folder_free(folder);
}

/* What a program prints cannot pass for a record, not even behind damage. */
static void test_records_in_data(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autofree char *bytes = five_events(folder, &path, &size, ends);
        g_autoptr(Segment) segment = create(folder, 100);
        g_autoptr(Segment) again = NULL;
        g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDOUT);
        SegmentDamage damage;
        autofd fd = -1;

        g_bytes_unref(event->data);
        event->data = g_bytes_new(bytes, size);
        event->serial = 100;
        g_assert_true(segment_append(segment, event));
        append(segment, EVENT_TICK_5, 101);
        g_assert_cmpint(segment_write(segment), ==, 0);
        fd = open(segment_path(segment), O_WRONLY | O_CLOEXEC);
        g_assert_cmpint(pwrite(fd, "?", 1, SEGMENT_HEAD_BYTES + 1), ==, 1);
        again = reopen(segment_path(segment), true, &damage);
        {
                g_autofree char *serials = read_serials(again, 0, ALL);

                g_assert_cmpstr(serials, ==, "101");
        }
        fixture_folder_free(folder);
}

/* -EPROTONOSUPPORT is what a later version is told by. */
static void test_foreign(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = NULL;
        uint64_t ends[5];
        size_t size;
        g_autofree char *bytes = five_events(folder, &path, &size, ends);
        SegmentDamage damage;
        Segment *segment;

        bytes[8] = 2;
        put_file(path, bytes, size);
        g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -EPROTONOSUPPORT);
        bytes[8] = 1;
        bytes[30] ^= 1;
        put_file(path, bytes, size);
        g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -EBADMSG);
        memset(bytes, 'x', size);
        put_file(path, bytes, size);
        g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -EBADMSG);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(symlink("/dev/zero", path), ==, 0);
        g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -ELOOP);
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(mkfifo(path, 0600), ==, 0);
        g_assert_cmpint(segment_open(path, true, &segment, &damage), ==, -EBADMSG);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/segment/names", test_names);
        g_test_add_func("/segment/write-and-read", test_write_and_read);
        g_test_add_func("/segment/read-while-writing", test_read_while_writing);
        g_test_add_func("/segment/blocks", test_blocks);
        g_test_add_func("/segment/hint", test_hint);
        g_test_add_func("/segment/times", test_times);
        g_test_add_func("/segment/torn", test_torn);
        g_test_add_func("/segment/torn-head", test_torn_head);
        g_test_add_func("/segment/zeros-behind", test_zeros_behind);
        g_test_add_func("/segment/flipped-bits", test_flipped_bits);
        g_test_add_func("/segment/damaged-index", test_damaged_index);
        g_test_add_func("/segment/damage-while-reading", test_damage_while_reading);
        g_test_add_func("/segment/records-in-data", test_records_in_data);
        g_test_add_func("/segment/foreign", test_foreign);
        return g_test_run();
}
