/* Diff: what a newly read configuration changes in the running one, process by process.
 *
 * Pure: compares data and decides nothing beyond what the option table says about each option. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/config.h"

typedef enum ChangeKind {
        CHANGE_GROUP_REMOVED,
        CHANGE_PROCESS_REMOVED,
        CHANGE_PROCESS_RESTART, /* it has to be stopped and started for it */
        CHANGE_PROCESS_LIVE,    /* it goes on running */
        CHANGE_GROUP_LIVE,      /* options of the group itself, such as its priority */
        CHANGE_POOL_LIVE,       /* likewise of a listener pool: events, buffer_size, priority */
        CHANGE_PROCESS_ADDED,
        CHANGE_GROUP_ADDED,
        CHANGE_DAEMON, /* nothing is done now: it counts from the next start of busvisord on, or, of
                          an HTTP server, when everything is started anew */
        _CHANGE_KIND_MAX,
} ChangeKind;

/* Published: the kinds of steps that PlanReload answers. "group-removed" and so on. */
const char *change_kind_to_string(ChangeKind kind);

typedef struct Change {
        ChangeKind kind;
        char *group;    /* of CHANGE_DAEMON: the header of the section */
        char *process;  /* "" where it is about the group */
        char **options; /* that differ; empty where something comes or goes as a whole */
} Change;

void change_free(void *change);
/* Is it about an HTTP server? */
bool change_is_of_http(const Change *change);
/* Why, in words for people; g_free. */
char *change_reason(const Change *change);

/* An array of Change: groups that go, then those that change (inside each: processes that go, that
 * change, the group itself, processes that come), then groups that come, each in the order of
 * starting, then what concerns the daemon. A group of another kind under an old name goes and
 * comes. A log that is AUTO in the new configuration counts as no difference, whatever it was. */
GPtrArray *config_diff(const Config *running, const Config *fresh);
