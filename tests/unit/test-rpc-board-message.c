/* Messages as the daemon sends them, and as a later one may. */

#include "tools/rpc-host/board-message.h"

#include "bus/cleanup.h"
#include "tests/unit/message-fixture.h"

static sd_bus_message *sealed(sd_bus *bus, const char *types, ...)
{
        sd_bus_message *message = new_message(bus);
        va_list arguments;

        va_start(arguments, types);
        g_assert_cmpint(sd_bus_message_appendv(message, types, arguments), >=, 0);
        va_end(arguments);
        seal_message(message);
        return message;
}

static void test_list(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = sealed(bus, "a(ssosuttsi)", 2, "g", "a",
                        "/org/busvisor1/process/g/a", "RUNNING", 7, UINT64_C(1), UINT64_C(2), "", 3,
                        "g", "b", "/org/busvisor1/process/g/b", "DREAMING", 0, UINT64_C(0),
                        UINT64_C(0), "no such file", -1);
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(board_process_free);
        const BoardProcess *process;

        g_assert_cmpint(board_message_read_list(message, list), >=, 0);
        g_assert_cmpuint(list->len, ==, 2);
        process = list->pdata[0];
        g_assert_cmpstr(process->name, ==, "a");
        g_assert_cmpint(process->state, ==, PROCESS_RUNNING);
        g_assert_cmpuint(process->pid, ==, 7);
        g_assert_cmpuint(process->start_usec, ==, 1);
        g_assert_cmpuint(process->stop_usec, ==, 2);
        g_assert_cmpint(process->exit_status, ==, 3);
        process = list->pdata[1];
        g_assert_cmpint(process->state, ==, PROCESS_UNKNOWN);
        g_assert_cmpstr(process->spawn_error, ==, "no such file");
}

static void test_process(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = sealed(bus, "a{sv}", 4, "State", "s", "FATAL",
                        "SpawnError", "s", "oh", "TermSignal", "i", 9, "Colour", "as", 1, "red");
        BoardProcess *process = board_process_new("/x", "g", "p");

        process->pid = 12;
        g_assert_cmpint(board_message_read_process(message, process), >=, 0);
        g_assert_cmpint(process->state, ==, PROCESS_FATAL);
        g_assert_cmpstr(process->spawn_error, ==, "oh");
        g_assert_cmpint(process->term_signal, ==, 9);
        g_assert_cmpuint(process->pid, ==, 12);
        board_process_free(process);
}

static void test_pool(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = sealed(bus, "a{sv}", 3, "Queued", "u", 5, "LagUSec",
                        "t", UINT64_C(123), "Listeners", "a(ss)", 0);
        BoardPool *pool = board_pool_new("/org/busvisor1/pool/mail", "mail");

        g_assert_cmpint(board_message_read_pool(message, pool), >=, 0);
        g_assert_cmpuint(pool->queued, ==, 5);
        g_assert_cmpuint(pool->lag_usec, ==, 123);
        board_pool_free(pool);
}

static void test_wrong_type(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = sealed(bus, "a{sv}", 1, "Pid", "s", "x");
        g_autoptr(sd_bus_message) text = sealed(bus, "s", "x");
        BoardDaemon daemon = { 0 };

        g_assert_cmpint(board_message_read_daemon(message, &daemon), <, 0);
        g_assert_cmpint(board_message_read_daemon(text, &daemon), <, 0);
}

static void test_pools(void)
{
        autofd other_end = -1;
        g_autoptr(sd_bus) bus = bus_to_nobody(&other_end);
        g_autoptr(sd_bus_message) message = sealed(bus, "a(souuttu)", 2, "mail",
                        "/org/busvisor1/pool/mail", 1, 1, UINT64_C(3), UINT64_C(4), 5, "b-c",
                        "/org/busvisor1/pool/b_2dc", 0, 0, UINT64_C(0), UINT64_C(0), 0);
        g_autoptr(sd_bus_message) other = sealed(bus, "as", 1, "mail");
        g_autoptr(GPtrArray) pools = g_ptr_array_new_with_free_func(board_pool_free);

        g_assert_cmpint(board_message_read_pools(message, pools), ==, 0);
        g_assert_cmpuint(pools->len, ==, 2);
        g_assert_cmpstr(((BoardPool *)pools->pdata[1])->name, ==, "b-c");
        g_assert_cmpstr(((BoardPool *)pools->pdata[1])->path, ==, "/org/busvisor1/pool/b_2dc");
        g_assert_cmpint(board_message_read_pools(other, pools), <, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc/board-message/list", test_list);
        g_test_add_func("/rpc/board-message/process", test_process);
        g_test_add_func("/rpc/board-message/pool", test_pool);
        g_test_add_func("/rpc/board-message/wrong-type", test_wrong_type);
        g_test_add_func("/rpc/board-message/pools", test_pools);
        return g_test_run();
}
