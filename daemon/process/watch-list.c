/* Who is taken away is only blanked, and swept out when nobody is being told any more, so that
 * indexes hold. */

#include "daemon/process/watch-list.h"

typedef struct Watch {
        ProcessWatcher watcher; /* NULL = taken away */
        void *userdata;
} Watch;

struct WatchList {
        GArray *watches;
        unsigned telling; /* depth */
};

WatchList *watch_list_new(void)
{
        WatchList *list = g_new0(WatchList, 1);

        list->watches = g_array_new(false, true, sizeof(Watch));
        return list;
}

WatchList *watch_list_free(WatchList *list)
{
        if (!list)
                return NULL;
        g_array_unref(list->watches);
        g_free(list);
        return NULL;
}

void watch_list_add(WatchList *list, ProcessWatcher watcher, void *userdata)
{
        Watch watch = { watcher, userdata };

        g_array_append_val(list->watches, watch);
}

static void sweep(WatchList *list)
{
        if (list->telling > 0)
                return;
        for (guint i = list->watches->len; i > 0; i--)
                if (!g_array_index(list->watches, Watch, i - 1).watcher)
                        g_array_remove_index(list->watches, i - 1);
}

void watch_list_remove(WatchList *list, ProcessWatcher watcher, void *userdata)
{
        for (guint i = 0; i < list->watches->len; i++) {
                Watch *watch = &g_array_index(list->watches, Watch, i);

                if (watch->watcher == watcher && watch->userdata == userdata)
                        watch->watcher = NULL;
        }
        sweep(list);
}

size_t watch_list_length(const WatchList *list)
{
        return list->watches->len;
}

void watch_list_tell(WatchList *list, Process *process, bool gone)
{
        guint n = list->watches->len;

        list->telling++;
        for (guint i = 0; i < n; i++) {
                Watch watch = g_array_index(list->watches, Watch, i);

                if (watch.watcher)
                        watch.watcher(process, gone, watch.userdata);
        }
        list->telling--;
        sweep(list);
}
