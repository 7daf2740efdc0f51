/* Plan table: a plan as people and scripts read it. */
#pragma once

#include "tools/ctl/output.h"
#include "tools/ctl/plan.h"

/* Supervisor's lines, by name: "web: available", "web: changed", "web: disappeared", or "No config
 * updates to processes". verbose: below each line what would be done with what of it, and at the
 * end what waits for the next start of the daemon. groups: only these; none = all. */
void plan_table_print(const Output *output, const Plan *plan, char *const *groups, bool verbose);
/* The steps as a JSON array. Caller frees with g_free. */
char *plan_table_to_json(const Plan *plan, char *const *groups);
/* Likewise those that were carried out, each with its result. */
char *plan_table_results_to_json(const Plan *plan, char *const *groups, const GPtrArray *results);
