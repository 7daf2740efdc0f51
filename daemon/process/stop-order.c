/* The position counts down over the groups; a group that is stopped already costs nothing. */

#include "daemon/process/stop-order.h"

struct StopOrder {
        const GPtrArray *groups; /* borrowed */
        StopOrderMayStop may_stop;
        void *userdata;
        guint left; /* groups[left - 1] is the one that is being stopped */
        bool asked; /* its processes have been told */
};

StopOrder *stop_order_new(const GPtrArray *groups, StopOrderMayStop may_stop, void *userdata)
{
        StopOrder *order = g_new0(StopOrder, 1);

        order->groups = groups;
        order->may_stop = may_stop;
        order->userdata = userdata;
        order->left = groups->len;
        return order;
}

StopOrder *stop_order_free(StopOrder *order)
{
        g_free(order);
        return NULL;
}

static const Group *present(const StopOrder *order)
{
        return order->groups->pdata[order->left - 1];
}

static void ask(const Group *group)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = processes->len; i > 0; i--) {
                Process *process = processes->pdata[i - 1];

                if (process_state(process) == PROCESS_BACKOFF)
                        process_give_up(process);
                else
                        process_stop(process);
        }
}

bool stop_order_advance(StopOrder *order)
{
        while (order->left > 0) {
                if (!order->asked) {
                        if (!order->may_stop(present(order), order->userdata))
                                return false;
                        order->asked = true;
                        ask(present(order));
                }
                if (!group_is_stopped(present(order)))
                        return false;
                order->left--;
                order->asked = false;
        }
        return true;
}

void stop_order_hasten(StopOrder *order)
{
        const GPtrArray *processes;

        if (order->left == 0)
                return;
        processes = group_processes(present(order));
        for (guint i = 0; i < processes->len; i++)
                process_hasten_stop(processes->pdata[i]);
}
