/* Recordings as busvisorctl makes them, and as people change them. */

#include "listener-host/replay.h"

#include <unistd.h>

#include "bus/event-json.h"
#include "tests/unit/event-fixture.h"

typedef struct Fixture {
        char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
        fixture->folder = g_dir_make_tmp("busvisor-test-XXXXXX", NULL);
        fixture->path = g_build_filename(fixture->folder, "events", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
        unlink(fixture->path);
        g_assert_cmpint(rmdir(fixture->folder), ==, 0);
        g_free(fixture->path);
        g_free(fixture->folder);
}

static Replay *record(const Fixture *fixture, const char *text)
{
        Replay *replay;

        g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
        replay = replay_open(fixture->path, NULL);
        g_assert_nonnull(replay);
        return replay;
}

static void test_all_types(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(Replay) replay = NULL;
        g_autoptr(GError) error = NULL;

        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) event = event_example(type);
                        g_autofree char *line = event_to_json_line(event);

                        g_string_append_printf(text, "%s\n", line);
                }
        replay = record(fixture, text->str);
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                if (!event_type_is_abstract(type)) {
                        g_autoptr(Event) expected = event_example(type);
                        g_autoptr(Event) event =
                                        replay_next(replay, event_type_covers(EVENT_ANY), &error);

                        g_assert_no_error(error);
                        event_assert_same(event, expected);
                }
        g_assert_null(replay_next(replay, event_type_covers(EVENT_ANY), &error));
        g_assert_no_error(error);
}

static void test_some_types(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(Replay) replay = record(fixture,
                        "{\"type\":\"TICK_5\",\"when\":5}\n\n \t\r\n{\"type\":\"TICK_60\",\"when\":60}\n"
                        "{\"type\":\"TICK_5\",\"when\":10}");
        g_autoptr(GError) error = NULL;
        g_autoptr(Event) first = NULL, second = NULL;

        first = replay_next(replay, event_type_bit(EVENT_TICK_5), &error);
        g_assert_cmpuint(first->tick_when, ==, 5);
        second = replay_next(replay, event_type_bit(EVENT_TICK_5), &error);
        g_assert_cmpuint(second->tick_when, ==, 10);
        g_assert_null(replay_next(replay, event_type_bit(EVENT_TICK_5), &error));
        g_assert_no_error(error);
}

static void test_wrong_line(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(Replay) replay = record(fixture, "\n{\"type\":\"TICK_5\",\"when\":5}\nTICK_5\n");
        g_autofree char *place = g_strdup_printf("%s:3: ", fixture->path);
        g_autoptr(GError) error = NULL;
        g_autoptr(Event) first = replay_next(replay, event_type_covers(EVENT_ANY), &error);

        g_assert_nonnull(first);
        g_assert_null(replay_next(replay, event_type_covers(EVENT_ANY), &error));
        g_assert_nonnull(error);
        g_assert_true(g_str_has_prefix(error->message, place));
}

static void test_too_long_line(Fixture *fixture, gconstpointer unused)
{
        g_autofree char *line = g_strnfill(EVENT_JSON_MAX_BYTES + 100000, 'x');
        g_autoptr(Replay) replay = record(fixture, line);
        g_autoptr(GError) error = NULL;

        g_assert_null(replay_next(replay, event_type_covers(EVENT_ANY), &error));
        g_assert_nonnull(error);
}

static void test_no_file(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(replay_open(fixture->path, &error));
        g_assert_true(g_str_has_prefix(error->message, fixture->path));
}

static void test_folder(Fixture *fixture, gconstpointer unused)
{
        g_autoptr(Replay) replay = replay_open(fixture->folder, NULL);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(replay);
        g_assert_null(replay_next(replay, event_type_covers(EVENT_ANY), &error));
        g_assert_true(g_str_has_prefix(error->message, fixture->folder));
}

#define ADD(path, function) g_test_add("/replay/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("all-types", test_all_types);
        ADD("some-types", test_some_types);
        ADD("wrong-line", test_wrong_line);
        ADD("too-long-line", test_too_long_line);
        ADD("no-file", test_no_file);
        ADD("folder", test_folder);
        return g_test_run();
}
