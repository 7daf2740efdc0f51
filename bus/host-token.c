/* By a descriptor, as arguments and environments can be seen by others. */

#include "bus/host-token.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"

#define TOKEN_MAX_BYTES 256

int host_token_read(int fd, char **ret)
{
        char token[TOKEN_MAX_BYTES + 1];
        autofd owned = fd;
        size_t size = 0;

        while (size < TOKEN_MAX_BYTES) {
                ssize_t n = read(owned, token + size, TOKEN_MAX_BYTES - size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                size += n;
        }
        token[size] = '\0';
        *ret = g_strdup(g_strstrip(token));
        explicit_bzero(token, sizeof token);
        return 0;
}
