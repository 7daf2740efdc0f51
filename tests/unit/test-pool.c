/* Members are plain structs that write down what they are given. */

#include "listener-host/pool.h"

#include <errno.h>
#include <string.h>

#define MAX_ATTEMPTS 10

typedef struct FakeMember {
        bool is_ready;
        bool is_broken;
        char *got; /* the last message */
} FakeMember;

static bool fake_is_ready(void *userdata)
{
        FakeMember *member = userdata;

        return member->is_ready;
}

static int fake_give(void *userdata, const char *message, size_t size)
{
        FakeMember *member = userdata;

        member->is_ready = false;
        if (member->is_broken)
                return -EPIPE;
        g_free(member->got);
        member->got = g_strndup(message, size);
        return 0;
}

static const PoolMember methods = { fake_is_ready, fake_give };

typedef struct Fixture {
        Pool *pool;
        FakeMember members[3];
        QueueItem *given_up;      /* the last one */
        char *reason;             /* of that */
        uint64_t accepted_letter; /* likewise; 0 = none */
} Fixture;

static void on_given_up(QueueItem *item, const char *process, const char *reason, void *userdata)
{
        Fixture *fixture = userdata;

        fixture->given_up = item;
        g_free(fixture->reason);
        fixture->reason = g_strdup_printf("%s: %s", process, reason);
}

static void on_letter_accepted(uint64_t serial, void *userdata)
{
        Fixture *fixture = userdata;

        fixture->accepted_letter = serial;
}

static const PoolObserver observer = { on_given_up, on_letter_accepted };

static const char *const names[] = { "a", "b", "c" };

static void set_up(Fixture *fixture, gconstpointer unused)
{
        fixture->pool = pool_new(
                        "web1", "mail", queue_new(10, NULL, 0, 0), &methods, &observer, fixture);
        for (unsigned i = 0; i < 3; i++) {
                fixture->members[i].is_ready = true;
                pool_join(fixture->pool, names[i], &fixture->members[i]);
        }
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        pool_free(fixture->pool);
        g_free(fixture->reason);
        for (unsigned i = 0; i < 3; i++)
                g_free(fixture->members[i].got);
}

static bool push_type(Fixture *fixture, EventType type, uint64_t serial)
{
        g_autoptr(Event) event = event_new(type);

        event->serial = serial;
        return pool_push(fixture->pool, event);
}

static bool push(Fixture *fixture, uint64_t serial)
{
        return push_type(fixture, EVENT_SUPERVISOR_STATE_CHANGE_RUNNING, serial);
}

/* Which serial the member got last; 0 = none. */
static uint64_t serial_of(const FakeMember *member)
{
        const char *found = member->got ? strstr(member->got, " serial:") : NULL;

        return found ? g_ascii_strtoull(found + strlen(" serial:"), NULL, 10) : 0;
}

static void conclude(Fixture *fixture, unsigned i, PoolOutcome outcome, uint64_t now)
{
        pool_conclude(fixture->pool, names[i], outcome, "a test", now);
        fixture->members[i].is_ready = true;
}

static void test_message(Fixture *fixture, gconstpointer unused)
{
        push_type(fixture, EVENT_TICK_5, 42);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpstr(fixture->members[0].got, ==,
                        "ver:3.0 server:web1 serial:42 pool:mail poolserial:0 eventname:TICK_5 "
                        "len:6\nwhen:0");
}

static void test_style(Fixture *fixture, gconstpointer unused)
{
        static const PayloadStyle with_extras = { .extras = true };

        pool_set_style(fixture->pool, &with_extras);
        push_type(fixture, EVENT_TICK_5, 42);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpstr(fixture->members[0].got, ==,
                        "ver:3.0 server:web1 serial:42 pool:mail poolserial:0 eventname:TICK_5 "
                        "len:6 realtime:0 monotonic:0\nwhen:0");
}

/* Also when the same one is always free again, and with calls in between that hand out nothing. */
static void test_in_turn(Fixture *fixture, gconstpointer unused)
{
        for (uint64_t serial = 1; serial <= 7; serial++) {
                unsigned expected = (serial - 1) % 3;

                pool_hand_out(fixture->pool, 0);
                push(fixture, serial);
                pool_hand_out(fixture->pool, 0);
                g_assert_cmpuint(serial_of(&fixture->members[expected]), ==, serial);
                conclude(fixture, expected, POOL_ACCEPTED, 0);
        }
}

