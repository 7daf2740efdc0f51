/* Turns: what is due at once, in the order in which it came, a few in each round of the loop.
 *
 * To start a program takes long, compared with all else that the loop does. However many are due at
 * the same time, signals, the bus and outputs wait for a few of them only. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct Turns Turns;

/* Of one who waits, and part of it; initialized with turn_init(). */
typedef struct Turn {
        GList link;
        void (*take)(void *userdata); /* from the loop, once each time it was added */
        void *userdata;
        bool waits;
} Turn;

/* event is borrowed. */
Turns *turns_new(sd_event *event);
/* Nobody may wait any more. */
Turns *turns_free(Turns *turns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Turns, turns_free)

sd_event *turns_event(const Turns *turns);

void turn_init(Turn *turn, void (*take)(void *userdata), void *userdata);
/* Who waits already keeps its place. */
void turns_add(Turns *turns, Turn *turn);
void turns_remove(Turns *turns, Turn *turn);
