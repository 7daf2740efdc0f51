/* Access: may this caller do that?
 *
 * On the user's own bus and on the private bus everybody who gets in is the owner. Elsewhere root
 * and the daemon's own user may do everything, members of the group of operators nearly so, others
 * what polkit lets them: see AccessRight. The bus and polkit are asked without waiting for their
 * answers. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

/* The group of operators. */
#define ACCESS_GROUP "busvisor"

typedef struct Access Access;

/* Looks up the group of operators, which may take its time. */
Access *access_new(void);
Access *access_free(Access *access);
/* All users of the bus are the daemon's owner. */
void access_set_trusted(Access *access, bool trusted);
bool access_is_trusted(const Access *access);

/* Carries out a call; as a handler of sd-bus: negative errno or *error makes an error reply. */
typedef int (*AccessGranted)(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* Calls granted when the caller may do it, at once or later (then an error is replied here);
 * replies with an error that names the action when not: AccessDenied;
 * InteractiveAuthorizationRequired where polkit would ask for a password; LimitsExceeded when too
 * many wait for that. userdata must live as long as the bus connection, access longer. */
int access_require(sd_bus_message *call, Access *access, const char *action, AccessGranted granted,
                void *userdata, sd_bus_error *error);