static void test_only_ready_members(Fixture *fixture, gconstpointer unused)
{
        fixture->members[0].is_ready = false;
        fixture->members[2].is_ready = false;
        push(fixture, 1);
        push(fixture, 2);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 1);
        fixture->members[1].is_ready = true;
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 1);
        pool_conclude(fixture->pool, "b", POOL_ACCEPTED, NULL, 0);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 2);
        g_assert_null(fixture->members[0].got);
        g_assert_null(fixture->members[2].got);
}

static void test_broken_member(Fixture *fixture, gconstpointer unused)
{
        fixture->members[0].is_broken = true;
        fixture->members[1].is_broken = true;
        push(fixture, 1);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[2]), ==, 1);
        pool_leave(fixture->pool, "a");
        fixture->members[2].is_broken = true;
        conclude(fixture, 2, POOL_NOT_DELIVERED, 0);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(queue_room(pool_queue(fixture->pool)), ==, 9);
}

static void test_refused_until_given_up(Fixture *fixture, gconstpointer unused)
{
        uint64_t now = 0;

        queue_set_max_attempts(pool_queue(fixture->pool), MAX_ATTEMPTS);
        pool_leave(fixture->pool, "b");
        pool_leave(fixture->pool, "c");
        push(fixture, 1);
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
                g_assert_cmpuint(pool_counts(fixture->pool)->given_up, ==, 0);
                pool_hand_out(fixture->pool, now);
                g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 1);
                g_assert_nonnull(strstr(fixture->members[0].got, " poolserial:0 "));
                g_clear_pointer(&fixture->members[0].got, g_free);
                conclude(fixture, 0, POOL_REFUSED, now);
                if (queue_next_due(pool_queue(fixture->pool)) != QUEUE_NEVER)
                        now = queue_next_due(pool_queue(fixture->pool));
        }
        g_assert_cmpuint(pool_counts(fixture->pool)->given_up, ==, 1);
        g_assert_cmpuint(fixture->given_up->event->serial, ==, 1);
        g_assert_cmpuint(pool_item_attempts(fixture->given_up), ==, MAX_ATTEMPTS);
        g_assert_cmpstr(fixture->reason, ==, "a: a test");
        queue_finish(pool_queue(fixture->pool), fixture->given_up);
        g_assert_cmpuint(queue_room(pool_queue(fixture->pool)), ==, 10);
        push(fixture, 2);
        pool_hand_out(fixture->pool, now);
        g_assert_nonnull(strstr(fixture->members[0].got, " serial:2 pool:mail poolserial:1 "));
}

static void test_letter(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(Event) event = event_new(EVENT_TICK_5);

        event->serial = 5;
        queue_push_letter(pool_queue(fixture->pool), event, 3, 10);
        pool_hand_out(fixture->pool, 0);
        g_assert_nonnull(strstr(fixture->members[0].got, " serial:5 pool:mail poolserial:3 "));
        pool_conclude(fixture->pool, "a", POOL_ACCEPTED, NULL, 0);
        g_assert_cmpuint(fixture->accepted_letter, ==, 5);
        push(fixture, 6);
        pool_hand_out(fixture->pool, 0);
        pool_conclude(fixture->pool, "b", POOL_ACCEPTED, NULL, 0);
        g_assert_cmpuint(fixture->accepted_letter, ==, 5);
}

/* Its attempts are counted on. */
static void test_letter_given_up_again(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(Event) event = event_new(EVENT_TICK_5);
        uint64_t now = 0;

        queue_set_max_attempts(pool_queue(fixture->pool), MAX_ATTEMPTS);
        pool_leave(fixture->pool, "b");
        pool_leave(fixture->pool, "c");
        event->serial = 5;
        queue_push_letter(pool_queue(fixture->pool), event, 3, 10);
        while (!fixture->given_up) {
                pool_hand_out(fixture->pool, now);
                conclude(fixture, 0, POOL_REFUSED, now);
                if (queue_next_due(pool_queue(fixture->pool)) != QUEUE_NEVER)
                        now = queue_next_due(pool_queue(fixture->pool));
        }
        g_assert_cmpuint(pool_item_attempts(fixture->given_up), ==, 10 + MAX_ATTEMPTS);
        g_assert_cmpuint(fixture->accepted_letter, ==, 0);
}

