/* Watch list: who wants to be told when a process changes.
 *
 * Watchers may add and take away watchers, themselves included, while they are being told. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/process/context.h"

typedef void (*ProcessWatcher)(Process *process, bool gone, void *userdata);

typedef struct WatchList WatchList;

WatchList *watch_list_new(void);
WatchList *watch_list_free(WatchList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchList, watch_list_free)

void watch_list_add(WatchList *list, ProcessWatcher watcher, void *userdata);
void watch_list_remove(WatchList *list, ProcessWatcher watcher, void *userdata);
size_t watch_list_length(const WatchList *list);
/* Those who are added meanwhile are told the next time. */
void watch_list_tell(WatchList *list, Process *process, bool gone);
