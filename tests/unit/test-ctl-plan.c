/* Plans: what becomes of each group, and in which order it is told. */

#include <string.h>

#include <glib.h>

#include "tools/ctl/plan-table.h"
#include "tools/ctl/plan.h"

static void add(GPtrArray *steps, const char *kind, const char *group, const char *process)
{
        char *const options[] = { "command", NULL };

        g_ptr_array_add(steps, plan_step_new(kind, group, process, "because", (char **)options));
}

static Plan *mixed_plan(void)
{
        GPtrArray *steps = g_ptr_array_new_with_free_func(plan_step_free);

        add(steps, "group-removed", "gone", "");
        add(steps, "group-removed", "other-kind", "");
        add(steps, "process-live", "live", "live");
        add(steps, "process-removed", "fewer", "fewer_1");
        add(steps, "process-added", "more", "more_1");
        add(steps, "process-live", "twice", "a");
        add(steps, "process-restart", "twice", "b");
        add(steps, "group-added", "new", "");
        add(steps, "group-added", "other-kind", "");
        add(steps, "daemon", "supervisord", "");
        return plan_new("token", steps);
}

static void check_group(const Plan *plan, const char *name, PlanVerdict verdict, bool stops)
{
        const PlanGroup *group = plan_find_group(plan, name);

        g_assert_nonnull(group);
        g_assert_cmpint(group->verdict, ==, verdict);
        g_assert_cmpint(group->stops, ==, stops);
}

static void test_groups(void)
{
        g_autoptr(Plan) plan = mixed_plan();

        check_group(plan, "gone", PLAN_REMOVED, true);
        check_group(plan, "other-kind", PLAN_CHANGED, true);
        check_group(plan, "live", PLAN_CHANGED, false);
        check_group(plan, "fewer", PLAN_CHANGED, true);
        check_group(plan, "more", PLAN_CHANGED, false);
        check_group(plan, "twice", PLAN_CHANGED, true);
        check_group(plan, "new", PLAN_ADDED, false);
        g_assert_null(plan_find_group(plan, "supervisord"));
        g_assert_cmpuint(plan->groups->len, ==, 7);
        g_assert_cmpstr(plan->token, ==, "token");
}

static void test_order(void)
{
        static const char *const wanted[] = { "gone", "other-kind", "live", "fewer", "more",
                "twice", "new" };
        g_autoptr(Plan) plan = mixed_plan();

        for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
                g_assert_cmpstr(((PlanGroup *)plan->groups->pdata[i])->name, ==, wanted[i]);
}

static void test_json(void)
{
        g_autoptr(Plan) plan = mixed_plan();
        char *const all[] = { NULL }, *const one[] = { "twice", NULL };
        g_autofree char *every = plan_table_to_json(plan, all);
        g_autofree char *some = plan_table_to_json(plan, one);

        g_assert_nonnull(strstr(every, "\"supervisord\""));
        g_assert_nonnull(strstr(some, "\"process-restart\""));
        g_assert_nonnull(strstr(some, "\"command\""));
        g_assert_null(strstr(some, "gone"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl-plan/groups", test_groups);
        g_test_add_func("/ctl-plan/order", test_order);
        g_test_add_func("/ctl-plan/json", test_json);
        return g_test_run();
}
