/* Request: what a client asks for, whole with its body, and the way to answer it.
 *
 * Whoever handles it answers once, by request_answer, request_refuse or request_answer_stream, at
 * once or later. It is gone soon after that, or when the client goes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <microhttpd.h>

#include "tools/rpc-host/http-connection.h"
#include "tools/rpc-host/stream.h"

typedef struct Request Request;

/* What all requests together take. What does not fit is answered with 503; but what is small fits
 * always, so that nobody keeps the others out by much that never comes to an end or is not read. */
#define REQUEST_SMALL_BODY   (16 * 1024)
#define REQUEST_SMALL_ANSWER (64 * 1024)
#define REQUEST_MAX_BODY     (2 * 1024 * 1024)
#define REQUEST_MAX_BODIES   (32 * 1024 * 1024)
#define REQUEST_MAX_ANSWERS  (64 * 1024 * 1024)
#define REQUEST_MAX_STREAMS  64

typedef struct RequestBudget {
        size_t bodies, answers; /* bytes */
        unsigned streams;
} RequestBudget;

/* Queries. */

/* "GET"; and "/RPC2", decoded, without what follows a question mark. */
const char *request_method(const Request *request);
const char *request_path(const Request *request);
/* Of several the first; NULL = there is none. */
const char *request_header(const Request *request, const char *name);
/* What follows the question mark: NAME=VALUE, decoded. NULL = there is none of that name. */
const char *request_argument(const Request *request, const char *name);
/* How many headers of that name there are. */
unsigned request_count_headers(const Request *request, const char *name);
/* With a zero byte behind it. */
const char *request_body(const Request *request, size_t *ret_size);
HttpConnection *request_connection(const Request *request);

/* For who handles it. */

/* Takes over body; NULL = nothing. */
void request_answer(Request *request, unsigned status, const char *content_type, GString *body);
/* A small page with a sentence for people. */
void request_refuse(Request *request, unsigned status, const char *sentence);
/* An answer without an end. NULL when there are too many already, which has been answered then.
 * handler is told as long as the stream lives, which ends with its on_closed. */
Stream *request_answer_stream(Request *request, const char *content_type,
                const StreamHandler *handler, void *userdata);
/* After one of these. */
void request_add_header(Request *request, const char *name, const char *value);
/* Called when the client goes before it was answered; the request must not be touched any more. */
void request_set_cancelled(Request *request, void (*cancelled)(void *userdata), void *userdata);

/* For http, which has it from libmicrohttpd. */

/* All but the budget and the connection is copied or asked for when it is needed. */
Request *request_new(HttpConnection *connection, struct MHD_Connection *handle,
                RequestBudget *budget, const char *method, const char *path);
Request *request_free(Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

/* False when it is too large, or all are together: then it is refused, and the rest is dropped. */
bool request_add_body(Request *request, const void *data, size_t size);
bool request_has_answer(const Request *request);
/* Until it is answered, which resumes the connection. */
void request_suspend(Request *request);
/* Hands the answer over to libmicrohttpd. MHD_NO where there can be none, as the client has gone.
 */
enum MHD_Result request_send(Request *request);
