/* Access: may this caller do that?
 *
 * On the user's own bus everybody who gets in is the owner, and so on the private bus, but for
 * hosts of another user: what they may do is decided by their seat, which makes an rpc-host as good
 * as the owner, since it answers for its clients. Elsewhere root and the daemon's own user may do
 * everything, members of the group of operators nearly so, others what polkit lets them: see
 * AccessRight. The bus and polkit are asked without waiting for their answers. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>

#include "daemon/face/rpc-seats.h"

/* The group of operators. */
#define ACCESS_GROUP "busvisor"

/* Who can be on the bus. */
typedef enum AccessCrowd {
        ACCESS_OWNER,           /* the daemon's owner alone */
        ACCESS_OWNER_AND_HOSTS, /* and the user of the hosts */
        ACCESS_ANYBODY,
} AccessCrowd;

typedef struct Access Access;

/* Looks up the group of operators, which may take its time. rpc_seats is borrowed. */
Access *access_new(const RpcSeats *rpc_seats);
Access *access_free(Access *access);
void access_set_crowd(Access *access, AccessCrowd crowd);
/* This user may be the listener-host, too: see access_require_host(). */
void access_admit_host(Access *access, uid_t uid);
/* Nobody but the owner would ask for what is not for everybody. */
bool access_is_private(const Access *access);

/* Carries out a call; as a handler of sd-bus: negative errno or *error makes an error reply. */
typedef int (*AccessGranted)(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* Calls granted when the caller may do it, at once or later (then an error is replied here);
 * replies with an error that names the action when not: AccessDenied;
 * InteractiveAuthorizationRequired where polkit would ask for a password; LimitsExceeded when too
 * many wait for that. userdata must live as long as the bus connection, access longer. */
int access_require(sd_bus_message *call, Access *access, const char *action, AccessGranted granted,
                void *userdata, sd_bus_error *error);
/* Likewise for the place of the listener-host, which the admitted user may take besides. */
int access_require_host(sd_bus_message *call, Access *access, const char *action,
                AccessGranted granted, void *userdata, sd_bus_error *error);
