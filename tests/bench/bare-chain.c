/* Bare chain: what it costs to bring events to a listener when nothing is supervised, logged or
 * kept, the measure for busvisord and its listener-host.
 *
 *   bare-chain alone EVENTS LISTENER FILE          what passes them on has them already
 *   bare-chain pages COUNT EVENTS LISTENER FILE    it asks a sender for them, so many at a time
 *   bare-chain signals EVENTS LISTENER FILE        the sender sends a signal for each of them
 *
 * Sender and receiver are two processes on sd-bus with a dbus-daemon in between; the listener is
 * the program listener.c. Says how many events passed per second, and the CPU time of each in us:
 * of sender, bus and receiver, the listener apart. */

#include <errno.h>
#include <error.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define NAME       "bare.Chain"
#define PATH       "/bare"
#define ITEM       "ttttssuay"
#define DATA_BYTES 100
/* So many signals may be on their way before the sender waits. */
#define QUEUED_MAX 512

static const char data[DATA_BYTES] = "what a program has printed";
static int to_listener, from_listener;

/* What sd-bus says becomes the end of the program. */
static int must(int r, const char *what)
{
        if (r < 0)
                error(EXIT_FAILURE, -r, "%s", what);
        return r;
}

static double now(clockid_t clock)
{
        struct timespec time;

        clock_gettime(clock, &time);
        return time.tv_sec + time.tv_nsec / 1e9;
}

