/* Channel: the way of what a program writes to stdout, or to stderr, to all who are to get it.
 *
 *     bytes > strip_ansi > communication tags > log file, as bytes or as records
 *                                             > syslog, journal: line by line
 *                                             > main log, at level debug
 *                                             > PROCESS_LOG events, by piece or by line
 *                          between the tags   > PROCESS_COMMUNICATION events
 *
 * What stands between the tags makes PROCESS_LOG events too, as with Supervisor. Knows no pipe. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/event.h"
#include "daemon/config/config.h"
#include "daemon/output/outlet.h"

typedef struct Channel Channel;

/* Takes over an event. */
typedef void (*ChannelEmit)(Event *event, void *userdata);

/* All borrowed, for the call alone but for outlets, emit and its data; loss: a reference is taken.
 */
typedef struct ChannelPlan {
        const ProcessConfig *process;
        const SupervisordConfig *supervisord;
        bool is_error;    /* stderr, not stdout */
        bool is_protocol; /* of a listener: what it says to the listener-host goes to the file only
                           */
        const char *logfile; /* path; NULL = none */
        Outlets *outlets;
        OutputLoss *loss;
        ChannelEmit emit;
        void *userdata;
} ChannelPlan;

/* Does anybody want what the program writes? */
bool channel_is_wanted(const ChannelConfig *config, const char *logfile);

Channel *channel_new(const ChannelPlan *plan);
Channel *channel_free(Channel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Channel, channel_free)

/* The name of the process, and "stdout" or "stderr"; for the main log. */
const char *channel_process(const Channel *channel);
const char *channel_name(const Channel *channel);
/* The same channel of the same process? */
bool channel_is_same(const Channel *a, const Channel *b);
/* What is written is of this process. */
void channel_set_pid(Channel *channel, pid_t pid);

/* The log file; NULL when there is none. */
Outlet *channel_file(const Channel *channel);
/* Where all bytes go as they are, and nowhere else; NULL when it is not that simple. */
Outlet *channel_direct_outlet(const Channel *channel);
OutputLoss *channel_loss(const Channel *channel);

/* One of those who are to get it cannot take more now. */
bool channel_is_full(const Channel *channel);
/* Called when one of them can again; see outlet_watch(). One at most. */
void channel_watch(Channel *channel, OutletReady on_ready, void *userdata);

void channel_push(Channel *channel, const char *data, size_t size);
/* The end of the stream: what was held back goes on its way. */
void channel_end(Channel *channel);
