/* The position is counted here instead of asked for with each write, and compared with the file now
 * and then: others may truncate it, or delete it. Rotation renames and never copies; a step of it
 * that fails leaves a file that is appended to, so that no byte is lost for it.
 *
 * What fails is tried again with later bytes, but not with each of them: a program that writes much
 * would cost as many system calls. */

#include "daemon/output/log-file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/clock.h"
#include "bus/target.h"
#include "daemon/output/compression.h"
#include "daemon/output/main-log.h"

#define USEC_PER_SEC UINT64_C(1000000)
/* Between two looks at the file, and between two attempts of what has failed. */
#define LOOK_USEC  USEC_PER_SEC
#define RETRY_USEC USEC_PER_SEC

struct LogFile {
        char *path;
        Rotation rotation;
        bool is_private;
        Target target;
        int64_t size; /* of a regular file, as far as we know it */
        uint64_t looked_usec;

        time_t period_seen, period_end; /* of the present period; end 0 = not known */

        int open_error;     /* negative errno: it is not open for that reason */
        bool is_due;        /* for rotation */
        bool is_aside;      /* it was rotated, and the new file could not be opened */
        bool cannot_rotate; /* and that has been said */
        uint64_t tried_usec;

        bool in_line; /* the last byte was no newline */
        bool torn;    /* bytes after it are lost */
        uint64_t lost;
};

/* Also when the clock was turned back. */
static bool has_passed(uint64_t since_usec, uint64_t usec, uint64_t now_usec)
{
        return now_usec < since_usec || now_usec - since_usec >= usec;
}

/* Replaces the target that is open, if there is one. */
static int open_target(LogFile *file, unsigned flags)
{
        Target target;
        struct stat status;
        int r = target_open(file->path, flags | (file->is_private ? TARGET_PRIVATE : 0), &target);

        if (r < 0)
                return r;
        if (fstat(target.fd, &status) < 0)
                status.st_size = 0;
        target_close(&file->target);
        file->target = target;
        file->size = status.st_size;
        file->looked_usec = 0;
        file->period_end = 0;
        file->open_error = 0;
        file->is_due = file->is_aside = file->in_line = file->torn = false;
        return 0;
}

LogFile *log_file_new(const LogFilePlan *plan)
{
        LogFile *file = g_new0(LogFile, 1);

        file->path = g_strdup(plan->path);
        file->rotation = plan->rotation;
        file->is_private = plan->is_private;
        file->target.fd = -1;
        return file;
}

int log_file_open(const LogFilePlan *plan, LogFile **ret)
{
        g_autoptr(LogFile) file = log_file_new(plan);
        int r = open_target(file, 0);

        if (r < 0)
                return r;
        *ret = g_steal_pointer(&file);
        return 0;
}

LogFile *log_file_free(LogFile *file)
{
        if (!file)
                return NULL;
        target_close(&file->target);
        g_free(file->path);
        g_free(file);
        return NULL;
}

const char *log_file_path(const LogFile *file)
{
        return file->path;
}

int log_file_fd(const LogFile *file)
{
        return file->target.fd;
}

bool log_file_is_regular(const LogFile *file)
{
        return file->target.fd >= 0 && file->target.kind == TARGET_FILE;
}

uint64_t log_file_lost(const LogFile *file)
{
        return file->lost;
}

void log_file_set_rotation(LogFile *file, const Rotation *rotation)
{
        file->rotation = *rotation;
        file->period_end = 0;
}

void log_file_request_compression(const LogFile *file)
{
        if (file->rotation.compress != LOG_COMPRESSION_NONE)
                compression_request(file->path, &file->rotation);
}

static bool may_open_again(const LogFile *file)
{
        return file->target.fd < 0 || file->target.kind == TARGET_FILE;
}

int log_file_reopen(LogFile *file)
{
        return may_open_again(file) ? open_target(file, 0) : 0;
}

int log_file_clear(LogFile *file)
{
        return may_open_again(file) ? open_target(file, TARGET_EMPTY) : 0;
}

