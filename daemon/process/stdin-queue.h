/* Stdin queue: what was written for the stdin of a program and is still too much for its pipe.
 *
 * Never waits: the pipe gets what it takes, the rest follows from the loop when there is room. What
 * waits beside the pipe has a bound. */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <systemd/sd-event.h>

#define STDIN_QUEUE_MAX (64 * 1024) /* bytes beside the pipe */

typedef struct StdinQueue StdinQueue;

/* fd: the end to write, non-blocking; borrowed, and event too. name is for the main log; copied. */
StdinQueue *stdin_queue_new(sd_event *event, int fd, const char *name);
/* What still waits is lost. */
StdinQueue *stdin_queue_free(StdinQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StdinQueue, stdin_queue_free)

/* All or nothing. -ENOBUFS: there is no room for that much now (as much as the bound is always
 * taken when nothing waits, more only as far as the pipe is empty); -EPIPE: the program has closed
 * its stdin; other negative errno of write(2). */
int stdin_queue_write(StdinQueue *queue, const void *data, size_t size);
/* Bytes that wait. */
size_t stdin_queue_size(const StdinQueue *queue);
