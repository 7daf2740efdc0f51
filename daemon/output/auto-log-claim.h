/* Auto log claim: says to other instances that the AUTO logs of an identifier in a folder are in
 * use, and tells whether anybody else uses them.
 *
 * It is a lock on a hidden file in that folder, .busvisor-UID-IDENTIFIER.lock, shared by all
 * instances of a user; the last one removes it. */
#pragma once

#include <glib.h>

typedef struct AutoLogClaim AutoLogClaim;

/* Works in any case; in a folder that takes no file, nobody has AUTO logs. Waits for another
 * instance that is cleaning, a second at most. */
AutoLogClaim *auto_log_claim_new(const char *folder, const char *identifier);
AutoLogClaim *auto_log_claim_free(AutoLogClaim *claim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AutoLogClaim, auto_log_claim_free)

/* Deletes the AUTO logs that are there, unless somebody else may be using them. Not while we have
 * some of our own. */
void auto_log_claim_clean(AutoLogClaim *claim);
