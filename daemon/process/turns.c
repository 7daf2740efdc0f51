/* One source for all, since many would have as many shares of the loop; and a new one for each
 * round, since sd-event counts a defer source as waiting from the moment it was made, and serves
 * first who has waited longest: one that is kept comes before everything else, each time. */

#include "daemon/process/turns.h"

#define MANY_AT_ONCE 8

struct Turns {
        sd_event *event; /* borrowed */
        sd_event_source *source;
        GQueue waiting; /* of Turn, by their own links */
};

static int on_round(sd_event_source *source, void *userdata);

static void want_round(Turns *turns)
{
        int r;

        if (turns->source)
                return;
        r = sd_event_add_defer(turns->event, &turns->source, on_round, turns);
        g_assert(r >= 0);
}

static int on_round(sd_event_source *source, void *userdata)
{
        Turns *turns = userdata;
        guint many = MIN(turns->waiting.length, MANY_AT_ONCE);

        turns->source = sd_event_source_disable_unref(turns->source);
        for (guint i = 0; i < many && turns->waiting.head; i++) {
                Turn *turn = turns->waiting.head->data;

                turns_remove(turns, turn);
                turn->take(turn->userdata);
        }
        if (turns->waiting.head)
                want_round(turns);
        return 0;
}

Turns *turns_new(sd_event *event)
{
        Turns *turns = g_new0(Turns, 1);

        turns->event = event;
        g_queue_init(&turns->waiting);
        return turns;
}

Turns *turns_free(Turns *turns)
{
        if (!turns)
                return NULL;
        g_assert(g_queue_is_empty(&turns->waiting));
        sd_event_source_disable_unref(turns->source);
        g_free(turns);
        return NULL;
}

sd_event *turns_event(const Turns *turns)
{
        return turns->event;
}

void turn_init(Turn *turn, void (*take)(void *userdata), void *userdata)
{
        *turn = (Turn){ .link.data = turn, .take = take, .userdata = userdata };
}

void turns_add(Turns *turns, Turn *turn)
{
        if (turn->waits)
                return;
        turn->waits = true;
        g_queue_push_tail_link(&turns->waiting, &turn->link);
        want_round(turns);
}

void turns_remove(Turns *turns, Turn *turn)
{
        if (!turn->waits)
                return;
        turn->waits = false;
        g_queue_unlink(&turns->waiting, &turn->link);
        if (g_queue_is_empty(&turns->waiting))
                turns->source = sd_event_source_disable_unref(turns->source);
}
