/* HTTP connection: a client's connection: in which phase of a request it is, and for how long it
 * may be in that. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <microhttpd.h>
#include <systemd/sd-event.h>

#include "tools/rpc-host/timeouts.h"

typedef enum HttpPhase {
        HTTP_PHASE_NEW,    /* nothing has come yet */
        HTTP_PHASE_IDLE,   /* a request has been answered, the next is waited for */
        HTTP_PHASE_HEAD,   /* the first line has come, headers are on their way */
        HTTP_PHASE_BODY,   /* likewise a body */
        HTTP_PHASE_WORK,   /* the answer is being found */
        HTTP_PHASE_ANSWER, /* the answer is on its way */
        HTTP_PHASE_STREAM, /* an answer without an end is, and the client has read all of it */
        HTTP_PHASE_UNREAD, /* likewise, and there is more than it has read so far */
        _HTTP_PHASE_MAX,
} HttpPhase;

typedef struct HttpConnection HttpConnection;

/* Borrows the descriptor, of the server of this number, and wake, a timer that makes libmicrohttpd
 * look at what has been resumed. */
HttpConnection *http_connection_new(sd_event *loop, const Timeouts *timeouts, int fd,
                unsigned server, sd_event_source *wake);
HttpConnection *http_connection_free(HttpConnection *connection);

/* Once libmicrohttpd knows it. */
void http_connection_set_handle(HttpConnection *connection, struct MHD_Connection *handle);

int http_connection_fd(const HttpConnection *connection);
unsigned http_connection_server(const HttpConnection *connection);
HttpPhase http_connection_phase(const HttpConnection *connection);
/* CLOCK_MONOTONIC, when that phase began. */
uint64_t http_connection_since(const HttpConnection *connection);
/* Begins the time of that phase, also when it is in it already. */
void http_connection_set_phase(HttpConnection *connection, HttpPhase phase);
/* After a piece of a body: where nothing more can come the connection is closed, unless this was
 * the last one. */
void http_connection_look_for_end(HttpConnection *connection);

/* Nothing is read or written until it is resumed. What is said meanwhile is only that the client
 * has gone: by on_gone, at most once, or not at all when it is NULL. Where the end of what the
 * client sends counts (ends_with_input) that is enough; elsewhere, over TCP, when TIMEOUT_GONE has
 * passed after it. */
void http_connection_suspend(HttpConnection *connection, bool ends_with_input,
                void (*on_gone)(void *userdata), void *userdata);
void http_connection_resume(HttpConnection *connection);

/* What brings the answer under way to its end, when that is wanted before its time; NULL = it ends
 * by itself. */
void http_connection_set_ending(
                HttpConnection *connection, void (*end)(void *userdata), void *userdata);
/* Between requests it is closed; what has no end is ended; anything else goes on. */
void http_connection_end(HttpConnection *connection);

/* Breaks it off with status 408 where a request is on its way, else silently. */
void http_connection_give_up(HttpConnection *connection);
/* Breaks it off; libmicrohttpd will notice. */
void http_connection_close(HttpConnection *connection);
