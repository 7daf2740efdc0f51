/* Counts are totals and not what was added: a report that is lost needs no repetition. */

#include "listener-host/report.h"

#include "listener-host/listener.h"

static int append_counts(sd_bus_message *call, const PoolCounts *counts)
{
        return sd_bus_message_append(call, "{sv}{sv}{sv}{sv}{sv}", "delivered", "t",
                        counts->delivered, "retried", "t", counts->retried, "violations", "t",
                        counts->violations, "given_up", "t", counts->given_up, "discarded", "t",
                        counts->discarded);
}

static int append_queue(sd_bus_message *call, const Queue *queue)
{
        return sd_bus_message_append(call, "{sv}{sv}", "queued", "u",
                        (uint32_t)queue_n_waiting(queue), "in_hand", "u",
                        (uint32_t)queue_n_in_hand(queue));
}

static int append_seat(sd_bus_message *call, const PoolSeat *seat)
{
        const Listener *listener = seat->member;

        return sd_bus_message_append(call, "(ststtt)", seat->process, listener_generation(listener),
                        listener_state_to_string(listener_state(listener)), seat->n_delivered,
                        seat->in_hand, seat->given_usec);
}

static int append_listeners(sd_bus_message *call, const Pool *pool)
{
        PoolSeat seat;
        int r = sd_bus_message_open_container(call, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(call, "s", "listeners");
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'v', "a(ststtt)");
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "(ststtt)");
        for (unsigned i = 0; r >= 0 && pool_seat_at(pool, i, &seat); i++)
                if (seat.member)
                        r = append_seat(call, &seat);
        for (int depth = 0; r >= 0 && depth < 3; depth++)
                r = sd_bus_message_close_container(call);
        return r;
}

int report_append(sd_bus_message *call, const Pool *pool, uint64_t since_usec)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "{sv}", "since", "t", since_usec);
        if (r < 0)
                return r;
        r = append_counts(call, pool_counts(pool));
        if (r < 0)
                return r;
        r = append_queue(call, pool_queue(pool));
        if (r < 0)
                return r;
        r = append_listeners(call, pool);
        return r < 0 ? r : sd_bus_message_close_container(call);
}
