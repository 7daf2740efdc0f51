/* Check child: a listener that is run as busvisord runs one, with its stdin and stdout in our
 * hands.
 *
 * The only process that this program ever starts. Its stderr is ours. SIGCHLD must be blocked and
 * SIGPIPE ignored. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct CheckChild CheckChild;

/* arguments: NULL-terminated; the first is looked for in $PATH. Negative errno. */
int check_child_new(sd_event *loop, char **arguments, CheckChild **ret);
/* Ends it, and what it has started in its process group, at once. */
CheckChild *check_child_free(CheckChild *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckChild, check_child_free)

/* Waits until something happens, at most so long. Negative errno when the loop has ended. */
int check_child_turn(CheckChild *child, uint64_t timeout_usec);
/* What it has said, to be taken away by the caller. */
GByteArray *check_child_said(CheckChild *child);
bool check_child_has_closed_stdin(const CheckChild *child);
bool check_child_has_closed_stdout(const CheckChild *child);
/* All that it had said has been read by then. */
bool check_child_has_ended(const CheckChild *child);
/* "exited with status 1"; NULL while it runs. */
const char *check_child_end_text(const CheckChild *child);
/* Exit status 0. */
bool check_child_ended_well(const CheckChild *child);

/* Goes to its stdin as that takes it. */
void check_child_write(CheckChild *child, const void *data, size_t size);
/* Of what was written, how many bytes it has not read yet. */
size_t check_child_unread(const CheckChild *child);
void check_child_close_stdin(CheckChild *child);
/* To its process group. */
void check_child_signal(CheckChild *child, int number);