/* Time passes; the serial is in the hands of "a". */
static void give_and_wait(Fixture *fixture, uint64_t timeout)
{
        pool_set_event_timeout(fixture->pool, timeout);
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, QUEUE_NEVER);
        push(fixture, 1);
        pool_hand_out(fixture->pool, 1000);
        g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 1);
        g_assert_null(pool_take_overdue(fixture->pool, 1000 + timeout - 1));
}

static void test_overdue(Fixture *fixture, gconstpointer unused)
{
        give_and_wait(fixture, 50);
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, 1050);
        g_assert_cmpstr(pool_take_overdue(fixture->pool, 1050), ==, "a");
        g_assert_null(pool_take_overdue(fixture->pool, 1050));
        g_assert_cmpuint(pool_next_due(fixture->pool), >, 1050);
        /* The event comes again when the member has ended, and at once. */
        conclude(fixture, 0, POOL_REFUSED, 1060);
        pool_leave(fixture->pool, "a");
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, QUEUE_NEVER);
        pool_hand_out(fixture->pool, 1060);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 1);
        g_assert_cmpuint(pool_counts(fixture->pool)->retried, ==, 1);
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, 1110);
}

static void test_answer_in_time(Fixture *fixture, gconstpointer unused)
{
        give_and_wait(fixture, 50);
        conclude(fixture, 0, POOL_ACCEPTED, 1049);
        g_assert_null(pool_take_overdue(fixture->pool, 2000));
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, QUEUE_NEVER);
}

/* It counts, but whoever gave it gets nothing more: its restart was asked for. */
static void test_answer_too_late(Fixture *fixture, gconstpointer unused)
{
        give_and_wait(fixture, 50);
        pool_take_overdue(fixture->pool, 1050);
        conclude(fixture, 0, POOL_ACCEPTED, 1051);
        g_assert_cmpuint(pool_counts(fixture->pool)->delivered, ==, 1);
        for (uint64_t serial = 2; serial <= 4; serial++)
                push(fixture, serial);
        pool_hand_out(fixture->pool, 1052);
        g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 1);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 2);
        g_assert_cmpuint(serial_of(&fixture->members[2]), ==, 3);
        /* Unless nothing came of that. */
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, 1052 + 50);
        pool_set_event_timeout(fixture->pool, 0);
        g_assert_null(pool_take_overdue(fixture->pool, pool_next_due(fixture->pool)));
        pool_hand_out(fixture->pool, pool_next_due(fixture->pool));
        g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 4);
}

/* The call may have been lost with the bus. */
static void test_overdue_for_long(Fixture *fixture, gconstpointer unused)
{
        uint64_t again;

        give_and_wait(fixture, 50);
        pool_take_overdue(fixture->pool, 1050);
        again = pool_next_due(fixture->pool);
        g_assert_null(pool_take_overdue(fixture->pool, again - 1));
        g_assert_cmpstr(pool_take_overdue(fixture->pool, again), ==, "a");
        pool_set_event_timeout(fixture->pool, 0);
        g_assert_null(pool_take_overdue(fixture->pool, 2 * again));
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, QUEUE_NEVER);
}

/* Of a retry that is due too, the earlier counts. */
static void test_next_due(Fixture *fixture, gconstpointer unused)
{
        uint64_t retry;

        give_and_wait(fixture, 50);
        conclude(fixture, 0, POOL_REFUSED, 1000);
        pool_hand_out(fixture->pool, 1000);
        conclude(fixture, 1, POOL_REFUSED, 1000);
        retry = pool_next_due(fixture->pool);
        g_assert_cmpuint(retry, ==, queue_next_due(pool_queue(fixture->pool)));
        push(fixture, 2);
        pool_hand_out(fixture->pool, 1000);
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, 1050);
        pool_set_event_timeout(fixture->pool, 2 * retry);
        g_assert_cmpuint(pool_next_due(fixture->pool), ==, retry);
}

