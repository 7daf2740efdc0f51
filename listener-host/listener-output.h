/* Listener output: what a listener says, read from its stdout and copied into its log.
 *
 * In pieces of at most 16 KiB, one in each round of the loop, or a few of answers that are there at
 * once, so that nobody who says much holds up others. While the log takes nothing, or the caller
 * wants a pause, nothing is read: the rest waits in the pipe, and its writer with it. So does one
 * who says much and means nothing, but for a little each second. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct ListenerOutput ListenerOutput;

/* Called from the loop, and from listener_output_finish(); must not free the output. */
typedef struct ListenerOutputObserver {
        /* True when more is likely to come at once. */
        bool (*heard)(const char *data, size_t size, void *userdata);
        /* The other end is closed; no more comes. */
        void (*closed)(void *userdata);
} ListenerOutputObserver;

/* Takes both descriptors, in any case. name: of the listener, for the lines about trouble;
 * borrowed. */
int listener_output_new(sd_event *loop, const char *name, int fd, int log,
                const ListenerOutputObserver *observer, void *userdata, ListenerOutput **ret);
ListenerOutput *listener_output_free(ListenerOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListenerOutput, listener_output_free)

void listener_output_pause(ListenerOutput *output, bool pause);
/* Something that it said made sense. */
void listener_output_made_sense(ListenerOutput *output);
/* The process has ended: reads what it said last, and closes. */
void listener_output_finish(ListenerOutput *output);
