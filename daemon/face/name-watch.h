/* Name watch: tells when a connection to the bus ends, or that it has ended already.
 *
 * sd_bus_track would do the same, but waits for the bus's answer whether the name exists. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct NameWatch NameWatch;

/* name is a unique one. on_gone is called from the loop, once; the watch may be freed in it. */
int name_watch_new(sd_bus *bus, const char *name, void (*on_gone)(void *userdata), void *userdata,
                NameWatch **ret);
NameWatch *name_watch_free(NameWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NameWatch, name_watch_free)
