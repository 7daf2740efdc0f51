/* Places that are full, away, shared: what they were given comes out whole, in order, once; or is
 * counted. */

#include "daemon/output/outlet.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/output-fixture.h"

/* A FIFO that can be read, and its outlet. */
typedef struct Fifo {
        OutputFixture *fixture;
        Outlet *outlet;
        int reader;
        GString *got;
} Fifo;

static Outlet *open_file(const OutputFixture *fixture, const char *name)
{
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        const LogFilePlan plan = { .path = path };

        return outlet_of_file(fixture->outlets, &plan);
}

static Fifo *fifo_new(void)
{
        Fifo *fifo = g_new0(Fifo, 1);
        g_autofree char *path = NULL;

        fifo->fixture = output_fixture_new();
        path = g_build_filename(fifo->fixture->folder, "fifo", NULL);
        g_assert_cmpint(mkfifo(path, 0600), ==, 0);
        fifo->reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        fifo->outlet = open_file(fifo->fixture, "fifo");
        fifo->got = g_string_new(NULL);
        return fifo;
}

static void fifo_free(Fifo *fifo)
{
        outlet_unref(fifo->outlet);
        output_fixture_free(fifo->fixture);
        close(fifo->reader);
        g_string_free(fifo->got, true);
        g_free(fifo);
}

/* Reads until there is nothing more, with the loop running in between. */
static void fifo_empty(Fifo *fifo)
{
        char block[4096];
        ssize_t n;

        do {
                output_fixture_run(fifo->fixture);
                n = read(fifo->reader, block, sizeof block);
                if (n > 0)
                        g_string_append_len(fifo->got, block, n);
        } while (n > 0);
}

static void count_call(void *userdata)
{
        unsigned *calls = userdata;

        (*calls)++;
}

static void test_full(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *block = g_strnfill(50000, 'a');
        unsigned calls = 0;

        outlet_watch(fifo->outlet, count_call, &calls);
        outlet_write(fifo->outlet, block, 50000, fifo->fixture->loss);
        g_assert_false(outlet_is_full(fifo->outlet));
        outlet_write(fifo->outlet, block, 50000, fifo->fixture->loss);
        g_assert_true(outlet_is_full(fifo->outlet));
        outlet_write(fifo->outlet, "end", 3, fifo->fixture->loss);
        output_fixture_run(fifo->fixture);
        g_assert_cmpuint(calls, ==, 0);
        fifo_empty(fifo);
        g_assert_cmpuint(calls, ==, 1);
        g_assert_false(outlet_is_full(fifo->outlet));
        g_assert_cmpuint(fifo->got->len, ==, 100003);
        g_assert_cmpstr(fifo->got->str + 100000, ==, "end");
        g_assert_cmpuint(fifo->fixture->loss->bytes, ==, 0);
        outlet_unwatch(fifo->outlet, count_call, &calls);
        fifo_free(fifo);
}

/* Two writers with records of different sizes, into a pipe that is read slowly. */
static void test_records_stay_whole(void)
{
        Fifo *fifo = fifo_new();
        Outlet *other = open_file(fifo->fixture, "fifo");
        g_autofree char *a = g_strnfill(3000, 'a'), *b = g_strnfill(9000, 'b');
        g_auto(GStrv) lines = NULL;
        unsigned n_a = 0, n_b = 0;

        g_assert_true(other == fifo->outlet);
        a[2999] = b[8999] = '\n';
        for (int i = 0; i < 20; i++) {
                outlet_write(fifo->outlet, a, 3000, fifo->fixture->loss);
                outlet_write(other, b, 9000, fifo->fixture->loss);
        }
        fifo_empty(fifo);
        lines = g_strsplit(fifo->got->str, "\n", -1);
        for (char **line = lines; **line; line++) {
                n_a += strlen(*line) == 2999 && strspn(*line, "a") == 2999;
                n_b += strlen(*line) == 8999 && strspn(*line, "b") == 8999;
        }
        g_assert_cmpuint(n_a, ==, 20);
        g_assert_cmpuint(n_b, ==, 20);
        outlet_unref(other);
        fifo_free(fifo);
}

