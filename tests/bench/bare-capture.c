/* Bare capture: what it costs to bring bytes from a pipe into files when nothing else is done, the
 * measure for busvisord.
 *
 *   bare-capture read|splice FILE BYTES COUNT
 *
 * From stdin, until its end, into FILE.0, FILE.1 and so on, a new one after so many bytes, so many
 * of them in turn. */

#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define BUFFER_BYTES (1024 * 1024)

static int open_file(const char *path, int number)
{
        char name[4096];
        int fd;

        snprintf(name, sizeof name, "%s.%d", path, number);
        (void)unlink(name);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0)
                error(EXIT_FAILURE, errno, "%s", name);
        return fd;
}

static ssize_t move_by_reading(int fd)
{
        static char buffer[BUFFER_BYTES];
        ssize_t n = read(STDIN_FILENO, buffer, sizeof buffer);

        if (n > 0 && write(fd, buffer, n) != n)
                error(EXIT_FAILURE, errno, "write");
        return n;
}

static ssize_t move_by_splicing(int fd)
{
        return splice(STDIN_FILENO, NULL, fd, NULL, BUFFER_BYTES, SPLICE_F_MOVE);
}

int main(int argc, char *argv[])
{
        ssize_t (*move)(int fd);
        long long size = 0, bytes;
        int count, number = 0, fd;
        ssize_t n;

        if (argc != 5)
                error(EXIT_FAILURE, 0, "see the head of bare-capture.c");
        move = strcmp(argv[1], "splice") == 0 ? move_by_splicing : move_by_reading;
        bytes = atoll(argv[3]);
        count = atoi(argv[4]);
        fd = open_file(argv[2], number);
        while ((n = move(fd)) > 0) {
                size += n;
                if (size < bytes)
                        continue;
                close(fd);
                number = (number + 1) % count;
                fd = open_file(argv[2], number);
                size = 0;
        }
        if (n < 0)
                error(EXIT_FAILURE, errno, "%s", argv[1]);
        return EXIT_SUCCESS;
}
