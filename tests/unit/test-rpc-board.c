/* What is told to whom, by what he has seen. */

#include "tools/rpc-host/board.h"

#include <string.h>

#define NOW UINT64_C(1795698187500000)

static void assert_message(Board *board, uint64_t since, const char *expected)
{
        g_autoptr(GBytes) message = board_message(board, since, NOW);
        size_t size;
        const char *text = message ? g_bytes_get_data(message, &size) : NULL;

        g_assert_cmpstr(text, ==, expected);
        if (text)
                g_assert_cmpuint(size, ==, strlen(text));
}

static bool has(Board *board, uint64_t since, const char *part)
{
        g_autoptr(GBytes) message = board_message(board, since, NOW);

        return strstr(g_bytes_get_data(message, NULL), part) != NULL;
}

static Board *new_board(void)
{
        Board *board = board_new();
        GPtrArray *processes = g_ptr_array_new_with_free_func(board_process_free);
        GPtrArray *pools = g_ptr_array_new_with_free_func(board_pool_free);
        BoardProcess *cat = board_process_new("/org/busvisor1/process/a/cat", "a", "cat");

        cat->state = PROCESS_RUNNING;
        cat->pid = 12;
        cat->start_usec = NOW - 5000999;
        g_ptr_array_add(processes, cat);
        g_ptr_array_add(processes, board_process_new("/org/busvisor1/process/a/dog", "a", "dog"));
        g_ptr_array_add(pools, board_pool_new("/org/busvisor1/pool/m_2da", "m-a"));
        board_daemon(board)->identifier = g_strdup("web1");
        board_daemon(board)->state = g_strdup("RUNNING");
        board_daemon(board)->pid = 1;
        board_fill(board, processes, pools);
        return board;
}

static void test_away(void)
{
        g_autoptr(Board) board = board_new();

        g_assert_false(board_is_complete(board));
        g_assert_cmpuint(board_revision(board), ==, 1);
        assert_message(board, 0, "event: away\ndata: {\"now\":1795698187500}\n\n");
        assert_message(board, 1, NULL);
        board_clear(board);
        g_assert_true(has(board, 1, "event: away\n"));
}

static void test_snapshot(void)
{
        g_autoptr(Board) board = new_board();

        g_assert_true(board_is_complete(board));
        assert_message(board, 0,
                        "event: snapshot\ndata: {\"now\":1795698187500,"
                        "\"daemon\":{\"identifier\":\"web1\",\"version\":\"\","
                        "\"state\":\"RUNNING\",\"pid\":1,\"start\":0},"
                        "\"processes\":["
                        "{\"group\":\"a\",\"name\":\"cat\",\"state\":\"RUNNING\",\"pid\":12,"
                        "\"start\":1795698182499,\"stop\":0,\"error\":\"\",\"exit\":0,"
                        "\"signal\":0},"
                        "{\"group\":\"a\",\"name\":\"dog\",\"state\":\"STOPPED\",\"pid\":0,"
                        "\"start\":0,\"stop\":0,\"error\":\"\",\"exit\":0,\"signal\":0}],"
                        "\"pools\":[{\"name\":\"m-a\",\"queued\":0,\"inHand\":0,\"lagEvents\":0,"
                        "\"lag\":0,\"delivered\":0,\"retried\":0,\"givenUp\":0,\"discarded\":0,"
                        "\"deadLetters\":0}]}\n\n");
        assert_message(board, board_revision(board), NULL);
}

static void test_change(void)
{
        g_autoptr(Board) board = new_board();
        uint64_t seen = board_revision(board), later;
        BoardProcess *dog = board_find_process(board, "/org/busvisor1/process/a/dog");
        BoardPool *pool = board_find_pool(board, "/org/busvisor1/pool/m_2da");

        dog->state = PROCESS_FATAL;
        g_free(dog->spawn_error);
        dog->spawn_error = g_strdup("no \"dog\"\n\x01 here");
        board_touch(board, &dog->revision);
        assert_message(board, seen,
                        "event: change\ndata: {\"now\":1795698187500,\"processes\":["
                        "{\"group\":\"a\",\"name\":\"dog\",\"state\":\"FATAL\",\"pid\":0,"
                        "\"start\":0,\"stop\":0,\"error\":\"no \\\"dog\\\"\\n\\u0001 here\","
                        "\"exit\":0,\"signal\":0}],\"pools\":[]}\n\n");
        later = board_revision(board);
        pool->queued = 7;
        board_touch(board, &pool->revision);
        g_assert_false(has(board, later, "dog"));
        g_assert_true(has(board, later, "\"queued\":7"));
        g_assert_true(has(board, seen, "dog"));
        board_touch(board, &board_daemon(board)->revision);
        g_assert_true(has(board, later, "\"daemon\":{"));
}

/* Another set of processes: who has seen the one before is told everything. */
static void test_again(void)
{
        g_autoptr(Board) board = new_board();
        uint64_t seen = board_revision(board);

        board_fill(board, g_ptr_array_new(), g_ptr_array_new());
        g_assert_true(has(board, seen, "event: snapshot\n"));
        g_assert_true(has(board, seen, "\"processes\":[],\"pools\":[]"));
        board_clear(board);
        g_assert_true(has(board, seen, "event: away\n"));
        g_assert_null(board_daemon(board)->identifier);
}

static void test_find(void)
{
        g_autoptr(Board) board = new_board();

        g_assert_null(board_find_process(board, "/org/busvisor1/process/a/cow"));
        g_assert_null(board_find_process(board, "/org/busvisor1/pool/m_2da"));
        g_assert_null(board_find_pool(board, "/org/busvisor1/process/a/cat"));
        g_assert_null(board_find_pool(board, "/org/busvisor1"));
        g_assert_cmpuint(board_processes(board)->len, ==, 2);
        g_assert_cmpuint(board_pools(board)->len, ==, 1);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc/board/away", test_away);
        g_test_add_func("/rpc/board/snapshot", test_snapshot);
        g_test_add_func("/rpc/board/change", test_change);
        g_test_add_func("/rpc/board/again", test_again);
        g_test_add_func("/rpc/board/find", test_find);
        return g_test_run();
}
