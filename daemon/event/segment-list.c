/* Serials that may have been given are never given again: what cannot be read counts with as many
 * events as its file could hold. */

#include "daemon/event/segment-list.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/output/main-log.h"

/* Readers that go on where they stopped; each pool that lags is one. */
#define N_HINTS 32
/* No record is smaller. */
#define LEAST_RECORD 32

struct SegmentList {
        GPtrArray *segments; /* of Segment */
        uint64_t next_serial;
        SegmentPosition hints[N_HINTS];
        unsigned next_hint;
        GHashTable *damaged; /* set of first serials (pointers to them) that were told of */
};

static void free_segment(gpointer segment)
{
        segment_free(segment);
}

SegmentList *segment_list_new(void)
{
        SegmentList *list = g_new0(SegmentList, 1);

        list->segments = g_ptr_array_new_with_free_func(free_segment);
        list->damaged = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        list->next_serial = 1;
        return list;
}

SegmentList *segment_list_free(SegmentList *list)
{
        if (!list)
                return NULL;
        g_ptr_array_unref(list->segments);
        g_hash_table_unref(list->damaged);
        g_free(list);
        return NULL;
}

static void note_serial(SegmentList *list, uint64_t serial)
{
        list->next_serial = MAX(list->next_serial, serial + 1);
}

/* Between which events; the ends of the file where there is none on a side. */
static void tell_damage(const Segment *segment, const SegmentDamage *damage)
{
        const SegmentExtent *extent = segment_extent(segment);

        log_warn("the event log's file %s is damaged: %" PRIu64 " bytes between the events %" PRIu64
                 " and %" PRIu64 " are passed over",
                        segment_path(segment), damage->bytes,
                        damage->after ? damage->after : extent->first_serial,
                        damage->before ? damage->before : extent->last_serial);
}

static void tell_torn(const Segment *segment, const SegmentDamage *damage)
{
        log_warn("the event log's file %s was torn: %" PRIu64
                 " bytes at its end, after the event %" PRIu64 ", are dropped",
                        segment_path(segment), damage->bytes, segment_extent(segment)->last_serial);
}

/* What is wrong with a file that is left alone. */
static const char *complaint(int r)
{
        switch (r) {
        case -EPROTONOSUPPORT:
                return "it is of a later version of busvisord";
        case -EBADMSG:
                return "it is damaged, or none of busvisord's files";
        default:
                return g_strerror(-r);
        }
}

static void pass_over(SegmentList *list, const char *path, uint64_t first_serial, int r)
{
        struct stat status = { 0 };

        (void)lstat(path, &status);
        note_serial(list, first_serial - 1);
        note_serial(list, first_serial - 1 + status.st_size / LEAST_RECORD);
        log_warn("the event log does without the file %s, which is left alone: %s", path,
                        complaint(r));
}

static void load_file(SegmentList *list, const char *path, uint64_t first_serial, bool repair)
{
        g_autoptr(Segment) segment = NULL;
        SegmentDamage damage;
        int r = segment_open(path, repair, &segment, &damage);

        if (r == -ENODATA && repair && unlink(path) == 0) {
                log_warn("the event log's file %s was torn at its beginning, and is dropped", path);
                note_serial(list, first_serial - 1);
                return;
        }
        if (r >= 0 && segment_head(segment)->first_serial != first_serial)
                r = -EBADMSG;
        if (r < 0) {
                pass_over(list, path, first_serial, r);
                return;
        }
        if (damage.bytes > 0)
                (damage.before > 0 ? tell_damage : tell_torn)(segment, &damage);
        note_serial(list, segment_extent(segment)->last_serial);
        g_ptr_array_add(list->segments, g_steal_pointer(&segment));
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list_folder(const char *folder)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        GDir *entries = g_dir_open(folder, 0, NULL);
        const char *name;

        while (entries && (name = g_dir_read_name(entries)))
                g_ptr_array_add(names, g_strdup(name));
        g_clear_pointer(&entries, g_dir_close);
        g_ptr_array_sort(names, compare_names);
        return names;
}

void segment_list_load(SegmentList *list, const char *folder, bool repair)
{
        g_autoptr(GPtrArray) names = list_folder(folder);

        g_ptr_array_set_size(list->segments, 0);
        list->next_serial = 1;
        for (guint i = 0; i < names->len; i++) {
                g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
                uint64_t first_serial;

                if (segment_parse_name(names->pdata[i], &first_serial))
                        load_file(list, path, first_serial, repair);
                else if (!segment_is_temporary(names->pdata[i]))
                        log_warn("the file %s in the folder of the event log is none of "
                                 "busvisord's, and is left alone",
                                        path);
        }
}

static Segment *at(const SegmentList *list, guint i)
{
        return list->segments->pdata[i];
}

size_t segment_list_count(const SegmentList *list)
{
        return list->segments->len;
}

uint64_t segment_list_size(const SegmentList *list)
{
        uint64_t size = 0;

        for (guint i = 0; i < list->segments->len; i++)
                size += segment_size(at(list, i));
        return size;
}

Segment *segment_list_oldest(const SegmentList *list)
{
        return list->segments->len > 0 ? at(list, 0) : NULL;
}

uint64_t segment_list_end(const SegmentList *list)
{
        const guint n = list->segments->len;

        return n > 0 ? segment_extent(at(list, n - 1))->last_serial + 1 : 0;
}

