/* Start token: what a host that the daemon starts proves itself with.
 *
 * Each start gets a token of its own through a pipe: whoever shows it on the bus is the process
 * that we started, whatever uid or bus it comes by. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-id128.h>

typedef struct StartToken {
        char text[SD_ID128_STRING_MAX]; /* of the present process; "" = there is none */
        int fd;                         /* reading end, while a start is under way; else -1 */
} StartToken;

void start_token_init(StartToken *token);
/* A new one, in a pipe that holds it and nothing else. Negative errno. */
int start_token_make(StartToken *token);
/* Closes the pipe, which the process has by now. */
void start_token_release(StartToken *token);
/* The process has ended, and nobody is it any more. */
void start_token_forget(StartToken *token);

bool start_token_is(const StartToken *token, const char *text);
