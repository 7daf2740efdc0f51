/* Bus caller: how fast a service on a bus answers the same call, over and over.
 *
 *   bus-caller ADDRESS SECONDS DEPTH NAME PATH INTERFACE MEMBER [STRING]
 *
 * DEPTH calls are always under way. The first one is not counted; it shows that all is there, and
 * an empty line tells that it has been answered. Says then how many were answered per second, and
 * the time from call to answer in us: of half of them, of 99 in a hundred, and of the slowest. */

#include <errno.h>
#include <error.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <systemd/sd-bus.h>

#define MAX_SAMPLES (4 * 1024 * 1024)

typedef struct Target {
        const char *name, *path, *interface, *member, *argument;
} Target;

static sd_bus *bus;
static Target target;
static uint64_t end_nsec;
static unsigned under_way;
static size_t n_samples;
static uint32_t samples[MAX_SAMPLES]; /* us */

static int must(int r, const char *what)
{
        if (r < 0)
                error(EXIT_FAILURE, -r, "%s", what);
        return r;
}

static uint64_t now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void call(void);

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        uint64_t *begin = userdata, end = now();

        if (sd_bus_message_is_method_error(reply, NULL))
                error(EXIT_FAILURE, 0, "%s", sd_bus_message_get_error(reply)->message);
        under_way--;
        if (n_samples < MAX_SAMPLES)
                samples[n_samples++] = (end - *begin) / 1000;
        free(begin);
        if (end < end_nsec)
                call();
        return 0;
}

static void call(void)
{
        sd_bus_message *message;
        uint64_t *begin = malloc(sizeof *begin);

        must(sd_bus_message_new_method_call(bus, &message, target.name, target.path,
                             target.interface, target.member),
                        "a call");
        if (target.argument)
                must(sd_bus_message_append(message, "s", target.argument), "an argument");
        *begin = now();
        must(sd_bus_call_async(bus, NULL, message, on_answer, begin, UINT64_MAX), "calling");
        sd_bus_message_unref(message);
        under_way++;
}

static int compare(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

        return (left > right) - (left < right);
}

static void wait_for_answers(void)
{
        while (under_way > 0) {
                int r = must(sd_bus_process(bus, NULL), "the bus");

                if (r == 0)
                        must(sd_bus_wait(bus, UINT64_MAX), "the bus");
        }
}

static void warm_up(void)
{
        call();
        wait_for_answers();
        n_samples = 0;
        puts("");
        fflush(stdout);
}

static void run(unsigned depth, double seconds)
{
        uint64_t begin = now();

        end_nsec = begin + seconds * 1e9;
        for (unsigned i = 0; i < depth; i++)
                call();
        wait_for_answers();
        seconds = (now() - begin) / 1e9;
        qsort(samples, n_samples, sizeof samples[0], compare);
        printf("%.1f %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", n_samples / seconds,
                        samples[n_samples / 2], samples[n_samples * 99 / 100],
                        samples[n_samples - 1]);
}

int main(int argc, char **argv)
{
        if (argc != 8 && argc != 9)
                error(EXIT_FAILURE, 0, "usage: see the head of this file");
        target = (Target){ argv[4], argv[5], argv[6], argv[7], argc == 9 ? argv[8] : NULL };
        must(sd_bus_new(&bus), "a bus");
        must(sd_bus_set_address(bus, argv[1]), argv[1]);
        must(sd_bus_set_bus_client(bus, 1), "a client");
        must(sd_bus_start(bus), argv[1]);
        warm_up();
        run(atoi(argv[3]), atof(argv[2]));
        sd_bus_unref(bus);
        return EXIT_SUCCESS;
}