/* Somebody else has put another file in the place of the one that is open. */
static bool was_replaced(const LogFile *file)
{
        struct stat here, there;

        return fstat(file->target.fd, &here) == 0 && stat(file->path, &there) == 0 &&
               (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
}

/* In two steps, of which the second can be tried again by itself. */
static int put_aside(LogFile *file)
{
        int r = 0;

        if (file->rotation.backups <= 0)
                return open_target(file, TARGET_EMPTY);
        if (!file->is_aside && !was_replaced(file)) {
                r = rotation_shift(file->path, file->rotation.backups);
                if (r < 0)
                        return r;
                file->is_aside = true;
        }
        r = open_target(file, 0);
        if (r >= 0)
                log_file_request_compression(file);
        return r;
}

static void rotate(LogFile *file, uint64_t now_usec)
{
        int r;

        if (file->cannot_rotate && !has_passed(file->tried_usec, RETRY_USEC, now_usec))
                return;
        r = put_aside(file);
        file->is_due = r < 0;
        file->tried_usec = now_usec;
        if (r < 0 && !file->cannot_rotate) {
                /* The file may be the main log itself, which comes back here with this line. */
                file->cannot_rotate = true;
                log_error("cannot rotate %s: %s; it grows on", file->path, g_strerror(-r));
        }
        file->cannot_rotate = r < 0;
}

/* When the present period began to count: an earlier run may have left the file. */
static time_t last_change(const LogFile *file, time_t now)
{
        struct stat status;

        if (file->size == 0 || fstat(file->target.fd, &status) < 0)
                return now;
        return MIN(status.st_mtime, now);
}

static void count_period(LogFile *file, time_t now)
{
        if (file->rotation.every <= 0)
                return;
        /* A clock that was turned back shows the same period twice; that makes no new file. */
        if (file->period_end == 0 || now < file->period_seen) {
                file->period_seen = last_change(file, now);
                file->period_end = rotation_next(file->period_seen, file->rotation.every);
        }
        if (now < file->period_end)
                return;
        file->is_due = file->size > 0;
        file->period_seen = now;
        file->period_end = rotation_next(now, file->rotation.every);
}

/* Others truncate files (logrotate's copytruncate) or write to them, or delete them. */
static void look(LogFile *file, uint64_t now_usec)
{
        struct stat status;

        file->looked_usec = now_usec;
        if (fstat(file->target.fd, &status) < 0)
                return;
        file->size = status.st_size;
        if (file->size == 0)
                file->in_line = file->torn = false;
        if (status.st_nlink > 0)
                return;
        target_close(&file->target);
        file->open_error = open_target(file, 0);
        file->looked_usec = file->tried_usec = now_usec;
}

static void ensure_open(LogFile *file, uint64_t now_usec)
{
        if (file->target.fd >= 0 || (file->open_error < 0 && !has_passed(file->tried_usec,
                                                                             RETRY_USEC, now_usec)))
                return;
        file->tried_usec = now_usec;
        file->open_error = open_target(file, 0);
}

/* Makes the file ready for bytes; negative errno when it is not. */
static int prepare(LogFile *file, uint64_t now_usec)
{
        ensure_open(file, now_usec);
        if (!log_file_is_regular(file))
                return file->open_error;
        if (file->torn || has_passed(file->looked_usec, LOOK_USEC, now_usec))
                look(file, now_usec);
        if (file->open_error < 0)
                return file->open_error;
        count_period(file, now_usec / USEC_PER_SEC);
        if (file->is_due)
                rotate(file, now_usec);
        return 0;
}

/* What follows a loss begins a line of its own, so that no record reads as the end of another. */
static int mend(LogFile *file)
{
        size_t written = 0;
        int r = 0;

        if (file->torn)
                r = target_write(&file->target, "\n", 1, &written);
        file->size += written;
        if (r >= 0)
                file->torn = false;
        return r;
}

static int append(LogFile *file, const char *data, size_t size, size_t *ret_written)
{
        int r = mend(file);

        *ret_written = 0;
        if (r >= 0)
                r = target_write(&file->target, data, size, ret_written);
        if (*ret_written > 0)
                file->in_line = data[*ret_written - 1] != '\n';
        file->size += *ret_written;
        return r;
}

static bool is_too_large(const LogFile *file)
{
        return file->rotation.max_bytes > 0 && file->size >= file->rotation.max_bytes;
}

static void consider_size(LogFile *file, uint64_t now_usec)
{
        if (!log_file_is_regular(file) || !is_too_large(file))
                return;
        look(file, now_usec);
        file->is_due = log_file_is_regular(file) && is_too_large(file);
        if (file->is_due)
                rotate(file, now_usec);
}

static int lose(LogFile *file, size_t size, int error)
{
        file->lost += size;
        file->torn = file->in_line &&
                     (file->target.kind == TARGET_FILE || file->target.kind == TARGET_FOREIGN_FILE);
        return error;
}

ssize_t log_file_write_at(LogFile *file, const void *data, size_t size, uint64_t now_usec)
{
        size_t written;
        int r = prepare(file, now_usec);

        if (r < 0)
                return lose(file, size, r);
        r = append(file, data, size, &written);
        if (r < 0)
                return lose(file, size - written, r);
        consider_size(file, now_usec);
        return written;
}

ssize_t log_file_write(LogFile *file, const void *data, size_t size)
{
        return log_file_write_at(file, data, size, clock_now_usec(CLOCK_REALTIME));
}
