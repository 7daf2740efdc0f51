/* From the loop, when the groups are as they are to be. */

#include "daemon/face/rpc-notice.h"

#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/names.h"

struct RpcNotice {
        sd_event *event;       /* borrowed */
        const RpcSeats *seats; /* likewise */
        sd_bus *bus;           /* likewise */
        sd_event_source *telling;
};

RpcNotice *rpc_notice_new(sd_event *event, const RpcSeats *seats)
{
        RpcNotice *notice = g_new0(RpcNotice, 1);

        notice->event = event;
        notice->seats = seats;
        return notice;
}

RpcNotice *rpc_notice_free(RpcNotice *notice)
{
        if (!notice)
                return NULL;
        rpc_notice_set_bus(notice, NULL);
        g_free(notice);
        return NULL;
}

void rpc_notice_set_bus(RpcNotice *notice, sd_bus *bus)
{
        notice->telling = sd_event_source_disable_unref(notice->telling);
        notice->bus = bus;
}

static int tell(sd_event_source *source, void *userdata)
{
        RpcNotice *notice = userdata;

        notice->telling = sd_event_source_disable_unref(notice->telling);
        (void)sd_bus_emit_signal(notice->bus, BUS_PATH, BUS_INTERFACE_MANAGER,
                        BUS_MEMBER_HTTP_SERVERS_CHANGED, NULL);
        return 0;
}

void rpc_notice_servers(RpcNotice *notice)
{
        int r;

        if (!notice->bus || notice->telling || !rpc_seats_are_taken(notice->seats))
                return;
        r = sd_event_add_defer(notice->event, &notice->telling, tell, notice);
        g_assert(r >= 0);
}

void rpc_notice_process(RpcNotice *notice, const Process *process)
{
        uid_t uid = process_config(process)->uid;

        if (uid != (uid_t)-1 && uid != 0 && uid != geteuid())
                rpc_notice_servers(notice);
}
