/* Stop order: in which order everything ends when the daemon does.
 *
 * As in Supervisor: one group after the other, from the highest priority down to the lowest (so
 * that listener pools, at -1, come last), all processes of a group at once in descending order, the
 * next group only when nothing of the present one is left. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/process/group.h"

typedef struct StopOrder StopOrder;

/* May this group be stopped now that its turn has come? */
typedef bool (*StopOrderMayStop)(const Group *group, void *userdata);

/* groups: of Group, in start order; borrowed, and its groups must outlive the order. */
StopOrder *stop_order_new(const GPtrArray *groups, StopOrderMayStop may_stop, void *userdata);
StopOrder *stop_order_free(StopOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StopOrder, stop_order_free)

/* To be called at first, and after each change of a process and of what may_stop says. True when
 * all is stopped. */
bool stop_order_advance(StopOrder *order);
/* Kills what is being stopped at the moment. */
void stop_order_hasten(StopOrder *order);
