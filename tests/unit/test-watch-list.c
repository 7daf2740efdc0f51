/* Watchers that come and go while they are being told. */

#include "daemon/process/watch-list.h"

typedef struct Counter {
        WatchList *list;
        int told, gone;
} Counter;

static void count(Process *process, bool gone, void *userdata)
{
        Counter *counter = userdata;

        counter->told++;
        counter->gone += gone;
}

static void leave(Process *process, bool gone, void *userdata)
{
        Counter *counter = userdata;

        counter->told++;
        watch_list_remove(counter->list, leave, counter);
}

static void bring(Process *process, bool gone, void *userdata)
{
        Counter *counter = userdata;

        watch_list_add(counter->list, count, counter);
}

static void test_tell(void)
{
        g_autoptr(WatchList) list = watch_list_new();
        Counter one = { .list = list }, two = { .list = list };

        watch_list_add(list, count, &one);
        watch_list_add(list, count, &two);
        watch_list_tell(list, NULL, false);
        watch_list_remove(list, count, &one);
        watch_list_tell(list, NULL, true);
        g_assert_cmpint(one.told, ==, 1);
        g_assert_cmpint(one.gone, ==, 0);
        g_assert_cmpint(two.told, ==, 2);
        g_assert_cmpint(two.gone, ==, 1);
}

static void test_leave_while_told(void)
{
        g_autoptr(WatchList) list = watch_list_new();
        Counter leaving = { .list = list }, staying = { .list = list };

        watch_list_add(list, leave, &leaving);
        watch_list_add(list, count, &staying);
        watch_list_tell(list, NULL, false);
        watch_list_tell(list, NULL, false);
        g_assert_cmpint(leaving.told, ==, 1);
        g_assert_cmpint(staying.told, ==, 2);
}

static void test_come_while_told(void)
{
        g_autoptr(WatchList) list = watch_list_new();
        Counter counter = { .list = list };

        watch_list_add(list, bring, &counter);
        watch_list_tell(list, NULL, false);
        g_assert_cmpint(counter.told, ==, 0);
        watch_list_tell(list, NULL, false);
        g_assert_cmpint(counter.told, ==, 1);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/watch-list/tell", test_tell);
        g_test_add_func("/watch-list/leave-while-told", test_leave_while_told);
        g_test_add_func("/watch-list/come-while-told", test_come_while_told);
        return g_test_run();
}
