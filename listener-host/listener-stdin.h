/* Listener stdin: the way of events to a listener. Nearly always the pipe takes all of one at once;
 * what it does not take is kept, and follows when there is room.
 *
 * Bounded by its user, who gives one event after the other. SIGPIPE must be ignored. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct ListenerStdin ListenerStdin;

/* Some of what was kept is written, or (negative errno) never will be. Called from the loop; must
 * not free the stdin. */
typedef void (*ListenerStdinProgress)(int r, void *userdata);

/* Takes the descriptor, in any case. */
int listener_stdin_new(sd_event *loop, int fd, ListenerStdinProgress progress, void *userdata,
                ListenerStdin **ret);
ListenerStdin *listener_stdin_free(ListenerStdin *in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListenerStdin, listener_stdin_free)

bool listener_stdin_is_open(const ListenerStdin *in);
/* Is there something that the pipe has yet to take? */
bool listener_stdin_is_stuck(const ListenerStdin *in);

/* In one write as far as the pipe takes it; nothing may be stuck. -EPIPE and other errors of
 * write(2): nothing of it was written, and it is closed. */
int listener_stdin_write(ListenerStdin *in, const char *data, size_t size);
/* What is stuck is forgotten. */
void listener_stdin_close(ListenerStdin *in);