/* The end of a process, and what CPU time it took. */
static double wait_cpu(pid_t pid)
{
        struct rusage used;

        if (wait4(pid, NULL, 0, &used) < 0)
                error(EXIT_FAILURE, errno, "wait4");
        return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
               (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The listener. */

static pid_t start_listener(const char *program, const char *file)
{
        int in[2], out[2];
        pid_t pid;

        if (pipe(in) < 0 || pipe(out) < 0)
                error(EXIT_FAILURE, errno, "pipe");
        pid = fork();
        if (pid == 0) {
                dup2(in[0], STDIN_FILENO);
                dup2(out[1], STDOUT_FILENO);
                close(in[1]);
                execl(program, program, file, (char *)NULL);
                error(EXIT_FAILURE, errno, "%s", program);
        }
        close(in[0]);
        close(out[1]);
        to_listener = in[1];
        from_listener = out[0];
        return pid;
}

/* Until it is ready for the next event. */
static void await_ready(void)
{
        char answer[64];
        ssize_t n, size = 0;

        do {
                n = read(from_listener, answer + size, sizeof answer - size);
                if (n <= 0)
                        error(EXIT_FAILURE, errno, "the listener is gone");
                size += n;
        } while (size < 6 || memcmp(answer + size - 6, "READY\n", 6) != 0);
}

static void give(uint64_t serial, const char *process, const char *group, uint32_t pid,
                const void *text, size_t size)
{
        char payload[1024], event[2048];
        int head, length;

        head = snprintf(payload, sizeof payload - size,
                        "processname:%s groupname:%s pid:%" PRIu32 " channel:stdout\n", process,
                        group, pid);
        memcpy(payload + head, text, size);
        length = snprintf(event, sizeof event,
                        "ver:3.0 server:supervisor serial:%" PRIu64
                        " pool:listener poolserial:%" PRIu64
                        " eventname:PROCESS_LOG_STDOUT len:%zu\n",
                        serial, serial, head + size);
        memcpy(event + length, payload, head + size);
        if (write(to_listener, event, length + head + size) < 0)
                error(EXIT_FAILURE, errno, "write");
        await_ready();
}

/* The bus. */

static pid_t start_bus(char *address, size_t size)
{
        char argument[32];
        int ends[2];
        pid_t pid;
        FILE *told;

        if (pipe(ends) < 0)
                error(EXIT_FAILURE, errno, "pipe");
        snprintf(argument, sizeof argument, "--print-address=%d", ends[1]);
        pid = fork();
        if (pid == 0) {
                close(ends[0]);
                /* It complains of limits that do not matter here. */
                (void)!freopen("/dev/null", "w", stderr);
                execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork", "--nopidfile",
                                argument, (char *)NULL);
                error(EXIT_FAILURE, errno, "dbus-daemon");
        }
        close(ends[1]);
        told = fdopen(ends[0], "r");
        if (!told || !fgets(address, size, told))
                error(EXIT_FAILURE, 0, "dbus-daemon did not start");
        address[strcspn(address, "\n")] = '\0';
        fclose(told);
        return pid;
}

static sd_bus *connect_to(const char *address)
{
        sd_bus *bus;

        must(sd_bus_new(&bus), "sd_bus_new");
        must(sd_bus_set_address(bus, address), "sd_bus_set_address");
        must(sd_bus_set_bus_client(bus, true), "sd_bus_set_bus_client");
        must(sd_bus_start(bus), "sd_bus_start");
        return bus;
}

/* The sender. */

static void append_item(sd_bus_message *m, uint64_t serial)
{
        must(sd_bus_message_append(m, "ttttssu", serial, serial - 1, UINT64_C(1700000000000000),
                             UINT64_C(1000000), "group", "process", (uint32_t)4711),
                        "append");
        must(sd_bus_message_append_array(m, 'y', data, sizeof data), "append");
}

static uint64_t next_serial = 1;

static int on_page(sd_bus_message *call, void *userdata, sd_bus_error *unused)
{
        sd_bus_message *reply;
        uint32_t count;

        must(sd_bus_message_read(call, "u", &count), "read");
        must(sd_bus_message_new_method_return(call, &reply), "reply");
        must(sd_bus_message_open_container(reply, 'a', "(" ITEM ")"), "append");
        for (uint32_t i = 0; i < count; i++) {
                must(sd_bus_message_open_container(reply, 'r', ITEM), "append");
                append_item(reply, next_serial++);
                must(sd_bus_message_close_container(reply), "append");
        }
        must(sd_bus_message_close_container(reply), "append");
        must(sd_bus_send(NULL, reply, NULL), "send");
        sd_bus_message_unref(reply);
        return 1;
}

static void send_signal(sd_bus *bus, uint64_t serial)
{
        sd_bus_message *m;

        must(sd_bus_message_new_signal(bus, &m, PATH, NAME, "Event"), "signal");
        append_item(m, serial);
        must(sd_bus_send(bus, m, NULL), "send");
        sd_bus_message_unref(m);
}

static int on_begin(sd_bus_message *call, void *userdata, sd_bus_error *unused)
{
        sd_bus *bus = sd_bus_message_get_bus(call);
        uint64_t queued = 0;
        uint32_t count;

        must(sd_bus_message_read(call, "u", &count), "read");
        must(sd_bus_reply_method_return(call, NULL), "reply");
        while (next_serial <= count) {
                send_signal(bus, next_serial++);
                must(sd_bus_get_n_queued_write(bus, &queued), "queue");
                if (queued > QUEUED_MAX)
                        must(sd_bus_flush(bus), "flush");
        }
        return 1;
}

static const sd_bus_vtable sender_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Page", "u", "a(" ITEM ")", on_page, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Begin", "u", "", on_begin, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static void run_sender(const char *address)
{
        sd_bus *bus = connect_to(address);
        int r;

        must(sd_bus_add_object_vtable(bus, NULL, PATH, NAME, sender_vtable, NULL), "vtable");
        must(sd_bus_request_name(bus, NAME, 0), "name");
        while ((r = sd_bus_process(bus, NULL)) >= 0)
                if (r == 0)
                        must(sd_bus_wait(bus, UINT64_MAX), "wait");
        exit(EXIT_SUCCESS);
}

static pid_t start_sender(const char *address)
{
        pid_t pid = fork();

        if (pid == 0)
                run_sender(address);
        return pid;
}

/* The receiver. */

static sd_bus_message *page; /* that came while the one before it was handed out */
static uint64_t n_given;

static void give_item(sd_bus_message *m)
{
        uint64_t serial, previous, realtime, monotonic;
        const char *group, *process;
        const void *text;
        uint32_t pid;
        size_t size;

        must(sd_bus_message_read(m, "ttttssu", &serial, &previous, &realtime, &monotonic, &group,
                             &process, &pid),
                        "read");
        must(sd_bus_message_read_array(m, 'y', &text, &size), "read");
        give(serial, process, group, pid, text, size);
        n_given++;
}

static int on_answer(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        if (sd_bus_message_is_method_error(m, NULL))
                error(EXIT_FAILURE, 0, "%s", sd_bus_message_get_error(m)->message);
        page = sd_bus_message_ref(m);
        return 1;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *unused)
{
        give_item(m);
        return 1;
}

static void process(sd_bus *bus)
{
        if (must(sd_bus_process(bus, NULL), "process") == 0)
                must(sd_bus_wait(bus, UINT64_MAX), "wait");
}

static void ask(sd_bus *bus, uint32_t count)
{
        must(sd_bus_call_method_async(
                             bus, NULL, NAME, PATH, NAME, "Page", on_answer, NULL, "u", count),
                        "call");
}

static void give_page(sd_bus_message *m)
{
        must(sd_bus_message_enter_container(m, 'a', "(" ITEM ")"), "read");
        while (must(sd_bus_message_enter_container(m, 'r', ITEM), "read") > 0) {
                give_item(m);
                must(sd_bus_message_exit_container(m), "read");
        }
        sd_bus_message_unref(m);
}

static void receive_pages(sd_bus *bus, uint64_t n_events, uint32_t count)
{
        ask(bus, count);
        while (n_given < n_events) {
                sd_bus_message *present;

                while (!page)
                        process(bus);
                present = page;
                page = NULL;
                ask(bus, count);
                must(sd_bus_flush(bus), "flush");
                give_page(present);
        }
}

static void receive_signals(sd_bus *bus, uint64_t n_events)
{
        must(sd_bus_match_signal(bus, NULL, NULL, PATH, NAME, "Event", on_signal, NULL), "match");
        must(sd_bus_call_method_async(bus, NULL, NAME, PATH, NAME, "Begin", NULL, NULL, "u",
                             (uint32_t)n_events),
                        "call");
        while (n_given < n_events)
                process(bus);
}

static void await_sender(sd_bus *bus)
{
        while (sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                               "org.freedesktop.DBus", "GetNameOwner", NULL, NULL, "s", NAME) < 0)
                usleep(1000);
}

