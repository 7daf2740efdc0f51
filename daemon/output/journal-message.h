/* Journal message: one entry for systemd's journal, in its native protocol
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "daemon/output/datagram.h"

/* Appends a field to an entry. The value may hold any bytes. */
void journal_message_add(GString *message, const char *field, const char *value, size_t size);
/* Likewise, of text. */
void journal_message_add_text(GString *message, const char *field, const char *value);

/* Sends an entry; as datagram_send(), but one that is too large for a message goes as a sealed file
 * in memory. */
int journal_message_send(Datagram *journal, const void *message, size_t size);
