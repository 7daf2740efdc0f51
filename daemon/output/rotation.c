/* The backups move from the oldest to the newest, and the first that cannot be moved ends it, and
 * takes back what has moved: it will be tried again, and each try would cost a backup. A number may
 * be there plain or compressed by any of the programs, as the setting may have changed in between.
 */

#include "daemon/output/rotation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY  INT64_C(86400)
#define WEEK (7 * DAY)
/* The epoch began on a Thursday. */
#define FIRST_MONDAY (4 * DAY)
/* So many numbers in a row without a backup, and there are no older ones: who wants to keep a
 * million of them does not want the daemon to look for each. */
#define GAP_MAX 100

static const char *const suffixes[_LOG_COMPRESSION_MAX] = {
        [LOG_COMPRESSION_NONE] = "",
        [LOG_COMPRESSION_GZIP] = ".gz",
        [LOG_COMPRESSION_XZ] = ".xz",
        [LOG_COMPRESSION_ZSTD] = ".zst",
        [LOG_COMPRESSION_BZIP2] = ".bz2",
};

Rotation rotation_of_channel(const ChannelConfig *channel)
{
        return (Rotation){
                .max_bytes = channel->logfile_maxbytes,
                .backups = channel->logfile_backups,
                .every = channel->rotate_every,
                .compress = channel->compress,
        };
}

Rotation rotation_of_supervisord(const SupervisordConfig *supervisord)
{
        return (Rotation){
                .max_bytes = supervisord->logfile_maxbytes,
                .backups = supervisord->logfile_backups,
                .every = supervisord->rotate_every,
                .compress = supervisord->compress,
        };
}

/* Seconds that local clocks are ahead of UTC at that time. */
static int64_t offset_at(int64_t when)
{
        time_t t = when;
        struct tm local;

        return localtime_r(&t, &local) ? local.tm_gmtoff : 0;
}

/* Where clocks were changed within the period, its beginning is told by the offset before. */
static int64_t period_begin(int64_t now, int64_t every)
{
        const int64_t origin = every % WEEK == 0 ? FIRST_MONDAY : 0;
        const int64_t offset = offset_at(now);
        const int64_t shown = now + offset;
        const int64_t begin = shown - ((shown - origin) % every + every) % every;
        const int64_t before = offset_at(begin - offset);

        return before == offset ? begin - offset : begin - before;
}

/* Periods are shorter or longer where clocks are changed, so it is looked for around their end. */
time_t rotation_next(time_t now, int64_t every)
{
        const int64_t begin = period_begin(now, every);
        int64_t guess = begin + every;
        int64_t next;

        while ((next = period_begin(guess, every)) <= MAX(begin, (int64_t)now))
                guess += MIN(every, 3600);
        return next;
}

const char *rotation_suffix(LogCompression compress)
{
        return suffixes[compress];
}

char *rotation_name(const char *path, int64_t n, LogCompression compress)
{
        return g_strdup_printf("%s.%" PRId64 "%s", path, n, suffixes[compress]);
}

static bool is_there(const char *path, int64_t n)
{
        struct stat status;

        for (int i = 0; i < _LOG_COMPRESSION_MAX; i++) {
                g_autofree char *name = rotation_name(path, n, i);

                if (lstat(name, &status) == 0)
                        return true;
        }
        return false;
}

int64_t rotation_oldest(const char *path, int64_t backups)
{
        int64_t oldest = 0;

        if (backups <= GAP_MAX)
                return backups;
        for (int64_t n = 1; n <= backups && n - oldest <= GAP_MAX; n++)
                if (is_there(path, n))
                        oldest = n;
        return oldest;
}

static int move(const char *from, const char *to)
{
        return rename(from, to) < 0 && errno != ENOENT ? -errno : 0;
}

static int remove_backup(const char *path, int64_t n)
{
        for (int i = 0; i < _LOG_COMPRESSION_MAX; i++) {
                g_autofree char *name = rotation_name(path, n, i);

                if (unlink(name) < 0 && errno != ENOENT)
                        return -errno;
        }
        return 0;
}

static int move_backup(const char *path, int64_t from, int64_t to)
{
        int r = 0;

        for (int i = 0; r >= 0 && i < _LOG_COMPRESSION_MAX; i++) {
                g_autofree char *old = rotation_name(path, from, i);
                g_autofree char *new = rotation_name(path, to, i);

                r = move(old, new);
        }
        return r;
}

int rotation_shift(const char *path, int64_t backups)
{
        g_autofree char *first = rotation_name(path, 1, LOG_COMPRESSION_NONE);
        const int64_t last = MIN(rotation_oldest(path, backups), backups - 1);
        int64_t n = last;
        int r = remove_backup(path, backups);

        if (r < 0)
                return r;
        while (n >= 1 && (r = move_backup(path, n, n + 1)) >= 0)
                n--;
        if (r >= 0)
                r = move(path, first);
        for (; r < 0 && n < last; n++)
                (void)move_backup(path, n + 2, n + 1);
        return r;
}
