/* Event: an immutable, counted snapshot of something that happened.
 *
 * The types are Supervisor's 27 names with their hierarchy; a subscription to a type covers all
 * types below it. Knows neither the bus nor a log: EventLog gives the serial, event-message carries
 * it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/state.h"

/* The numbers are in event logs on disks: what is added comes last. */
typedef enum EventType {
        EVENT_ANY, /* "EVENT", the ancestor of all */
        EVENT_PROCESS_STATE,
        EVENT_PROCESS_STATE_STARTING,
        EVENT_PROCESS_STATE_RUNNING,
        EVENT_PROCESS_STATE_BACKOFF,
        EVENT_PROCESS_STATE_STOPPING,
        EVENT_PROCESS_STATE_STOPPED,
        EVENT_PROCESS_STATE_EXITED,
        EVENT_PROCESS_STATE_FATAL,
        EVENT_PROCESS_STATE_UNKNOWN,
        EVENT_PROCESS_COMMUNICATION,
        EVENT_PROCESS_COMMUNICATION_STDOUT,
        EVENT_PROCESS_COMMUNICATION_STDERR,
        EVENT_PROCESS_LOG,
        EVENT_PROCESS_LOG_STDOUT,
        EVENT_PROCESS_LOG_STDERR,
        EVENT_REMOTE_COMMUNICATION,
        EVENT_SUPERVISOR_STATE_CHANGE,
        EVENT_SUPERVISOR_STATE_CHANGE_RUNNING,
        EVENT_SUPERVISOR_STATE_CHANGE_STOPPING,
        EVENT_TICK,
        EVENT_TICK_5,
        EVENT_TICK_60,
        EVENT_TICK_3600,
        EVENT_PROCESS_GROUP,
        EVENT_PROCESS_GROUP_ADDED,
        EVENT_PROCESS_GROUP_REMOVED,
        _EVENT_TYPE_MAX,
        _EVENT_TYPE_INVALID = -1,
} EventType;

/* A set of types, one bit each: `event_type_bit(type) & set`. */
typedef uint32_t EventTypeSet;
G_STATIC_ASSERT(_EVENT_TYPE_MAX <= 32);

static inline EventTypeSet event_type_bit(EventType type)
{
        return UINT32_C(1) << type;
}

/* Supervisor's name, "PROCESS_STATE_EXITED". */
const char *event_type_to_string(EventType type);
/* Exact, upper-case name; _EVENT_TYPE_INVALID when there is no such type. */
EventType event_type_from_string(const char *name);
/* The name that may have been meant: one most like it, or one that ends so; NULL when there is
 * none. */
const char *event_type_nearest(const char *name);
/* Abstract types can be subscribed to but never happen. */
bool event_type_is_abstract(EventType type);
/* Is it the ancestor itself or a type below it? */
bool event_type_is_below(EventType type, EventType ancestor);
/* The concrete types that a subscription to this type covers (itself where it is concrete). */
EventTypeSet event_type_covers(EventType type);
/* The union of what the named types cover; NULL-terminated names. False on the first unknown name,
 * which is then in *ret_unknown (borrowed from names). */
bool event_type_set_from_strings(
                const char *const *names, EventTypeSet *ret_set, const char **ret_unknown);
/* PROCESS_STATE_X for a process that has become X. */
EventType event_type_of_process_state(ProcessState state);
/* PROCESS_LOG_* and PROCESS_COMMUNICATION_* of stderr, not of stdout. */
bool event_type_is_stderr(EventType type);
/* "stdout" or "stderr" of PROCESS_LOG_* and PROCESS_COMMUNICATION_*; else NULL. */
const char *event_type_channel(EventType type);
/* "RUNNING" or "STOPPING" of SUPERVISOR_STATE_CHANGE_*; else NULL. */
const char *event_type_supervisor_state(EventType type);
/* Seconds of TICK_*; else 0. */
unsigned event_type_tick_period(EventType type);
/* Data of these may hold secrets: they go to subscribers only, never to everybody. */
bool event_type_is_restricted(EventType type);
/* All of those. */
EventTypeSet event_types_restricted(void);

/* The data of an event is never longer, with its remote_type, so that it fits into one message. */
#define EVENT_DATA_MAX_BYTES (960 * 1024)

/* Which fields are set depends on the type; unset ones are 0, false or NULL. */
typedef struct Event {
        unsigned n_ref;
        EventType type;          /* a concrete one */
        uint64_t serial;         /* from 1, grows by 1 with each event of the daemon */
        uint64_t realtime_usec;  /* CLOCK_REALTIME when it happened */
        uint64_t monotonic_usec; /* CLOCK_MONOTONIC when it happened */
        char *group;             /* PROCESS_*, PROCESS_GROUP_* */
        char *process;           /* PROCESS_STATE_*, PROCESS_LOG_*, PROCESS_COMMUNICATION_* */
        pid_t pid;               /* likewise; 0 when there was no process */
        ProcessState from_state; /* PROCESS_STATE_* */
        unsigned tries;          /* PROCESS_STATE_*: failed starts in a row so far */
        bool expected;           /* PROCESS_STATE_EXITED: the exit code is in exitcodes */
        int exit_code;           /* EXITED, STOPPED, BACKOFF: 0 to 255; -1 when there is none */
        int term_signal;         /* likewise: the signal that killed it; 0 when none did */
        unsigned tick_period;    /* TICK_*: 5, 60 or 3600 seconds */
        uint64_t tick_when;      /* TICK_*: seconds since the epoch, start of the slice */
        char *asked_by;          /* PROCESS_STATE_*, REMOTE_COMMUNICATION: unique name on the bus of
                                  * who asked for it; NULL when nobody did, or not over the bus */
        char *run_id;      /* that of another run of the daemon, whose event it is; NULL = it is
                            * of this run */
        char *remote_type; /* REMOTE_COMMUNICATION */
        GBytes *data;      /* PROCESS_LOG_*, PROCESS_COMMUNICATION_*, REMOTE_COMMUNICATION */
} Event;

/* Each makes an event without serial and times; the caller fills in what else the type has before
 * anybody else sees it. Strings are copied. */
Event *event_new(EventType type);
Event *event_new_process_state(
                const char *group, const char *process, ProcessState from, ProcessState to);
Event *event_new_tick(unsigned period_seconds, uint64_t when);
Event *event_new_group(EventType type, const char *group);
Event *event_new_remote(const char *remote_type, const void *data, size_t size);

Event *event_ref(const Event *event);
Event *event_unref(Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_unref)

/* PROCESS_STATE_* only: the state that was entered. */
ProcessState event_process_state(const Event *event);

/* What the event takes in memory, its strings and data included; for bounds. */
size_t event_size(const Event *event);
