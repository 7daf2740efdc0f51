/* What is to be read is worked out apart from the reading, from numbers alone, so that the rules
 * can be tested as a table. Sizes are taken once: what is appended meanwhile belongs to the next
 * call.
 */

#include "daemon/output/log-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "bus/read-whole.h"

/* It is looked at before it is opened too, since already that has an effect on pipes and devices.
 */
int log_reader_open(const char *path)
{
        struct stat status;
        autofd fd = -1;

        if (stat(path, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                return -EMEDIUMTYPE;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 || fstat(fd, &status) < 0)
                return -errno;
        return S_ISREG(status.st_mode) ? fd_steal(&fd) : -EMEDIUMTYPE;
}

int64_t log_reader_size(int fd)
{
        struct stat status;

        return fstat(fd, &status) < 0 ? -errno : status.st_size;
}

bool log_reader_find(
                int64_t offset, int64_t length, uint64_t size, uint64_t max, LogRange *ret_range)
{
        uint64_t position, wanted;

        if (length < 0 || (offset < 0 && length > 0))
                return false;
        if (offset < 0)
                position = size - MIN(size, -(uint64_t)offset);
        else
                position = MIN((uint64_t)offset, size);
        wanted = length > 0 ? (uint64_t)length : UINT64_MAX;
        *ret_range = (LogRange){
                .position = position,
                .length = MIN(MIN(wanted, size - position), max),
        };
        return true;
}

static int64_t add(int64_t a, int64_t b)
{
        int64_t sum;

        if (__builtin_add_overflow(a, b, &sum))
                return a < 0 ? INT64_MIN : INT64_MAX;
        return sum;
}

/* Step by step as Supervisor does it, since that is what its callers rely on. */
void log_reader_find_tail(int64_t offset, int64_t length, uint64_t file_size, uint64_t max,
                LogRange *ret_range, bool *ret_overflow)
{
        int64_t size = MIN(file_size, (uint64_t)INT64_MAX);
        bool overflow = size > add(offset, length);
        uint64_t available;

        if (overflow)
                offset = size - 1;
        if (add(offset, length) > size) {
                if (offset > size - 1)
                        length = 0;
                offset = size - length;
        }
        offset = MAX(offset, 0);
        length = MAX(length, 0);
        available = MIN((uint64_t)length, (uint64_t)(size - MIN(offset, size)));
        *ret_range = (LogRange){
                .position = offset + (available - MIN(available, max)),
                .length = MIN(available, max),
        };
        *ret_overflow = overflow;
}

ssize_t log_reader_read(int fd, const LogRange *range, void *buffer)
{
        return read_whole_at(fd, buffer, range->length, range->position);
}