/* Somebody else's line gets in between lines, never into one that a pipe takes in one piece. */
static void test_foreign_writer(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *path = g_build_filename(fifo->fixture->folder, "fifo", NULL);
        GString *lines = g_string_new(NULL);
        int foreign = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        g_auto(GStrv) got = NULL;

        for (int i = 0; i < 1000; i++)
                g_string_append_printf(lines, "%0100d\n", i);
        outlet_write(fifo->outlet, lines->str, lines->len, fifo->fixture->loss);
        g_assert_true(outlet_is_full(fifo->outlet));
        while (outlet_is_full(fifo->outlet)) {
                char block[8192];
                ssize_t n = read(fifo->reader, block, sizeof block);

                g_string_append_len(fifo->got, block, n);
                (void)!write(foreign, "foreign\n", 8);
                output_fixture_run(fifo->fixture);
        }
        fifo_empty(fifo);
        got = g_strsplit(fifo->got->str, "\n", -1);
        for (char **line = got; **line; line++)
                g_assert_true(strlen(*line) == 100 || strcmp(*line, "foreign") == 0);
        close(foreign);
        g_string_free(lines, true);
        fifo_free(fifo);
}

/* What is kept is delivered though nobody uses the outlet any more. */
static void test_outlives_its_users(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *block = g_strnfill(100000, 'a');

        outlet_write(fifo->outlet, block, 100000, fifo->fixture->loss);
        fifo->outlet = outlet_unref(fifo->outlet);
        fifo_empty(fifo);
        g_assert_cmpuint(fifo->got->len, ==, 100000);
        /* And then it is closed. */
        g_assert_cmpint(read(fifo->reader, block, 1), ==, 0);
        fifo_free(fifo);
}

static void *read_all(void *userdata)
{
        Fifo *fifo = userdata;
        char block[4096];
        ssize_t n;

        while ((n = read(fifo->reader, block, sizeof block)) > 0)
                g_string_append_len(fifo->got, block, n);
        return NULL;
}

/* The daemon ends while somebody reads slowly: it waits for him. */
static void test_end(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *block = g_strnfill(100000, 'a');
        GThread *reader;

        outlet_write(fifo->outlet, block, 100000, fifo->fixture->loss);
        fifo->outlet = outlet_unref(fifo->outlet);
        g_assert_cmpint(fcntl(fifo->reader, F_SETFL, 0), ==, 0);
        reader = g_thread_new("reader", read_all, fifo);
        fifo->fixture->outlets = outlets_free(fifo->fixture->outlets);
        g_thread_join(reader);
        g_assert_cmpuint(fifo->got->len, ==, 100000);
        fifo_free(fifo);
}

static void test_bound(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *block = g_strnfill(1024 * 1024, 'a');
        size_t written = 0;

        for (int i = 0; i < 8; i++, written += 1024 * 1024)
                outlet_write(fifo->outlet, block, 1024 * 1024, fifo->fixture->loss);
        g_assert_cmpuint(fifo->fixture->loss->bytes, >, 0);
        fifo_empty(fifo);
        g_assert_cmpuint(fifo->got->len + fifo->fixture->loss->bytes, ==, written);
        outlet_write(fifo->outlet, "again", 5, fifo->fixture->loss);
        fifo_empty(fifo);
        g_assert_true(g_str_has_suffix(fifo->got->str, "again"));
        fifo_free(fifo);
}

/* The reader goes: what was kept is lost and counted, and so is what follows. */
static void test_broken(void)
{
        Fifo *fifo = fifo_new();
        g_autofree char *block = g_strnfill(100000, 'a');

        outlet_write(fifo->outlet, block, 100000, fifo->fixture->loss);
        close(fifo->reader);
        output_fixture_run(fifo->fixture);
        g_assert_false(outlet_is_full(fifo->outlet));
        g_assert_cmpuint(fifo->fixture->loss->bytes, ==, 100000 - 65536);
        outlet_write(fifo->outlet, "more", 4, fifo->fixture->loss);
        g_assert_cmpuint(fifo->fixture->loss->bytes, ==, 100000 - 65536 + 4);
        fifo->reader = -1;
        fifo_free(fifo);
}

