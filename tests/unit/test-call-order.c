/* The other end of the connection stands for a bus with all who are on it: it says itself who has
 * sent what. Everything is written before the loop runs, as far as it fits. */

#include "daemon/face/call-order.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tests/unit/bus-fixture.h"

typedef struct Stage {
        sd_event *event;
        sd_bus *daemon, *others;
        sd_bus_slot *object;
        CallOrder *order;
        GString *handled; /* a letter for each call: the last of its sender's name */
        unsigned n_answers, n_refused;
        unsigned n_brought; /* descriptors by each call */
        GArray *opened;     /* int: descriptors by what is handled */
        unsigned max_opened;
} Stage;

#define OPENED_EACH 100

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(call);
        Stage *stage = userdata;

        g_string_append_c(stage->handled, sender[strlen(sender) - 1]);
        for (unsigned i = 0; i < OPENED_EACH && stage->opened->len < stage->max_opened; i++) {
                int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

                g_assert_cmpint(fd, >=, 0);
                g_array_append_val(stage->opened, fd);
        }
        return sd_bus_reply_method_return(call, NULL);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        Stage *stage = userdata;

        stage->n_answers++;
        if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_LIMITS_EXCEEDED))
                stage->n_refused++;
        return 0;
}

static void call(Stage *stage, const char *sender)
{
        g_autoptr(sd_bus_message) message = NULL;

        g_assert_cmpint(sd_bus_message_new_method_call(
                                        stage->others, &message, NULL, "/x", "x.y", "Do"),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_set_sender(message, sender), >=, 0);
        for (unsigned i = 0; i < stage->n_brought; i++)
                g_assert_cmpint(sd_bus_message_append(message, "h", STDERR_FILENO), >=, 0);
        g_assert_cmpint(sd_bus_call_async(
                                        stage->others, NULL, message, on_answer, stage, UINT64_MAX),
                        >=, 0);
}

static void run_until(const Stage *stage, unsigned n_answers)
{
        while (stage->n_answers < n_answers)
                g_assert_cmpint(sd_event_run(stage->event, UINT64_MAX), >=, 0);
}

static void set_up(Stage *stage, const void *unused)
{
        int ends[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                        ==, 0);
        g_assert_cmpint(sd_event_new(&stage->event), >=, 0);
        stage->handled = g_string_new(NULL);
        stage->opened = g_array_new(false, false, sizeof(int));
        stage->daemon = bus_fixture_start_end(stage->event, ends[0], true);
        stage->others = bus_fixture_start_end(stage->event, ends[1], false);
        g_assert_cmpint(sd_bus_add_object(stage->daemon, &stage->object, "/x", on_call, stage), >=,
                        0);
        g_assert_cmpint(call_order_new(stage->daemon, &stage->order), >=, 0);
        call(stage, ":1.0");
        run_until(stage, 1);
        g_string_truncate(stage->handled, 0);
        stage->n_answers = 0;
}

static void tear_down(Stage *stage, const void *unused)
{
        call_order_free(stage->order);
        sd_bus_slot_unref(stage->object);
        sd_bus_close(stage->daemon);
        sd_bus_close(stage->others);
        sd_bus_unref(stage->daemon);
        sd_bus_unref(stage->others);
        sd_event_unref(stage->event);
        g_string_free(stage->handled, true);
        for (unsigned i = 0; i < stage->opened->len; i++)
                fd_close(g_array_index(stage->opened, int, i));
        g_array_unref(stage->opened);
}

static void test_one(Stage *stage, const void *unused)
{
        for (unsigned i = 0; i < 50; i++)
                call(stage, ":1.1");
        run_until(stage, 50);
        g_assert_cmpuint(stage->handled->len, ==, 50);
        g_assert_cmpuint(stage->n_refused, ==, 0);
}

static void test_behind_many(Stage *stage, const void *unused)
{
        for (unsigned i = 0; i < 50; i++)
                call(stage, ":1.1");
        call(stage, ":1.2");
        run_until(stage, 51);
        g_assert_cmpuint(stage->handled->len, ==, 51);
        g_assert_nonnull(strchr(stage->handled->str, '2'));
        g_assert_cmpint(strchr(stage->handled->str, '2') - stage->handled->str, <=, 2);
}

/* Those that fit are handled, and so is who calls later. */
static void test_too_many(Stage *stage, const void *unused)
{
        for (unsigned i = 0; i < 10000; i++)
                call(stage, ":1.1");
        call(stage, ":1.2");
        run_until(stage, 10001);
        g_assert_cmpuint(stage->n_refused, >, 0);
        g_assert_cmpuint(stage->handled->len, ==, 10001 - stage->n_refused);
        g_assert_nonnull(strchr(stage->handled->str, '2'));
}

/* As when programs are started while calls wait. */
static void test_others_open(Stage *stage, const void *unused)
{
        stage->max_opened = 400;
        for (unsigned i = 0; i < 500; i++)
                call(stage, ":1.1");
        run_until(stage, 10);
        g_assert_cmpuint(stage->opened->len, ==, 400);
        for (unsigned i = 0; i < 100; i++)
                call(stage, ":1.1");
        run_until(stage, 600);
        g_assert_cmpuint(stage->n_refused, ==, 0);
        g_assert_cmpuint(stage->handled->len, ==, 600);
}

/* More of them come than may wait, and none stays. */
static void test_descriptors(Stage *stage, const void *unused)
{
        autofd before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0), after = -1;
        int free_descriptor = before;

        before = fd_close(before);
        stage->n_brought = 16;
        for (unsigned i = 0; i < 40; i++)
                call(stage, ":1.1");
        run_until(stage, 40);
        g_assert_cmpuint(stage->n_refused, >, 0);
        g_assert_cmpuint(stage->handled->len, ==, 40 - stage->n_refused);
        g_assert_cmpuint(stage->handled->len, >=, 16);
        after = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
        g_assert_cmpint(after, ==, free_descriptor);
        stage->n_brought = stage->n_refused = stage->n_answers = 0;
        for (unsigned i = 0; i < 200; i++)
                call(stage, ":1.1");
        run_until(stage, 200);
        g_assert_cmpuint(stage->n_refused, ==, 0);
}

static int free_order(sd_event_source *source, void *userdata)
{
        Stage *stage = userdata;

        stage->order = call_order_free(stage->order);
        return sd_event_exit(stage->event, 0);
}

static void test_end(Stage *stage, const void *unused)
{
        for (unsigned i = 0; i < 50; i++)
                call(stage, ":1.1");
        while (stage->handled->len == 0)
                g_assert_cmpint(sd_event_run(stage->event, UINT64_MAX), >=, 0);
        g_assert_cmpint(sd_event_add_defer(stage->event, NULL, free_order, stage), >=, 0);
        g_assert_cmpint(sd_event_loop(stage->event), >=, 0);
        g_assert_cmpuint(stage->handled->len, <, 50);
}

static void add(const char *name, void (*test)(Stage *, const void *))
{
        g_test_add(name, Stage, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        add("/call-order/all calls of one caller", test_one);
        add("/call-order/one call behind many", test_behind_many);
        add("/call-order/more than can wait", test_too_many);
        add("/call-order/descriptors of others", test_others_open);
        add("/call-order/more descriptors than can wait", test_descriptors);
        add("/call-order/freed while calls wait", test_end);
        return g_test_run();
}
