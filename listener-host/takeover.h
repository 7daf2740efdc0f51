/* Takeover: asks the daemon for the pipe ends of one run of a listener. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "listener-host/call.h"
#include "listener-host/listener.h"

typedef struct Takeover Takeover;

/* Exactly one of pipes (the receiver owns the descriptors) and error is set. The takeover is over,
 * and the receiver frees it. An error named StaleGeneration is no failure: that run has ended. */
typedef void (*TakeoverDone)(Takeover *takeover, const ListenerPipes *pipes,
                const sd_bus_error *error, void *userdata);

/* path: the pool's object. Negative errno of sd-bus. */
int takeover_new(const Peer *peer, const char *path, const char *process, uint64_t generation,
                TakeoverDone done, void *userdata, Takeover **ret);
/* Gives up what is under way. */
Takeover *takeover_free(Takeover *takeover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Takeover, takeover_free)

const char *takeover_process(const Takeover *takeover);
uint64_t takeover_generation(const Takeover *takeover);

/* The listener has become RUNNING meanwhile. */
void takeover_note_running(Takeover *takeover);
bool takeover_is_running(const Takeover *takeover);
