/* The file gets its name when its head is in it, so that after a crash there is none without one.
 * The index is in memory while the file is being written, and read from its end when it is needed
 * after that: there may be many files. */

#include "daemon/event/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define SUFFIX    ".events"
#define DIGITS    20
#define TEMPORARY "new"
/* What is kept of the buffer's memory when it is empty. */
#define BUFFER_KEPT (128 * 1024)

struct Segment {
        char *path;
        SegmentHead head;
        SegmentExtent extent; /* where there is no index */
        SegmentIndex *index;  /* NULL = in the file */
        int fd;               /* -1 = it is not being written */
        uint64_t size;        /* of the file */
        GByteArray *buffer;   /* comes behind that */
};

bool segment_parse_name(const char *name, uint64_t *ret_first_serial)
{
        uint64_t serial = 0;

        for (int i = 0; i < DIGITS; i++) {
                if (!g_ascii_isdigit(name[i]) || serial > (UINT64_MAX - 9) / 10)
                        return false;
                serial = serial * 10 + (name[i] - '0');
        }
        if (strcmp(name + DIGITS, SUFFIX) != 0 || serial == 0 || serial > INT64_MAX)
                return false;
        *ret_first_serial = serial;
        return true;
}

bool segment_is_temporary(const char *name)
{
        return strcmp(name, TEMPORARY) == 0;
}

static Segment *segment_new(const char *path)
{
        Segment *segment = g_new0(Segment, 1);

        segment->path = g_strdup(path);
        segment->fd = -1;
        segment->buffer = g_byte_array_new();
        return segment;
}

Segment *segment_free(Segment *segment)
{
        if (!segment)
                return NULL;
        fd_close(segment->fd);
        segment_index_free(segment->index);
        g_byte_array_unref(segment->buffer);
        g_free(segment->path);
        g_free(segment);
        return NULL;
}

static uint32_t random_key(void)
{
        sd_id128_t random;

        g_assert(sd_id128_randomize(&random) >= 0);
        return (uint32_t)random.qwords[0];
}

static int sync_folder(const char *folder)
{
        autofd fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int put_in_place(Segment *segment, const char *folder, const char *temporary, bool sync)
{
        int r = segment_write(segment);

        if (r >= 0 && sync)
                r = segment_sync(segment);
        if (r >= 0 && rename(temporary, segment->path) < 0)
                r = -errno;
        if (r >= 0 && sync)
                r = sync_folder(folder);
        if (r < 0)
                (void)unlink(temporary);
        return r;
}

int segment_create(const char *folder, const SegmentHead *head, bool sync, Segment **ret)
{
        g_autofree char *temporary = g_build_filename(folder, TEMPORARY, NULL);
        g_autofree char *path =
                        g_strdup_printf("%s/%0*" PRIu64 SUFFIX, folder, DIGITS, head->first_serial);
        g_autoptr(Segment) segment = segment_new(path);
        int r;

        segment->head = *head;
        segment->head.key = random_key();
        segment->index = segment_index_new(SEGMENT_HEAD_BYTES, head->first_serial);
        segment->fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (segment->fd < 0)
                return -errno;
        segment_head_append(&segment->head, segment->buffer);
        r = put_in_place(segment, folder, temporary, sync);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&segment);
        return 0;
}

static int open_for_reading(const char *path)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

        return fd < 0 ? -errno : fd;
}

/* The index of a file that has none. */
static int scan_file(Segment *segment, SegmentDamage *ret_damage)
{
        g_autoptr(SegmentScan) scan = NULL;
        int fd = open_for_reading(segment->path), r;

        if (fd < 0)
                return fd;
        scan = segment_scan_new(fd, segment->head.key, SEGMENT_HEAD_BYTES, segment->size);
        segment->index = segment_index_new(SEGMENT_HEAD_BYTES, segment->head.first_serial);
        while ((r = segment_scan_next(scan)) > 0)
                if (segment_scan_facts(scan)->serial > segment->index->whole.last_serial)
                        segment_index_note(segment->index, segment_scan_offset(scan),
                                        segment_scan_facts(scan));
        if (r < 0)
                return r;
        *ret_damage = *segment_scan_damage(scan);
        return 0;
}