static void give_all(uint64_t n_events)
{
        while (n_given < n_events)
                give(++n_given, "process", "group", 4711, data, sizeof data);
}

/* All of it. */

static void report(uint64_t n_events, double seconds, double cpu)
{
        printf("%.1f %.2f\n", n_events / seconds, cpu * 1e6 / n_events);
}

static void run_alone(uint64_t n_events)
{
        double begin = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

        give_all(n_events);
        report(n_events, now(CLOCK_MONOTONIC) - begin, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

/* count: of a page; 0 = signals. */
static void run_chain(uint64_t n_events, uint32_t count)
{
        double begin, seconds, cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        char address[1024];
        pid_t bus_pid = start_bus(address, sizeof address), sender = start_sender(address);
        sd_bus *bus = connect_to(address);

        await_sender(bus);
        begin = now(CLOCK_MONOTONIC);
        if (count > 0)
                receive_pages(bus, n_events, count);
        else
                receive_signals(bus, n_events);
        seconds = now(CLOCK_MONOTONIC) - begin;
        cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        kill(sender, SIGTERM);
        cpu += wait_cpu(sender);
        kill(bus_pid, SIGTERM);
        cpu += wait_cpu(bus_pid);
        report(n_given, seconds, cpu);
        sd_bus_unref(bus);
}

int main(int argc, char *argv[])
{
        bool in_pages = argc == 6 && strcmp(argv[1], "pages") == 0;
        bool alone = argc == 5 && strcmp(argv[1], "alone") == 0;
        uint64_t n_events;
        pid_t listener;

        if (!in_pages && !alone && !(argc == 5 && strcmp(argv[1], "signals") == 0))
                error(EXIT_FAILURE, 0, "see the head of bare-chain.c");
        n_events = strtoull(argv[argc - 3], NULL, 10);
        listener = start_listener(argv[argc - 2], argv[argc - 1]);
        await_ready();
        if (alone)
                run_alone(n_events);
        else
                run_chain(n_events, in_pages ? strtoul(argv[2], NULL, 10) : 0);
        close(to_listener);
        (void)wait_cpu(listener);
        return EXIT_SUCCESS;
}
