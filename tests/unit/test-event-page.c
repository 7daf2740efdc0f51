/* Pages go through a sealed message of a connection whose other end nobody serves. Broken ones are
 * made column by column. */

#include "bus/event-page.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "tests/unit/event-fixture.h"
#include "tests/unit/message-fixture.h"

#define N_NUMBERS 12

/* What there is after the page has been sent. */
static GPtrArray *pass(const EventPage *page)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = new_message(bus);
        GPtrArray *events = NULL;

        g_assert_cmpint(event_page_append(page, message), >=, 0);
        seal_message(message);
        g_assert_true(sd_bus_message_has_signature(message, EVENT_PAGE));
        g_assert_cmpint(event_page_read(message, &events), ==, 0);
        return events;
}

static void test_empty(void)
{
        g_autoptr(EventPage) page = event_page_new();
        g_autoptr(GPtrArray) events = pass(page);

        g_assert_cmpuint(event_page_n_events(page), ==, 0);
        g_assert_cmpuint(events->len, ==, 0);
}

/* All types twice, so that the second of each finds its names there. */
static void test_all_types(void)
{
        g_autoptr(EventPage) page = event_page_new();
        g_autoptr(GPtrArray) events = NULL;
        unsigned n = 0;

        for (int i = 0; i < 2 * _EVENT_TYPE_MAX; i++)
                if (!event_type_is_abstract(i / 2)) {
                        g_autoptr(Event) event = event_example(i / 2);

                        event_page_add(page, event);
                }
        events = pass(page);
        g_assert_cmpuint(events->len, ==, event_page_n_events(page));
        for (int i = 0; i < 2 * _EVENT_TYPE_MAX; i++)
                if (!event_type_is_abstract(i / 2)) {
                        g_autoptr(Event) event = event_example(i / 2);

                        event_assert_same(event, events->pdata[n++]);
                }
        g_assert_cmpuint(n, ==, events->len);
}

/* Data of any length, none included, stays with its event. */
static void test_data(void)
{
        static const size_t sizes[] = { 3, 0, 1, 70000, 0, 5 };
        g_autoptr(EventPage) page = event_page_new();
        g_autoptr(GPtrArray) events = NULL;
        g_autofree char *data = g_malloc(70000);

        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                g_autoptr(Event) event = event_example(EVENT_PROCESS_LOG_STDOUT);

                memset(data, 'a' + i, sizes[i]);
                g_clear_pointer(&event->data, g_bytes_unref);
                event->data = g_bytes_new(data, sizes[i]);
                event_page_add(page, event);
        }
        g_assert_cmpuint(event_page_bytes(page), >, 70009);
        events = pass(page);
        g_assert_cmpuint(events->len, ==, G_N_ELEMENTS(sizes));
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                const Event *event = events->pdata[i];
                size_t size;
                const char *found = g_bytes_get_data(event->data, &size);

                g_assert_cmpuint(size, ==, sizes[i]);
                g_assert_true(size == 0 || (found[0] == (char)('a' + i) &&
                                                           found[size - 1] == (char)('a' + i)));
        }
}

/* An end by exit code 0, by a code, by a signal, and none. */
static void test_ends(void)
{
        static const struct {
                int exit_code, term_signal;
        } ends[] = { { 0, 0 }, { 255, 0 }, { -1, 9 }, { -1, 0 } };
        g_autoptr(EventPage) page = event_page_new();
        g_autoptr(GPtrArray) events = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
                g_autoptr(Event) event = event_example(EVENT_PROCESS_STATE_EXITED);

                event->exit_code = ends[i].exit_code;
                event->term_signal = ends[i].term_signal;
                event_page_add(page, event);
        }
        events = pass(page);
        for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
                const Event *event = events->pdata[i];

                g_assert_cmpint(event->exit_code, ==, ends[i].exit_code);
                g_assert_cmpint(event->term_signal, ==, ends[i].term_signal);
        }
}

typedef struct Broken {
        size_t n_times, n_numbers;
        uint32_t numbers[N_NUMBERS]; /* type, group, process, from_state, asked_by, remote_type … */
        const char *names[5];
        const char *data;
} Broken;

static int read_broken(const Broken *broken)
{
        static const uint64_t times[8];
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = new_message(bus);
        GPtrArray *events = NULL;
        int r;

        g_assert_cmpint(sd_bus_message_append_array(message, 't', times, broken->n_times * 8), >=,
                        0);
        g_assert_cmpint(sd_bus_message_append_array(
                                        message, 'u', broken->numbers, broken->n_numbers * 4),
                        >=, 0);
        g_assert_cmpint(sd_bus_message_append_strv(message, (char **)broken->names), >=, 0);
        g_assert_cmpint(sd_bus_message_append_array(
                                        message, 'y', broken->data, strlen(broken->data)),
                        >=, 0);
        seal_message(message);
        r = event_page_read(message, &events);
        g_assert_true((r >= 0) == (events != NULL));
        g_clear_pointer(&events, g_ptr_array_unref);
        return r;
}

static void test_broken(void)
{
        static const Broken whole = { 4, 12, { 1, 2, 3, [6] = 1, [11] = 2 },
                { "PROCESS_LOG_STDOUT", "group", "process" }, "ab" };
        static const Broken broken[] = {
                /* Columns of different lengths. */
                { 8, 12, { 1, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 3, 12, { 1, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 11, { 1, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                /* No such name. */
                { 4, 12, { 4, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 12, { 1, 2, 4 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 12, { 1, 2, 3, UINT32_MAX }, { "PROCESS_LOG_STDOUT", "group", "process" },
                                "" },
                /* No such type, an abstract one, none. */
                { 4, 12, { 2, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 12, { 1, 2, 3 }, { "PROCESS_LOG", "group", "process" }, "" },
                { 4, 12, { 0, 2, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                /* No such state. */
                { 4, 12, { 1, 2, 3, 3 }, { "PROCESS_STATE_EXITED", "group", "process" }, "" },
                /* Something is missing. */
                { 4, 12, { 1, 0, 3 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 12, { 1, 2, 0 }, { "PROCESS_LOG_STDOUT", "group", "process" }, "" },
                { 4, 12, { 1 }, { "REMOTE_COMMUNICATION" }, "" },
                { 4, 12, { 1 }, { "PROCESS_GROUP_ADDED" }, "" },
                /* More data than there is. */
                { 4, 12, { 1, 2, 3, [11] = 3 }, { "PROCESS_LOG_STDOUT", "group", "process" },
                                "ab" },
        };

        g_assert_cmpint(read_broken(&whole), ==, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
                g_test_message("page %zu", i);
                g_assert_cmpint(read_broken(&broken[i]), ==, -EBADMSG);
        }
}

/* Arguments of other types. */
static void test_no_page(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = new_message(bus);
        GPtrArray *events = NULL;

        g_assert_cmpint(sd_bus_message_append(message, "as", 0), >=, 0);
        seal_message(message);
        g_assert_cmpint(event_page_read(message, &events), ==, -EBADMSG);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/event-page/empty", test_empty);
        g_test_add_func("/event-page/all-types", test_all_types);
        g_test_add_func("/event-page/data", test_data);
        g_test_add_func("/event-page/ends", test_ends);
        g_test_add_func("/event-page/broken", test_broken);
        g_test_add_func("/event-page/no-page", test_no_page);
        return g_test_run();
}
