/* Listener: an event listener that costs next to nothing: it reads, counts, and says OK.
 *
 *   listener FILE [GO]
 *
 * What it has seen stands in FILE, which is mapped, so that looking at it takes no turn of anybody;
 * listeners.py reads it. With GO it does not say READY before somebody has opened that FIFO for
 * writing. */

#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES (2 * 1024 * 1024)
#define ENDS         65536

/* The end of a process, as an event told of it. */
typedef struct End {
        uint64_t nsec; /* CLOCK_MONOTONIC */
        uint64_t pid;
} End;

typedef struct Tally {
        uint64_t events, repeats; /* repeats: serials that do not grow */
        uint64_t missing;         /* gaps in the numbers that the pool gives */
        uint64_t last_serial, last_poolserial;
        uint64_t first_nsec, last_nsec; /* CLOCK_MONOTONIC, of the first and the last event */
        uint64_t ends; /* events that name a process, the last ENDS of them below */
        End end[ENDS];
} Tally;

static const char ready[] = "READY\n", done[] = "RESULT 2\nOKREADY\n";
static char buffer[BUFFER_BYTES];
static size_t held;

static Tally *map_tally(const char *path)
{
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        Tally *tally;

        if (fd < 0 || ftruncate(fd, sizeof *tally) < 0)
                error(EXIT_FAILURE, errno, "%s", path);
        tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (tally == MAP_FAILED)
                error(EXIT_FAILURE, errno, "mmap");
        close(fd);
        return tally;
}

static void await(const char *go)
{
        int fd = open(go, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                error(EXIT_FAILURE, errno, "%s", go);
        close(fd);
}

static void say(const char *text, size_t size)
{
        if (write(STDOUT_FILENO, text, size) != (ssize_t)size)
                exit(EXIT_FAILURE);
}

static void fill(void)
{
        ssize_t n = read(STDIN_FILENO, buffer + held, sizeof buffer - 1 - held);

        if (n <= 0)
                exit(EXIT_SUCCESS);
        held += n;
        buffer[held] = '\0';
}

/* The number behind the first such key, 0 when there is none. */
static uint64_t number_of(const char *text, const char *key)
{
        const char *found = strstr(text, key);

        return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}

/* Waits for a whole event: its size with the header. All is ASCII here, so "len" counts bytes. */
static size_t read_event(size_t *ret_header)
{
        const char *end;

        while (!(end = memchr(buffer, '\n', held)))
                fill();
        *ret_header = end + 1 - buffer;
        end = buffer + *ret_header + number_of(buffer, " len:");
        while (buffer + held < end)
                fill();
        return end - buffer;
}

static uint64_t now_nsec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static void note(Tally *tally, const char *event, size_t header)
{
        uint64_t serial = number_of(event, " serial:"), pid = number_of(event + header, " pid:");
        uint64_t poolserial = number_of(event, " poolserial:");

        tally->last_nsec = now_nsec();
        if (tally->events == 0)
                tally->first_nsec = tally->last_nsec;
        else if (serial <= tally->last_serial)
                tally->repeats++;
        else
                tally->missing += poolserial - tally->last_poolserial - 1;
        tally->last_serial = serial;
        tally->last_poolserial = poolserial;
        if (pid > 0)
                tally->end[tally->ends++ % ENDS] = (End){ tally->last_nsec, pid };
        tally->events++;
}

int main(int argc, char *argv[])
{
        Tally *tally;

        if (argc != 2 && argc != 3)
                error(EXIT_FAILURE, 0, "see the head of listener.c");
        tally = map_tally(argv[1]);
        if (argc == 3)
                await(argv[2]);
        say(ready, sizeof ready - 1);
        while (true) {
                size_t header, size = read_event(&header);

                note(tally, buffer, header);
                held -= size;
                memmove(buffer, buffer + size, held);
                say(done, sizeof done - 1);
        }
}
