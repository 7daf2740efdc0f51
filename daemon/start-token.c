/* The pipe is written before there is a reader: it is empty, and a token is short. */

#include "daemon/start-token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"

void start_token_init(StartToken *token)
{
        *token = (StartToken){ .fd = -1 };
}

int start_token_make(StartToken *token)
{
        int ends[2];
        sd_id128_t id;
        ssize_t n;
        int r = sd_id128_randomize(&id);

        if (r < 0)
                return r;
        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        sd_id128_to_string(id, token->text);
        n = write(ends[1], token->text, strlen(token->text));
        fd_close(ends[1]);
        token->fd = ends[0];
        return n == (ssize_t)strlen(token->text) ? 0 : -EIO;
}

void start_token_release(StartToken *token)
{
        token->fd = fd_close(token->fd);
}

void start_token_forget(StartToken *token)
{
        token->text[0] = '\0';
}

/* As long for a nearly right one as for a wrong one. */
bool start_token_is(const StartToken *token, const char *text)
{
        size_t length = strlen(token->text);
        unsigned char differs = 0;

        if (length == 0 || strlen(text) != length)
                return false;
        for (size_t i = 0; i < length; i++)
                differs |= token->text[i] ^ text[i];
        return !differs;
}
