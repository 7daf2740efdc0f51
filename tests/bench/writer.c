/* Writer: a program that prints as fast as it can, in writes of a given size.
 *
 *   writer BYTES SIZE GO DONE [apart]
 *
 * Begins when somebody has opened the FIFO GO for writing, and tells through the FIFO DONE how many
 * seconds it took, when all bytes are in the pipe of its stdout. They are lines of 100 bytes.
 * "apart": the pipe keeps what was written apart, so that one read never gets more than one write,
 * however late it comes; and it does not end before all is read. */

#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 100

static char *new_text(size_t size)
{
        char *text = malloc(size);

        if (!text)
                error(EXIT_FAILURE, errno, "malloc");
        for (size_t i = 0; i < size; i++)
                text[i] = i % LINE_BYTES == LINE_BYTES - 1 ? '\n' : 'a' + i % LINE_BYTES % 26;
        return text;
}

static void write_all(const char *data, size_t size)
{
        while (size > 0) {
                ssize_t n = write(STDOUT_FILENO, data, size);

                if (n < 0)
                        error(EXIT_FAILURE, errno, "write");
                data += n;
                size -= n;
        }
}

static void keep_apart(void)
{
        if (fcntl(STDOUT_FILENO, F_SETFL, O_DIRECT) < 0)
                error(EXIT_FAILURE, errno, "O_DIRECT");
}

static void wait_empty(void)
{
        int unread;

        while (ioctl(STDOUT_FILENO, FIONREAD, &unread) == 0 && unread > 0)
                usleep(1000);
}

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return time.tv_sec + time.tv_nsec / 1e9;
}

static FILE *open_fifo(const char *path, const char *mode)
{
        FILE *fifo = fopen(path, mode);

        if (!fifo)
                error(EXIT_FAILURE, errno, "%s", path);
        return fifo;
}

int main(int argc, char *argv[])
{
        size_t left, size;
        double begin;
        char *text;
        FILE *done;

        if (argc != 5 && argc != 6)
                error(EXIT_FAILURE, 0, "see the head of writer.c");
        left = strtoull(argv[1], NULL, 10);
        size = strtoull(argv[2], NULL, 10);
        text = new_text(size);
        if (argc == 6)
                keep_apart();
        fclose(open_fifo(argv[3], "r"));
        begin = now();
        for (; left >= size; left -= size)
                write_all(text, size);
        write_all(text, left);
        done = open_fifo(argv[4], "w");
        fprintf(done, "%.6f\n", now() - begin);
        fclose(done);
        if (argc == 6)
                wait_empty();
        free(text);
        return EXIT_SUCCESS;
}
