/* Find daemon: from what the command line and the environment say to a connection to the bus on
 * which busvisord is. Never starts a daemon by asking for one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

/* Where to look; all but bus_name may be NULL. The first of address, configuration or identifier,
 * and BUSVISOR_BUS_ADDRESS that is given decides; without any, all places are searched. */
typedef struct DaemonPlace {
        const char *host;          /* another machine, where address and identifier are meant */
        const char *address;       /* a D-Bus address, "system" or "user" */
        const char *configuration; /* path of the instance's configuration file */
        const char *identifier;    /* goes before configuration */
        const char *preferred;     /* configuration file of the instance that goes before others */
        const char *bus_name;
        uint64_t deadline_usec; /* CLOCK_MONOTONIC, 0 = none */
        sd_event *loop;         /* goes on while something is waited for; NULL = there is none */
        bool is_unattended;     /* ssh may neither ask nor tell anything */
} DaemonPlace;

/* May it be the address of a place, by its form? */
bool find_daemon_is_bus(const char *text);

/* A connection on which bus_name has an owner, attached to no loop. False with an error that says
 * what was tried. */
bool find_daemon(const DaemonPlace *place, sd_bus **ret_bus, GError **error);

/* The folder that holds a folder for each instance: first entry of RUNTIME_DIRECTORY, else
 * /run/busvisor for root, else below XDG_RUNTIME_DIR. NULL when there is none. Caller frees with
 * g_free. */
char *find_daemon_runtime_folder(void);
