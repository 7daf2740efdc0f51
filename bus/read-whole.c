/* A signal may cut any read short, and who forgets that finds out once a year. */

#include "bus/read-whole.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

static ssize_t read_all(int fd, void *buffer, size_t size, bool has_offset, uint64_t offset)
{
        size_t done = 0;

        while (done < size) {
                char *to = (char *)buffer + done;
                ssize_t n = has_offset ? pread(fd, to, size - done, (off_t)(offset + done))
                                       : read(fd, to, size - done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                done += n;
        }
        return (ssize_t)done;
}

ssize_t read_whole(int fd, void *buffer, size_t size)
{
        return read_all(fd, buffer, size, false, 0);
}

ssize_t read_whole_at(int fd, void *buffer, size_t size, uint64_t offset)
{
        return read_all(fd, buffer, size, true, offset);
}
