/* Callers are names here, as they are for those that keep one. */

#include "daemon/face/quota.h"

static void test_each(void)
{
        g_autoptr(Quota) quota = quota_new(2, 10);

        g_assert_true(quota_has_room(quota, ":1.1"));
        quota_take(quota, ":1.1", 1);
        g_assert_true(quota_has_room(quota, ":1.1"));
        quota_take(quota, ":1.1", 1);
        g_assert_false(quota_has_room(quota, ":1.1"));
        g_assert_true(quota_has_room(quota, ":1.2"));
        quota_give_back(quota, ":1.1", 1);
        g_assert_true(quota_has_room(quota, ":1.1"));
}

static void test_all(void)
{
        g_autoptr(Quota) quota = quota_new(2, 3);

        quota_take(quota, ":1.1", 2);
        g_assert_true(quota_has_room(quota, ":1.2"));
        quota_take(quota, ":1.2", 1);
        g_assert_false(quota_has_room(quota, ":1.2"));
        g_assert_false(quota_has_room(quota, ":1.3"));
        quota_give_back(quota, ":1.1", 2);
        g_assert_true(quota_has_room(quota, ":1.3"));
}

/* However large: who has nothing may have one thing. */
static void test_beyond(void)
{
        g_autoptr(Quota) quota = quota_new(2, 10);

        quota_take(quota, ":1.1", 1000);
        g_assert_false(quota_has_room(quota, ":1.1"));
        g_assert_false(quota_has_room(quota, ":1.2"));
        quota_give_back(quota, ":1.1", 1000);
        g_assert_true(quota_has_room(quota, ":1.1"));
}

/* Nothing is taken, and given back. */
static void test_nothing(void)
{
        g_autoptr(Quota) quota = quota_new(1, 1);

        quota_take(quota, ":1.1", 0);
        g_assert_true(quota_has_room(quota, ":1.1"));
        quota_give_back(quota, ":1.1", 0);
        g_assert_true(quota_has_room(quota, ":1.1"));
}

/* What is under way has it longer than who set the bounds. */
static void test_reference(void)
{
        Quota *quota = quota_new(1, 1), *mine = quota_ref(quota);

        quota_take(mine, ":1.1", 1);
        g_assert_null(quota_unref(quota));
        g_assert_false(quota_has_room(mine, ":1.1"));
        quota_give_back(mine, ":1.1", 1);
        g_assert_null(quota_unref(mine));
        g_assert_null(quota_unref(NULL));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/quota/of each", test_each);
        g_test_add_func("/quota/of all", test_all);
        g_test_add_func("/quota/one thing goes beyond", test_beyond);
        g_test_add_func("/quota/nothing", test_nothing);
        g_test_add_func("/quota/who set it is gone", test_reference);
        return g_test_run();
}
