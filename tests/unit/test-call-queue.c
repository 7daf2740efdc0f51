/* Two ends of a connection in this process: calls go from one to the other, which answers when the
 * test wants it to. */

#include "bus/call-queue.h"

#include <stdbool.h>
#include <sys/socket.h>

#include "bus/cleanup.h"

/* What a bus with 128 has to see. */
#define MAX_UNDER_WAY 120
#define MAX_HANDOUTS  20
#define MAX_LONG      100
#define N_CALLS       300

typedef struct Ends {
        sd_bus *near, *far;
        CallQueue *queue;
        GQueue received; /* sd_bus_message, the calls that the far end has not answered */
        GArray *order;   /* uint32_t, the numbers of all that it has received */
        unsigned n_answers, n_errors;
        uint32_t last_answer;
} Ends;

static sd_bus *new_end(int fd, bool is_server)
{
        sd_id128_t id = SD_ID128_NULL;
        sd_bus *bus;

        id.bytes[0] = 1;
        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        if (is_server)
                g_assert_cmpint(sd_bus_set_server(bus, true, id), >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        return bus;
}

static int on_received(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Ends *ends = userdata;
        uint32_t number;

        if (!sd_bus_message_is_method_call(message, "x.y", "Z"))
                return 0;
        g_assert_cmpint(sd_bus_message_read(message, "u", &number), >, 0);
        g_array_append_val(ends->order, number);
        g_queue_push_tail(&ends->received, sd_bus_message_ref(message));
        return 1;
}

/* Until nothing is left to do at either end. */
static void settle(Ends *ends)
{
        int n, m;

        do {
                n = sd_bus_process(ends->near, NULL);
                m = sd_bus_process(ends->far, NULL);
                g_assert_cmpint(n, >=, 0);
                g_assert_cmpint(m, >=, 0);
        } while (n > 0 || m > 0);
}

static void begin(Ends *ends)
{
        int fds[2];

        *ends = (Ends){ 0 };
        g_queue_init(&ends->received);
        ends->order = g_array_new(false, false, sizeof(uint32_t));
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==,
                        0);
        ends->near = new_end(fds[0], false);
        ends->far = new_end(fds[1], true);
        while (!sd_bus_is_ready(ends->near) || !sd_bus_is_ready(ends->far))
                settle(ends);
        g_assert_cmpint(sd_bus_add_filter(ends->far, NULL, on_received, ends), >=, 0);
        ends->queue = call_queue_new();
        call_queue_set_bus(ends->queue, ends->near);
}

static void unref_message(gpointer message)
{
        sd_bus_message_unref(message);
}

static void end(Ends *ends)
{
        call_queue_free(ends->queue);
        g_queue_clear_full(&ends->received, unref_message);
        g_array_unref(ends->order);
        sd_bus_close_unref(ends->near);
        sd_bus_close_unref(ends->far);
}

static void on_answered(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Ends *ends = userdata;

        g_assert_true(!reply != !error);
        ends->n_answers++;
        if (error)
                ends->n_errors++;
        else
                g_assert_cmpint(sd_bus_message_read(reply, "u", &ends->last_answer), >, 0);
}

static void send_with(
                Ends *ends, uint32_t number, CallKind kind, CallAnswered answered, QueuedCall **ret)
{
        g_autoptr(sd_bus_message) call = NULL;

        g_assert_cmpint(sd_bus_message_new_method_call(ends->near, &call, NULL, "/x", "x.y", "Z"),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_append(call, "u", number), >=, 0);
        g_assert_cmpint(call_queue_send(ends->queue, call, kind, answered, ends, ret), >=, 0);
}

/* The far end answers the oldest. */
static void answer_one(Ends *ends)
{
        g_autoptr(sd_bus_message) call = g_queue_pop_head(&ends->received);
        uint32_t number;

        g_assert_nonnull(call);
        g_assert_cmpint(sd_bus_message_rewind(call, true), >=, 0);
        g_assert_cmpint(sd_bus_message_read(call, "u", &number), >, 0);
        g_assert_cmpint(sd_bus_reply_method_return(call, "u", number), >=, 0);
        settle(ends);
}

static void assert_order(const Ends *ends, unsigned place, uint32_t number)
{
        g_assert_cmpuint(place, <, ends->order->len);
        g_assert_cmpuint(g_array_index(ends->order, uint32_t, place), ==, number);
}

static void test_many(void)
{
        Ends ends;

        begin(&ends);
        for (uint32_t i = 0; i < N_CALLS; i++)
                send_with(&ends, i, CALL_QUICK, on_answered, NULL);
        settle(&ends);
        for (unsigned i = 0; i < N_CALLS; i++) {
                g_assert_cmpuint(ends.received.length, ==, MIN(MAX_UNDER_WAY, N_CALLS - i));
                answer_one(&ends);
                g_assert_cmpuint(ends.n_answers, ==, i + 1);
                g_assert_cmpuint(ends.last_answer, ==, i);
                assert_order(&ends, i, i);
        }
        g_assert_cmpuint(ends.n_errors, ==, 0);
        g_assert_cmpuint(ends.order->len, ==, N_CALLS);
        end(&ends);
}