/* The newest stay; each one that goes is counted. */
static void test_discard(Fixture *fixture, gconstpointer unused)
{
        queue_set_max(pool_queue(fixture->pool), 2);
        queue_set_overflow(pool_queue(fixture->pool), POOL_OVERFLOW_DISCARD);
        for (unsigned i = 0; i < 3; i++)
                fixture->members[i].is_ready = i == 0;
        push(fixture, 1);
        pool_hand_out(fixture->pool, 0);
        for (uint64_t serial = 2; serial <= 5; serial++)
                g_assert_true(push(fixture, serial));
        g_assert_cmpuint(pool_counts(fixture->pool)->discarded, ==, 2);
        conclude(fixture, 0, POOL_REFUSED, 0);
        g_assert_cmpuint(pool_counts(fixture->pool)->discarded, ==, 3);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 1);
        conclude(fixture, 0, POOL_ACCEPTED, 0);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[0]), ==, 5);
}

static void test_member_comes_back_to_its_seat(Fixture *fixture, gconstpointer unused)
{
        pool_leave(fixture->pool, "b");
        pool_join(fixture->pool, "b", &fixture->members[1]);
        push(fixture, 1);
        push(fixture, 2);
        pool_hand_out(fixture->pool, 0);
        g_assert_cmpuint(serial_of(&fixture->members[1]), ==, 2);
}

#define ADD(path, function) g_test_add("/pool/" path, Fixture, NULL, set_up, function, tear_down)

/* A seat counts for one member at a time, the pool for all. */
static void test_counts(Fixture *fixture, gconstpointer unused)
{
        PoolSeat seat;

        push(fixture, 5);
        push(fixture, 6);
        pool_hand_out(fixture->pool, 1000);
        g_assert_true(pool_seat_at(fixture->pool, 0, &seat));
        g_assert_cmpstr(seat.process, ==, "a");
        g_assert_true(seat.member == &fixture->members[0]);
        g_assert_cmpuint(seat.in_hand, ==, 5);
        g_assert_cmpuint(seat.given_usec, ==, 1000);
        pool_conclude(fixture->pool, "a", POOL_ACCEPTED, NULL, 2000);
        pool_conclude(fixture->pool, "b", POOL_REFUSED, "a test", 2000);
        pool_note_violation(fixture->pool);
        g_assert_true(pool_seat_at(fixture->pool, 0, &seat));
        g_assert_cmpuint(seat.n_delivered, ==, 1);
        g_assert_cmpuint(seat.in_hand, ==, 0);
        g_assert_cmpuint(seat.given_usec, ==, 0);
        pool_leave(fixture->pool, "a");
        g_assert_true(pool_seat_at(fixture->pool, 0, &seat));
        g_assert_null(seat.member);
        pool_join(fixture->pool, "a", &fixture->members[0]);
        g_assert_true(pool_seat_at(fixture->pool, 0, &seat));
        g_assert_cmpuint(seat.n_delivered, ==, 0);
        g_assert_false(pool_seat_at(fixture->pool, 3, &seat));
        g_assert_cmpuint(pool_counts(fixture->pool)->delivered, ==, 1);
        g_assert_cmpuint(pool_counts(fixture->pool)->retried, ==, 1);
        g_assert_cmpuint(pool_counts(fixture->pool)->violations, ==, 1);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("counts", test_counts);
        ADD("message", test_message);
        ADD("style", test_style);
        ADD("in-turn", test_in_turn);
        ADD("only-ready-members", test_only_ready_members);
        ADD("broken-member", test_broken_member);
        ADD("refused-until-given-up", test_refused_until_given_up);
        ADD("letter", test_letter);
        ADD("letter-given-up-again", test_letter_given_up_again);
        ADD("discard", test_discard);
        ADD("overdue", test_overdue);
        ADD("answer-in-time", test_answer_in_time);
        ADD("answer-too-late", test_answer_too_late);
        ADD("overdue-for-long", test_overdue_for_long);
        ADD("next-due", test_next_due);
        ADD("member-comes-back-to-its-seat", test_member_comes_back_to_its_seat);
        return g_test_run();
}
