/* Remote address: the D-Bus address of a bus on another machine, reached over ssh as systemctl does
 * it: sd-bus runs ssh, and systemd-stdio-bridge at the other end passes everything on. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct RemotePlace {
        const char *host;    /* [USER@]HOST[:PORT][/CONTAINER]; an IPv6 address with a port in [] */
        const char *address; /* of the bus there, "system" or "user"; NULL = not said */
        const char *identifier; /* the instance whose bus it is; NULL = not said */
        bool is_unattended;     /* nobody can be asked for a password, and nothing is told */
} RemotePlace;

/* "unixexec:path=ssh,…", of the system bus there when neither of the two is said. Caller frees with
 * g_free. NULL with an error of the FAILURE domain when it cannot be meant, or there is no ssh. */
char *remote_address(const RemotePlace *place, GError **error);