static void test_full_disk(void)
{
        OutputFixture *fixture = output_fixture_new();
        const LogFilePlan plan = { .path = "/dev/full" };
        Outlet *outlet = outlet_of_file(fixture->outlets, &plan);

        for (unsigned i = 1; i <= 3; i++) {
                outlet_write(outlet, "x", 1, fixture->loss);
                g_assert_cmpuint(fixture->loss->bytes, ==, i);
                g_assert_false(outlet_is_full(outlet));
        }
        outlet_unref(outlet);
        output_fixture_free(fixture);
}

/* Only what did not get in is lost. A limit of the file's size stands for the disk. */
static void test_disk_becomes_full(void)
{
        OutputFixture *fixture = output_fixture_new();
        Outlet *outlet = open_file(fixture, "log");
        struct rlimit limit, small;

        signal(SIGXFSZ, SIG_IGN);
        g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
        small = limit;
        small.rlim_cur = 7;
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
        outlet_write(outlet, "0123456789", 10, fixture->loss);
        g_assert_cmpuint(fixture->loss->bytes, ==, 3);
        outlet_write(outlet, "0123456789", 10, fixture->loss);
        g_assert_cmpuint(fixture->loss->bytes, ==, 13);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
        outlet_unref(outlet);
        output_fixture_free(fixture);
}

/* A service that does not read is waited for; then everything comes, in order. */
static void test_slow_service(void)
{
        OutputFixture *fixture = output_fixture_new();
        int service = output_fixture_service(fixture, "syslog");
        Outlet *outlet = outlet_of_syslog(fixture->outlets);
        unsigned sent = 0, calls = 0;
        char text[16];

        outlet_watch(outlet, count_call, &calls);
        while (!outlet_is_full(outlet))
                outlet_write(outlet, text, g_snprintf(text, sizeof text, "%u", sent++),
                                fixture->loss);
        outlet_write(outlet, text, g_snprintf(text, sizeof text, "%u", sent++), fixture->loss);
        for (unsigned got = 0; got < sent; got++) {
                g_autofree char *message = output_fixture_receive(service);

                g_assert_nonnull(message);
                g_snprintf(text, sizeof text, "%u", got);
                g_assert_cmpstr(message, ==, text);
                output_fixture_run(fixture);
        }
        g_assert_cmpuint(calls, ==, 1);
        g_assert_cmpuint(fixture->loss->bytes, ==, 0);
        outlet_unwatch(outlet, count_call, &calls);
        outlet_unref(outlet);
        close(service);
        output_fixture_free(fixture);
}

/* A service that ends while it is waited for takes with it only what it had got. */
static void test_new_service(void)
{
        OutputFixture *fixture = output_fixture_new();
        int service = output_fixture_service(fixture, "journal");
        Outlet *outlet = outlet_of_journal(fixture->outlets);
        g_autofree char *message = NULL;

        while (!outlet_is_full(outlet))
                outlet_write(outlet, "A=1\n", 4, fixture->loss);
        close(service);
        service = output_fixture_service(fixture, "journal");
        output_fixture_run(fixture);
        g_assert_false(outlet_is_full(outlet));
        g_assert_cmpuint(fixture->loss->bytes, ==, 0);
        message = output_fixture_receive(service);
        g_assert_cmpstr(message, ==, "A=1\n");
        outlet_unref(outlet);
        close(service);
        output_fixture_free(fixture);
}

int main(int argc, char **argv)
{
        signal(SIGPIPE, SIG_IGN);
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/outlet/full", test_full);
        g_test_add_func("/outlet/records-stay-whole", test_records_stay_whole);
        g_test_add_func("/outlet/foreign-writer", test_foreign_writer);
        g_test_add_func("/outlet/outlives-its-users", test_outlives_its_users);
        g_test_add_func("/outlet/end", test_end);
        g_test_add_func("/outlet/bound", test_bound);
        g_test_add_func("/outlet/broken", test_broken);
        g_test_add_func("/outlet/full-disk", test_full_disk);
        g_test_add_func("/outlet/disk-becomes-full", test_disk_becomes_full);
        g_test_add_func("/outlet/slow-service", test_slow_service);
        g_test_add_func("/outlet/new-service", test_new_service);
        return g_test_run();
}
