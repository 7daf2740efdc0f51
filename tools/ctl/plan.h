/* Plan: what the daemon would do to get from the running configuration to that of the files. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "tools/ctl/client.h"

typedef struct PlanStep {
        char *kind; /* as org.busvisor1.Manager has them: "process-restart" */
        char *group;
        char *process; /* empty: it is about the group */
        char *reason;
        char **options;
} PlanStep;

typedef enum PlanVerdict {
        PLAN_REMOVED,
        PLAN_CHANGED,
        PLAN_ADDED,
        _PLAN_VERDICT_MAX,
} PlanVerdict;

/* What becomes of a group as a whole. */
typedef struct PlanGroup {
        char *name;
        PlanVerdict verdict;
        bool stops; /* something of it is stopped for it */
} PlanGroup;

typedef struct Plan {
        char *token;
        GPtrArray *steps;  /* PlanStep, in the daemon's order */
        GPtrArray *groups; /* PlanGroup, those that go, those that change, those that come */
} Plan;

/* NULL with an error of the FAILURE domain. */
Plan *plan_read(Client *client, GError **error);
/* From steps; taken over. */
Plan *plan_new(const char *token, GPtrArray *steps);
Plan *plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

PlanStep *plan_step_new(const char *kind, const char *group, const char *process,
                const char *reason, char **options);
void plan_step_free(void *step);

/* NULL when nothing becomes of it. */
const PlanGroup *plan_find_group(const Plan *plan, const char *name);

/* Carries it out, or what it says of these groups (none = all), and waits until that is done,
 * unless that is not wanted. The results are one for each step, those of the daemon left out. NULL
 * with an error. */
GPtrArray *plan_apply(
                const Plan *plan, Client *client, char *const *groups, bool waits, GError **error);
