/* HTTP refusal: answers who connects with a fixed 503 while nobody else can answer.
 *
 * Nothing that a client sends is read. So that it can write its request all the same, and reads the
 * answer instead of an error, its connection stays for a second; of those there are at most
 * HTTP_REFUSAL_MAX, and who comes beyond that waits for its turn. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#define HTTP_REFUSAL_MAX 128

typedef struct HttpRefusal HttpRefusal;

/* reason: a few words, for the status line and the text. */
HttpRefusal *http_refusal_new(sd_event *event, const char *reason);
HttpRefusal *http_refusal_free(HttpRefusal *refusal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRefusal, http_refusal_free)

/* From now on who connects to fd, which listens and is non-blocking, is answered. Borrows it. */
void http_refusal_add(HttpRefusal *refusal, int fd);
/* Looks at none of them any more; who has been answered can still read it. */
void http_refusal_clear(HttpRefusal *refusal);
