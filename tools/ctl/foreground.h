/* Foreground: a terminal, or whatever stdin and stdout are, as that of a running process. */
#pragma once

#include "tools/ctl/command.h"
#include "tools/ctl/process-list.h"

/* Shows what it writes, its last bytes first, and gives it each line typed, until it ends, there
 * are no more lines, or Ctrl-C; tells which of them. entry: as it was when the client, which is
 * connected, was asked last. */
ExitStatus foreground_run(Context *context, const ProcessEntry *entry);
