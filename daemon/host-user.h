/* Host user: whom the hosts run as.
 *
 * They read what programs and clients write, so under root they are somebody else, with nothing of
 * root's: host_user of the configuration, else "busvisor-host" where there is such a user. Any
 * other daemon has no privileges to keep from them, and no means to. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/process/child-setup.h"

#define HOST_USER_DEFAULT "busvisor-host"

typedef struct HostUser {
        bool is_other; /* than the daemon's own */
        uid_t uid;
        gid_t gid;
} HostUser;

/* Settles it, and says in the main log what to know about it. reach: paths that it must be able to
 * pass or execute, up to NULL. The default user that cannot be had is a warning, and the hosts run
 * as the daemon; one that was asked for is an error. */
bool host_user_find(const SupervisordConfig *config, const char *const *reach, HostUser *ret,
                GError **error);

/* For a child that is to be a host: this user, in no other group. */
void host_user_apply(const HostUser *user, ChildSetup *setup);
/* The environment of a host, for g_strfreev: the daemon's own, but for another user only what says
 * how to speak and how to be loaded, since root's may hold secrets. */
char **host_user_environment(const HostUser *user);
