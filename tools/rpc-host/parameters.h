/* Parameters: what a method was given, as what it wants. */
#pragma once

#include "tools/rpc-host/method-table.h"

/* As Python's int(); false when there is no number in it. */
bool parameter_to_int(const Value *value, int64_t *ret);
/* As Python's bool(). */
bool parameter_to_truth(const Value *value);

/* NULL when each is of the type that the row says; there are not more than it has. Caller owns it.
 */
Fault *parameters_check(const MethodRow *row, const GPtrArray *params);
