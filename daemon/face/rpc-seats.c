/* A seat is empty when its connection is gone, whatever becomes of the process. */

#include "daemon/face/rpc-seats.h"

#include <string.h>

#include <glib.h>

#include "daemon/face/name-watch.h"

typedef struct Seat {
        RpcSeats *seats; /* borrowed */
        char *occupant;  /* unique name */
        bool is_ours;
        NameWatch *watch;
} Seat;

struct RpcSeats {
        GPtrArray *all; /* of Seat */
};

static void free_seat(void *pointer)
{
        Seat *seat = pointer;

        name_watch_free(seat->watch);
        g_free(seat->occupant);
        g_free(seat);
}

RpcSeats *rpc_seats_new(void)
{
        RpcSeats *seats = g_new0(RpcSeats, 1);

        seats->all = g_ptr_array_new_with_free_func(free_seat);
        return seats;
}

RpcSeats *rpc_seats_free(RpcSeats *seats)
{
        if (!seats)
                return NULL;
        g_ptr_array_unref(seats->all);
        g_free(seats);
        return NULL;
}

void rpc_seats_clear(RpcSeats *seats)
{
        g_ptr_array_set_size(seats->all, 0);
}

static Seat *find(const RpcSeats *seats, const char *name)
{
        for (guint i = 0; name && i < seats->all->len; i++) {
                Seat *seat = seats->all->pdata[i];

                if (strcmp(seat->occupant, name) == 0)
                        return seat;
        }
        return NULL;
}

bool rpc_seats_are_taken(const RpcSeats *seats)
{
        return seats->all->len > 0;
}

bool rpc_seats_has(const RpcSeats *seats, const char *name)
{
        return find(seats, name);
}

static void on_gone(void *userdata)
{
        Seat *seat = userdata;

        g_ptr_array_remove(seat->seats->all, seat);
}

/* There is one process at a time that has the token: what came before it is over. */
static void leave_ours(RpcSeats *seats)
{
        for (guint i = seats->all->len; i > 0; i--)
                if (((const Seat *)seats->all->pdata[i - 1])->is_ours)
                        g_ptr_array_remove_index(seats->all, i - 1);
}

static guint count_others(const RpcSeats *seats)
{
        guint n = 0;

        for (guint i = 0; i < seats->all->len; i++)
                n += !((const Seat *)seats->all->pdata[i])->is_ours;
        return n;
}

int rpc_seats_take(RpcSeats *seats, sd_bus_message *call, bool is_ours, sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(call);
        NameWatch *watch;
        Seat *seat;
        int r;

        if (find(seats, sender))
                return 0;
        if (!is_ours && count_others(seats) >= RPC_SEATS_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "there are %d rpc-hosts already", RPC_SEATS_MAX);
        seat = g_new0(Seat, 1);
        r = name_watch_new(sd_bus_message_get_bus(call), sender, on_gone, seat, &watch);
        if (r < 0) {
                g_free(seat);
                return r;
        }
        if (is_ours)
                leave_ours(seats);
        *seat = (Seat){ seats, g_strdup(sender), is_ours, watch };
        g_ptr_array_add(seats->all, seat);
        return 0;
}