/* Cuts off what a crash has torn, and writes the index. */
static int complete_file(Segment *segment)
{
        segment->fd = open(segment->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (segment->fd < 0)
                return -errno;
        if (ftruncate(segment->fd, segment->index->whole.end) < 0)
                return -errno;
        segment->size = segment->index->whole.end;
        return segment_complete(segment);
}

static int open_file(Segment *segment, int fd, bool repair, SegmentDamage *ret_damage)
{
        struct stat status;
        int r;

        if (fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                return -EBADMSG;
        segment->size = status.st_size;
        r = segment_head_read(fd, &segment->head);
        if (r < 0)
                return r;
        r = segment_tail_read(fd, segment->size, segment->head.key, &segment->index);
        if (r < 0)
                return r;
        if (r > 0) {
                segment->extent = segment->index->whole;
                segment->index = segment_index_free(segment->index);
                return 0;
        }
        r = scan_file(segment, ret_damage);
        if (r < 0)
                return r;
        if (repair && complete_file(segment) < 0)
                segment->fd = fd_close(segment->fd);
        return 0;
}

int segment_open(const char *path, bool repair, Segment **ret, SegmentDamage *ret_damage)
{
        g_autoptr(Segment) segment = segment_new(path);
        autofd fd = open_for_reading(path);
        SegmentDamage damage = { 0 };
        int r;

        if (fd < 0)
                return fd;
        r = open_file(segment, fd, repair, &damage);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&segment);
        *ret_damage = damage;
        return 0;
}

const char *segment_path(const Segment *segment)
{
        return segment->path;
}

const SegmentHead *segment_head(const Segment *segment)
{
        return &segment->head;
}

const SegmentExtent *segment_extent(const Segment *segment)
{
        return segment->index ? &segment->index->whole : &segment->extent;
}

bool segment_is_empty(const Segment *segment)
{
        return segment_extent(segment)->last_serial < segment_extent(segment)->first_serial;
}

uint64_t segment_size(const Segment *segment)
{
        return segment->size + segment->buffer->len;
}

size_t segment_unwritten(const Segment *segment)
{
        return segment->buffer->len;
}

bool segment_is_open(const Segment *segment)
{
        return segment->fd >= 0;
}

bool segment_is_there(const Segment *segment)
{
        struct stat status;

        return fstat(segment->fd, &status) == 0 && status.st_nlink > 0;
}

/* That which is being written may have lost its name. */
static int open_again(const Segment *segment)
{
        int fd;

        if (!segment_is_open(segment))
                return open_for_reading(segment->path);
        fd = fcntl(segment->fd, F_DUPFD_CLOEXEC, 0);
        return fd < 0 ? -errno : fd;
}

static int open_scan(const Segment *segment, uint64_t from, uint64_t until, SegmentScan **ret)
{
        int fd = open_again(segment);

        if (fd < 0)
                return fd;
        *ret = segment_scan_new(fd, segment->head.key, from, MIN(until, segment->size));
        return 1;
}

/* Borrowed where it is in memory, else *ret_own is to be freed. */
static int get_index(const Segment *segment, const SegmentIndex **ret, SegmentIndex **ret_own)
{
        autofd fd = -1;
        int r;

        if (!segment->index) {
                fd = open_for_reading(segment->path);
                if (fd < 0)
                        return fd;
                r = segment_tail_read(fd, segment->size, segment->head.key, ret_own);
                if (r <= 0)
                        return r < 0 ? r : -EBADMSG;
        }
        *ret = segment->index ? segment->index : *ret_own;
        return 0;
}

int segment_read(const Segment *segment, uint64_t after, EventTypeSet types, uint64_t hint,
                SegmentScan **ret, uint64_t *ret_last)
{
        g_autoptr(SegmentIndex) own = NULL;
        const SegmentIndex *index;
        SegmentExtent found;
        int r;

        if (segment_extent(segment)->last_serial <= after ||
                        !(segment_extent(segment)->types & types))
                return 0;
        r = get_index(segment, &index, &own);
        if (r < 0)
                return r;
        if (!segment_index_find(index, after, types, &found))
                return 0;
        if (hint > found.begin && hint < found.end)
                found.begin = hint;
        r = open_scan(segment, found.begin, found.end, ret);
        if (r > 0)
                *ret_last = found.last_serial;
        return r;
}

int segment_read_time(const Segment *segment, uint64_t usec, SegmentScan **ret)
{
        g_autoptr(SegmentIndex) own = NULL;
        const SegmentIndex *index;
        SegmentExtent found;
        int r;

        if (segment_extent(segment)->max_usec < usec)
                return 0;
        r = get_index(segment, &index, &own);
        if (r < 0)
                return r;
        if (!segment_index_find_time(index, usec, &found))
                return 0;
        return open_scan(segment, found.begin, found.end, ret);
}

bool segment_append(Segment *segment, const Event *event)
{
        const uint64_t offset = segment_size(segment);
        RecordFacts facts = {
                .serial = event->serial,
                .realtime_usec = event->realtime_usec,
                .type = event->type,
        };

        if (!record_append(segment->buffer, event, segment->head.key))
                return false;
        facts.size = segment_size(segment) - offset;
        segment_index_note(segment->index, offset, &facts);
        return true;
}

int segment_write(Segment *segment)
{
        for (size_t done = 0; done < segment->buffer->len;) {
                ssize_t n = pwrite(segment->fd, segment->buffer->data + done,
                                segment->buffer->len - done, segment->size + done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        int r = -errno;

                        (void)!ftruncate(segment->fd, segment->size);
                        return r;
                }
                done += n;
        }
        segment->size += segment->buffer->len;
        if (segment->buffer->len > BUFFER_KEPT) {
                g_byte_array_unref(segment->buffer);
                segment->buffer = g_byte_array_new();
        }
        g_byte_array_set_size(segment->buffer, 0);
        return 0;
}

int segment_sync(Segment *segment)
{
        return fdatasync(segment->fd) < 0 ? -errno : 0;
}

int segment_complete(Segment *segment)
{
        int r = segment_write(segment);

        if (r < 0)
                return r;
        segment_tail_append(segment->index, segment->head.key, segment->buffer);
        r = segment_write(segment);
        if (r < 0) {
                g_byte_array_set_size(segment->buffer, 0);
                return r;
        }
        segment->fd = fd_close(segment->fd);
        segment->extent = segment->index->whole;
        segment->index = segment_index_free(segment->index);
        return 0;
}
