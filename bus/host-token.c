/* By a descriptor, as arguments and environments can be seen by others. */

#include "bus/host-token.h"

#include <string.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "bus/read-whole.h"

#define TOKEN_MAX_BYTES 256

int host_token_read(int fd, char **ret)
{
        char token[TOKEN_MAX_BYTES + 1];
        autofd owned = fd;
        ssize_t size = read_whole(owned, token, TOKEN_MAX_BYTES);

        if (size < 0)
                return size;
        token[size] = '\0';
        *ret = g_strdup(g_strstrip(token));
        explicit_bzero(token, sizeof token);
        return 0;
}