/* Some of a kind leave room for others. */
static void check_kind(CallKind kind, unsigned max)
{
        Ends ends;

        begin(&ends);
        for (uint32_t i = 0; i < N_CALLS; i++)
                send_with(&ends, i, kind, on_answered, NULL);
        settle(&ends);
        g_assert_cmpuint(ends.received.length, ==, max);
        send_with(&ends, N_CALLS, CALL_QUICK, on_answered, NULL);
        settle(&ends);
        assert_order(&ends, max, N_CALLS);
        while (ends.received.length > 0) {
                g_assert_cmpuint(ends.received.length, <=, max + 1);
                answer_one(&ends);
        }
        g_assert_cmpuint(ends.n_answers, ==, N_CALLS + 1);
        end(&ends);
}

static void test_kinds(void)
{
        check_kind(CALL_LONG, MAX_LONG);
        check_kind(CALL_HANDOUT, MAX_HANDOUTS);
}

static void test_cancel(void)
{
        QueuedCall *calls[N_CALLS];
        Ends ends;

        begin(&ends);
        for (uint32_t i = 0; i < N_CALLS; i++)
                send_with(&ends, i, CALL_QUICK, on_answered, &calls[i]);
        for (unsigned i = 0; i < 2 * MAX_UNDER_WAY; i++)
                calls[i] = queued_call_cancel(calls[i]);
        settle(&ends);
        /* What was sent still counts, and what was not is never sent. */
        g_assert_cmpuint(ends.received.length, ==, MAX_UNDER_WAY);
        answer_one(&ends);
        g_assert_cmpuint(ends.n_answers, ==, 0);
        assert_order(&ends, MAX_UNDER_WAY, 2 * MAX_UNDER_WAY);
        while (ends.received.length > 0)
                answer_one(&ends);
        g_assert_cmpuint(ends.n_answers, ==, N_CALLS - 2 * MAX_UNDER_WAY);
        g_assert_cmpuint(ends.order->len, ==, N_CALLS - MAX_UNDER_WAY);
        g_assert_null(queued_call_cancel(NULL));
        end(&ends);
}

/* Asks the next thing as soon as it has its answer. */
static void on_answered_ask(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Ends *ends = userdata;

        send_with(ends, N_CALLS + ends->n_answers++, CALL_QUICK, on_answered_ask, NULL);
}

static void test_turns(void)
{
        Ends ends;

        begin(&ends);
        for (uint32_t i = 0; i < MAX_UNDER_WAY; i++)
                send_with(&ends, i, CALL_QUICK, on_answered_ask, NULL);
        send_with(&ends, MAX_UNDER_WAY, CALL_QUICK, on_answered, NULL);
        settle(&ends);
        answer_one(&ends);
        assert_order(&ends, MAX_UNDER_WAY, MAX_UNDER_WAY);
        answer_one(&ends);
        assert_order(&ends, MAX_UNDER_WAY + 1, N_CALLS);
        end(&ends);
}

typedef struct Partner {
        Ends *ends;
        QueuedCall *other;
} Partner;

static void on_lost(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Partner *partner = userdata;

        g_assert_nonnull(error);
        partner->ends->n_errors++;
        partner->other = queued_call_cancel(partner->other);
}

static void test_loss(void)
{
        g_autoptr(sd_bus_message) call = NULL;
        QueuedCall *last = NULL;
        Partner partner;
        Ends ends;

        begin(&ends);
        for (uint32_t i = 0; i < N_CALLS; i++)
                send_with(&ends, i, CALL_QUICK, on_answered, &last);
        partner = (Partner){ &ends, NULL };
        g_assert_cmpint(sd_bus_message_new_method_call(ends.near, &call, NULL, "/x", "x.y", "Z"),
                        >=, 0);
        g_assert_cmpint(call_queue_send(ends.queue, call, CALL_QUICK, on_lost, &partner, NULL), >=,
                        0);
        send_with(&ends, 0, CALL_QUICK, on_answered, &partner.other);
        queued_call_cancel(last);
        call_queue_set_bus(ends.queue, NULL);
        /* Neither the last one nor the one that is given up when another is lost. */
        g_assert_cmpuint(ends.n_answers, ==, N_CALLS - 1);
        g_assert_cmpuint(ends.n_errors, ==, N_CALLS);
        g_assert_null(call_queue_bus(ends.queue));
        g_assert_cmpint(call_queue_send(ends.queue, call, CALL_QUICK, on_answered, &ends, NULL), <,
                        0);
        settle(&ends);
        g_assert_cmpuint(ends.n_answers, ==, N_CALLS - 1);
        end(&ends);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/call-queue/many", test_many);
        g_test_add_func("/call-queue/kinds", test_kinds);
        g_test_add_func("/call-queue/cancel", test_cancel);
        g_test_add_func("/call-queue/turns", test_turns);
        g_test_add_func("/call-queue/loss", test_loss);
        return g_test_run();
}
