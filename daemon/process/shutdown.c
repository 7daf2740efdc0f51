/* Goes on from the loop only, never from within a process's own transition. */

#include "daemon/process/shutdown.h"

#include "daemon/output/main-log.h"

#define REPORT_USEC UINT64_C(3000000)
#define DRAIN_USEC  UINT64_C(2000000)

struct Shutdown {
        ShutdownSetup setup;
        StopOrder *order;
        sd_event_source *advance, *report, *drain_deadline;
        bool drain_is_over;
};

/* Could still deliver something: a listener runs, and a listener-host has it. */
static bool has_leased_listener(const Group *pool)
{
        const GPtrArray *listeners = group_processes(pool);

        for (guint i = 0; i < listeners->len; i++)
                if (process_is_leased(listeners->pdata[i]))
                        return true;
        return false;
}

static int on_drain_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        Shutdown *shutdown = userdata;

        shutdown->drain_is_over = true;
        shutdown_poke(shutdown);
        return 0;
}

static bool may_stop(const Group *group, void *userdata)
{
        Shutdown *shutdown = userdata;
        const GroupConfig *config = group_config(group);
        int r;

        if (config->kind != GROUP_EVENTLISTENER || !has_leased_listener(group) ||
                        !cursors_is_behind(shutdown->setup.cursors, config->name,
                                        shutdown->setup.events, &config->filter))
                return true;
        if (shutdown->drain_is_over) {
                log_warn("pool %s is stopped before it has answered all events%s", config->name,
                                config->durable ? "; it goes on there when it is started again"
                                                : "");
                return true;
        }
        if (!shutdown->drain_deadline) {
                r = sd_event_add_time_relative(shutdown->setup.event, &shutdown->drain_deadline,
                                CLOCK_MONOTONIC, DRAIN_USEC, 0, on_drain_deadline, shutdown);
                g_assert(r >= 0);
        }
        return false;
}

static int on_advance(sd_event_source *source, void *userdata)
{
        Shutdown *shutdown = userdata;

        if (!stop_order_advance(shutdown->order))
                return 0;
        shutdown->report = sd_event_source_disable_unref(shutdown->report);
        shutdown->drain_deadline = sd_event_source_disable_unref(shutdown->drain_deadline);
        shutdown->setup.on_stopped(shutdown->setup.userdata);
        return 0;
}

static void append_names(GString *names, const Group *group)
{
        const GPtrArray *processes = group_processes(group);

        for (guint i = 0; i < processes->len; i++)
                if (!process_state_is_stopped(process_state(processes->pdata[i])))
                        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                                        process_config(processes->pdata[i])->name);
}

static int on_report(sd_event_source *source, uint64_t usec, void *userdata)
{
        const Shutdown *shutdown = userdata;
        g_autoptr(GString) names = g_string_new(NULL);
        int r;

        for (guint i = 0; i < shutdown->setup.groups->len; i++)
                append_names(names, shutdown->setup.groups->pdata[i]);
        if (names->len > 0)
                log_info("waiting for %s to die", names->str);
        r = sd_event_source_set_time_relative(source, REPORT_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

Shutdown *shutdown_new(const ShutdownSetup *setup)
{
        Shutdown *shutdown = g_new0(Shutdown, 1);
        int r;

        shutdown->setup = *setup;
        shutdown->order = stop_order_new(setup->groups, may_stop, shutdown);
        r = sd_event_add_defer(setup->event, &shutdown->advance, on_advance, shutdown);
        g_assert(r >= 0);
        r = sd_event_add_time_relative(setup->event, &shutdown->report, CLOCK_MONOTONIC, 0, 0,
                        on_report, shutdown);
        g_assert(r >= 0);
        return shutdown;
}

Shutdown *shutdown_free(Shutdown *shutdown)
{
        if (!shutdown)
                return NULL;
        sd_event_source_disable_unref(shutdown->advance);
        sd_event_source_disable_unref(shutdown->report);
        sd_event_source_disable_unref(shutdown->drain_deadline);
        stop_order_free(shutdown->order);
        g_free(shutdown);
        return NULL;
}

void shutdown_poke(Shutdown *shutdown)
{
        sd_event_source_set_enabled(shutdown->advance, SD_EVENT_ONESHOT);
}

void shutdown_hasten(Shutdown *shutdown)
{
        shutdown->drain_is_over = true;
        stop_order_hasten(shutdown->order);
        shutdown_poke(shutdown);
}
