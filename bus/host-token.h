/* Host token: how a host that busvisord has started proves on the bus that it is the one. */
#pragma once

/* Reads what is in a pipe that nobody writes to any more, at most 256 bytes, without blanks around
 * it. The descriptor is closed: nobody who gets hold of us later can read it again. Caller frees
 * with g_free. Negative errno. */
int host_token_read(int fd, char **ret);
