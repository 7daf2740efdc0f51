/* Fixture: what the unit tests of the daemon need again and again: a folder of their own,
 * configurations without a file, and a model that runs in a loop. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "daemon/process/manager.h"

/* A fresh folder. Removed with everything directly in it, and freed, by fixture_folder_free(). */
char *fixture_folder_new(void);
void fixture_folder_free(char *folder);
/* The text of a file below the folder, "" when there is none. Caller frees with g_free. */
char *fixture_read(const char *folder, const char *name);

/* A program NAME in a group of the same name: startsecs 0, no logs, no autorestart. */
ProcessConfig *fixture_process_config(const char *name, const char *command);
GroupConfig *fixture_group_config(GroupKind kind, const char *name, int64_t priority);
void fixture_group_add(GroupConfig *group, ProcessConfig *process);

/* A model with its loop and its event log. */
typedef struct Fixture {
        Config *config;
        sd_event *event;
        EventLog *events;
        Orphans *orphans;
        Cursors *cursors;
        DeadLetters *letters;
        PoolStore *pools;
        Manager *manager;
} Fixture;

/* Takes over the groups, a NULL-terminated list in start order. Groups are activated, nothing is
 * started. */
Fixture *fixture_new(GroupConfig *first, ...) G_GNUC_NULL_TERMINATED;
/* Likewise, with somebody who is told of the end of essential programs. */
Fixture *fixture_new_with_essential(EssentialEnded on_ended, void *userdata, GroupConfig *first,
                ...) G_GNUC_NULL_TERMINATED;
void fixture_free(Fixture *fixture);
Process *fixture_process(const Fixture *fixture, const char *group, const char *process);

/* Runs the loop until the process is in the state; the test fails after 30 seconds. */
void fixture_run_until(const Fixture *fixture, const Process *process, ProcessState state);
/* Runs the loop until *flag; likewise. */
void fixture_run_until_set(const Fixture *fixture, const bool *flag);

/* The state events so far, "web:STARTING web:RUNNING". Caller frees with g_free. */
char *fixture_states(const Fixture *fixture);
