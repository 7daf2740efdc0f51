/* A program that leaves something behind with each restart, over and over, is told of once in a
 * round of the timer: the bound of the list. */

#include "daemon/process/leftovers.h"

#include "bus/clock.h"
#include "daemon/output/main-log.h"
#include "daemon/process/deadline.h"
#include "daemon/process/process-table.h"
#include "daemon/process/remains.h"

#define DELAY_USEC UINT64_C(100000)
#define MAX_NAMED  10
#define MAX_NOTED  10000

typedef struct Leftover {
        char *name;
        pid_t group;
} Leftover;

struct Leftovers {
        Deadline *deadline;
        GArray *noted; /* of Leftover */
};

static void clear_leftover(void *data)
{
        Leftover *leftover = data;

        g_free(leftover->name);
}

static void report(const Leftover *leftover, const GArray *table)
{
        g_autoptr(GArray) members = process_table_in_group(table, leftover->group);
        g_autofree char *text = NULL;

        if (members->len == 0 || !remains_exist(leftover->group))
                return;
        text = process_table_to_string(members, MAX_NAMED);
        log_warn("%s has ended, but %u of its process group (%ld) %s on: %s", leftover->name,
                        members->len, (long)leftover->group, members->len == 1 ? "lives" : "live",
                        text);
}

static void on_deadline(void *userdata)
{
        Leftovers *leftovers = userdata;
        g_autoptr(GArray) table = process_table_read();

        for (guint i = 0; i < leftovers->noted->len; i++)
                report(&g_array_index(leftovers->noted, Leftover, i), table);
        g_array_set_size(leftovers->noted, 0);
}

Leftovers *leftovers_new(Turns *turns)
{
        Leftovers *leftovers = g_new0(Leftovers, 1);

        leftovers->deadline = deadline_new(turns, on_deadline, leftovers);
        leftovers->noted = g_array_new(false, true, sizeof(Leftover));
        g_array_set_clear_func(leftovers->noted, clear_leftover);
        return leftovers;
}

Leftovers *leftovers_free(Leftovers *leftovers)
{
        if (!leftovers)
                return NULL;
        deadline_free(leftovers->deadline);
        g_array_unref(leftovers->noted);
        g_free(leftovers);
        return NULL;
}

void leftovers_note(Leftovers *leftovers, const char *name, pid_t group)
{
        Leftover leftover = { .name = g_strdup(name), .group = group };

        if (leftovers->noted->len >= MAX_NOTED) {
                clear_leftover(&leftover);
                return;
        }
        g_array_append_val(leftovers->noted, leftover);
        if (!deadline_is_set(leftovers->deadline))
                deadline_set(leftovers->deadline, clock_now_usec(CLOCK_MONOTONIC) + DELAY_USEC);
}