uint64_t segment_list_next_serial(const SegmentList *list)
{
        return MAX(list->next_serial, segment_list_end(list));
}

uint64_t segment_list_first_serial(const SegmentList *list)
{
        for (guint i = 0; i < list->segments->len; i++)
                if (!segment_is_empty(at(list, i)))
                        return segment_extent(at(list, i))->first_serial;
        return segment_list_next_serial(list);
}

void segment_list_add(SegmentList *list, Segment *segment)
{
        const guint n = list->segments->len;

        if (n > 0 && strcmp(segment_path(at(list, n - 1)), segment_path(segment)) == 0)
                g_ptr_array_remove_index(list->segments, n - 1);
        g_ptr_array_add(list->segments, segment);
}

Segment *segment_list_take_newest(SegmentList *list)
{
        note_serial(list, segment_list_next_serial(list) - 1);
        return g_ptr_array_steal_index(list->segments, list->segments->len - 1);
}

int segment_list_drop_oldest(SegmentList *list)
{
        if (unlink(segment_path(at(list, 0))) < 0 && errno != ENOENT)
                return -errno;
        note_serial(list, segment_extent(at(list, 0))->last_serial);
        g_ptr_array_remove_index(list->segments, 0);
        return 0;
}

/* The first that goes beyond the serial. */
static guint find_serial(const SegmentList *list, uint64_t after)
{
        guint low = 0, high = list->segments->len;

        while (low < high) {
                guint middle = (low + high) / 2;

                if (segment_extent(at(list, middle))->last_serial > after)
                        high = middle;
                else
                        low = middle + 1;
        }
        return low;
}

uint64_t segment_list_find_gap(const SegmentList *list, uint64_t after, uint64_t until)
{
        uint64_t next = after + 1, gap = 0;

        for (guint i = find_serial(list, after); i < list->segments->len && next < until; i++) {
                const SegmentExtent *extent = segment_extent(at(list, i));

                if (extent->first_serial > next)
                        gap = MIN(extent->first_serial, until);
                next = extent->last_serial + 1;
        }
        return next < until ? until : gap;
}

static uint64_t find_hint(const SegmentList *list, const Segment *segment, uint64_t after)
{
        for (guint i = 0; after > 0 && i < N_HINTS; i++)
                if (list->hints[i].serial == after &&
                                list->hints[i].segment_serial ==
                                                segment_head(segment)->first_serial)
                        return list->hints[i].offset;
        return 0;
}

static void give_up(SegmentList *list, guint i, int r)
{
        const Segment *segment = at(list, i);

        log_warn("the event log does without the events %" PRIu64 " to %" PRIu64
                 " from now on: cannot read %s: %s",
                        segment_extent(segment)->first_serial, segment_extent(segment)->last_serial,
                        segment_path(segment), complaint(r));
        note_serial(list, segment_extent(segment)->last_serial);
        g_ptr_array_remove_index(list->segments, i);
}

bool segment_list_read(SegmentList *list, uint64_t after, EventTypeSet types, SegmentStretch *ret)
{
        guint i = find_serial(list, after);

        while (i < list->segments->len) {
                const Segment *segment = at(list, i);
                int r = segment_read(segment, after, types, find_hint(list, segment, after),
                                &ret->scan, &ret->last_serial);

                if (r > 0) {
                        ret->segment_serial = segment_head(segment)->first_serial;
                        ret->run_id = segment_head(segment)->run_id;
                        return true;
                }
                if (r < 0 && !segment_is_open(segment))
                        give_up(list, i, r);
                else
                        i++;
        }
        return false;
}

void segment_list_note_position(SegmentList *list, const SegmentPosition *position)
{
        list->hints[list->next_hint++ % N_HINTS] = *position;
}

/* -1 when it has left the list. */
static int find_stretch(const SegmentList *list, const SegmentStretch *stretch)
{
        for (guint i = 0; i < list->segments->len; i++)
                if (segment_head(at(list, i))->first_serial == stretch->segment_serial)
                        return i;
        return -1;
}

static void note_damage(SegmentList *list, const SegmentStretch *stretch)
{
        const uint64_t serial = stretch->segment_serial;
        int i = find_stretch(list, stretch);

        if (i >= 0 && g_hash_table_add(list->damaged, g_memdup2(&serial, sizeof serial)))
                tell_damage(at(list, i), segment_scan_damage(stretch->scan));
}

void segment_list_give_up(SegmentList *list, const SegmentStretch *stretch, int r)
{
        int i = find_stretch(list, stretch);

        if (i >= 0 && !segment_is_open(at(list, i)))
                give_up(list, i, r);
}

void segment_list_close(SegmentList *list, SegmentStretch *stretch)
{
        if (segment_scan_damage(stretch->scan)->bytes > 0)
                note_damage(list, stretch);
        stretch->scan = segment_scan_free(stretch->scan);
}

uint64_t segment_list_find_time(SegmentList *list, uint64_t usec)
{
        for (guint i = 0; i < list->segments->len; i++) {
                g_autoptr(SegmentScan) scan = NULL;

                if (segment_read_time(at(list, i), usec, &scan) <= 0)
                        continue;
                while (segment_scan_next(scan) > 0)
                        if (segment_scan_facts(scan)->realtime_usec >= usec)
                                return segment_scan_facts(scan)->serial;
        }
        return 0;
}
