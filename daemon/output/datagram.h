/* Datagram: a socket to a log service of this machine (syslog, the journal), which never waits.
 *
 * Connects with the first message, and again when the service was away in between. libc's syslog()
 * and libsystemd's sd_journal_send() wait for a service that does not read, and so are of no use
 * here. */
#pragma once

#include <stddef.h>

#include <glib.h>

#define DATAGRAM_SYSLOG  "/dev/log"
#define DATAGRAM_JOURNAL "/run/systemd/journal/socket"

typedef struct Datagram Datagram;

/* Opens nothing yet. */
Datagram *datagram_new(const char *path);
Datagram *datagram_free(Datagram *datagram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Datagram, datagram_free)

const char *datagram_path(const Datagram *datagram);
/* To be waited for with EPOLLOUT after -EAGAIN. Borrowed, until the next message. */
int datagram_fd(const Datagram *datagram);

/* One message. -EAGAIN: the service has not read what it has got already, and the message may be
 * sent later. Another negative errno: it cannot be sent; -EMSGSIZE when it is too large, else
 * nobody is there to take it. */
int datagram_send(Datagram *datagram, const void *data, size_t size);
/* An empty message that carries a descriptor; likewise. */
int datagram_send_descriptor(Datagram *datagram, int fd);
