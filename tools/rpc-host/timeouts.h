/* Timeouts: for how long clients are waited for, and how that is told on the command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Documented in busvisor-rpc-host.8. */
typedef enum Timeout {
        TIMEOUT_FIRST,   /* the first line of the first request of a connection */
        TIMEOUT_NEXT,    /* that of another one */
        TIMEOUT_HEAD,    /* the headers after it */
        TIMEOUT_BODY,    /* what comes behind the headers */
        TIMEOUT_ANSWER,  /* an answer is read to its end */
        TIMEOUT_NEWS,    /* who follows something reads what there is */
        TIMEOUT_SILENCE, /* anything at all is sent or read */
        TIMEOUT_GONE,    /* who sends nothing any more is answered all the same */
        _TIMEOUT_MAX,
} Timeout;

typedef struct Timeouts {
        uint64_t usec[_TIMEOUT_MAX];
} Timeouts;

/* The usual ones. */
void timeouts_init(Timeouts *timeouts);
/* "body=10,answer=0.5", in seconds: those become other ones. An error of G_OPTION_ERROR. */
bool timeouts_parse(Timeouts *timeouts, const char *text, GError **error);
