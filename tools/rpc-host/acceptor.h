/* Acceptor: the sockets on which connections wait, and how many may come in.
 *
 * What is too many waits where it is, in the kernel's queue. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#define ACCEPTOR_MAX_CONNECTIONS 512
/* Of one server: so that no other is left without any. */
#define ACCEPTOR_MAX_OF_ONE 384

typedef struct Acceptor Acceptor;

typedef struct AcceptorHandler {
        /* Takes over fd, which is non-blocking. False when it could not be taken. */
        bool (*on_accepted)(int fd, unsigned server, void *userdata);
        /* There is no room for one that waits: closes one that will not be missed. */
        void (*on_full)(void *userdata);
        void *userdata;
} AcceptorHandler;

Acceptor *acceptor_new(sd_event *loop, const AcceptorHandler *handler);
Acceptor *acceptor_free(Acceptor *acceptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Acceptor, acceptor_free)

/* Takes over fd, which listens, of the server of that number, which may have several. */
int acceptor_add(Acceptor *acceptor, int fd, unsigned server);
/* Nothing is accepted before, and after it has been stopped. */
void acceptor_start(Acceptor *acceptor);
void acceptor_stop(Acceptor *acceptor);

/* A connection that was accepted there is closed. */
void acceptor_release(Acceptor *acceptor, unsigned server);
/* How many are open. */
unsigned acceptor_count(const Acceptor *acceptor);
