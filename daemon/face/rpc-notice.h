/* RPC notice: tells rpc-hosts that AttachRpcHost would answer something else now.
 *
 * What changes at once is told at once; while there is no rpc-host nothing is told. */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "daemon/face/rpc-seats.h"
#include "daemon/process/process.h"

typedef struct RpcNotice RpcNotice;

/* seats is borrowed. */
RpcNotice *rpc_notice_new(sd_event *event, const RpcSeats *seats);
RpcNotice *rpc_notice_free(RpcNotice *notice);

/* NULL = there is none. Borrowed. */
void rpc_notice_set_bus(RpcNotice *notice, sd_bus *bus);
/* This process comes, goes or changes: its user may be one more or less who is served. */
void rpc_notice_process(RpcNotice *notice, const Process *process);
/* The servers have changed. */
void rpc_notice_servers(RpcNotice *notice);
