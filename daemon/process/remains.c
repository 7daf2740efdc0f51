/* Between the question whether the number is still that of our group and the signal to it, the last
 * member would have to go, and all other numbers to be given out once, for the signal to hit
 * somebody else: the window is that of every kill(2) with a number, and the question keeps it that
 * short. */

#include "daemon/process/remains.h"

#include <errno.h>
#include <signal.h>

#include "daemon/process/process-table.h"

#define MAX_NAMED 20

struct Remains {
        Orphans *orphans; /* borrowed */
        pid_t group;
        RemainsGone on_gone;
        void *userdata;
};

/* EPERM: there is one, and it is somebody else's. */
static bool exists(pid_t number)
{
        return kill(number, 0) == 0 || errno != ESRCH;
}

bool remains_exist(pid_t group)
{
        return exists(-group) && !exists(group);
}

static void on_reaped(void *userdata)
{
        Remains *remains = userdata;

        if (!remains_exist(remains->group))
                remains->on_gone(remains->userdata);
}

Remains *remains_new(Orphans *orphans, pid_t group, RemainsGone on_gone, void *userdata)
{
        Remains *remains = g_new0(Remains, 1);

        remains->orphans = orphans;
        remains->group = group;
        remains->on_gone = on_gone;
        remains->userdata = userdata;
        orphans_watch_group(orphans, group, on_reaped, remains);
        return remains;
}

Remains *remains_free(Remains *remains)
{
        if (!remains)
                return NULL;
        orphans_unwatch_group(remains->orphans, remains->group);
        g_free(remains);
        return NULL;
}

pid_t remains_group(const Remains *remains)
{
        return remains->group;
}

static GArray *members(const Remains *remains)
{
        g_autoptr(GArray) table = process_table_read();

        return process_table_in_group(table, remains->group);
}

bool remains_live(const Remains *remains)
{
        g_autoptr(GArray) found = members(remains);

        return remains_exist(remains->group) && found->len > 0;
}

char *remains_to_string(const Remains *remains)
{
        g_autoptr(GArray) found = members(remains);

        return process_table_to_string(found, MAX_NAMED);
}

int remains_kill(const Remains *remains)
{
        if (!remains_exist(remains->group))
                return -ESRCH;
        return kill(-remains->group, SIGKILL) < 0 ? -errno : 0;
}
