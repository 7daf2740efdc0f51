/* Whatever a host leaves out is zero: an older one knows less, and one written by somebody else
 * need not report at all. */

#include "daemon/face/pool-report.h"

#include <stddef.h>
#include <string.h>

/* Those of basic types. */
static const struct {
        const char *name, *type;
        size_t offset;
} entries[] = {
        { "since", "t", offsetof(PoolReport, since) },
        { "delivered", "t", offsetof(PoolReport, counts[POOL_COUNT_DELIVERED]) },
        { "retried", "t", offsetof(PoolReport, counts[POOL_COUNT_RETRIED]) },
        { "violations", "t", offsetof(PoolReport, counts[POOL_COUNT_VIOLATIONS]) },
        { "given_up", "t", offsetof(PoolReport, counts[POOL_COUNT_GIVEN_UP]) },
        { "discarded", "t", offsetof(PoolReport, counts[POOL_COUNT_DISCARDED]) },
        { "queued", "u", offsetof(PoolReport, queued) },
        { "in_hand", "u", offsetof(PoolReport, in_hand) },
};

static void listener_report_free(gpointer data)
{
        ListenerReport *listener = data;

        g_free(listener->process);
        g_free(listener->state);
        g_free(listener);
}

PoolReport *pool_report_new(void)
{
        PoolReport *report = g_new0(PoolReport, 1);

        report->listeners = g_ptr_array_new_with_free_func(listener_report_free);
        return report;
}

PoolReport *pool_report_free(PoolReport *report)
{
        if (!report)
                return NULL;
        g_ptr_array_unref(report->listeners);
        g_free(report);
        return NULL;
}

static void add_listener(PoolReport *report, const char *process, const char *state,
                const ListenerReport *numbers)
{
        ListenerReport *listener = g_new(ListenerReport, 1);

        *listener = *numbers;
        listener->process = g_strdup(process);
        listener->state = g_strdup(state);
        g_ptr_array_add(report->listeners, listener);
}

static int read_listeners(sd_bus_message *m, unsigned max_listeners, PoolReport *report)
{
        const char *process, *state;
        ListenerReport numbers;
        int r = sd_bus_message_enter_container(m, 'v', "a(ststtt)");

        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(m, 'a', "(ststtt)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(m, "(ststtt)", &process, &numbers.generation, &state,
                                &numbers.n_delivered, &numbers.in_hand, &numbers.given_usec)) > 0)
                if (report->listeners->len < max_listeners)
                        add_listener(report, process, state, &numbers);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* One that we do not know is of a newer host. */
static int read_entry(sd_bus_message *m, unsigned max_listeners, PoolReport *report)
{
        const char *name;
        int r = sd_bus_message_read(m, "s", &name);

        if (r < 0)
                return r;
        if (strcmp(name, "listeners") == 0)
                return read_listeners(m, max_listeners, report);
        for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
                if (strcmp(entries[i].name, name) == 0)
                        return sd_bus_message_read(m, "v", entries[i].type,
                                        (void *)((char *)report + entries[i].offset));
        return sd_bus_message_skip(m, "v");
}

int pool_report_read(sd_bus_message *m, unsigned max_listeners, PoolReport *report)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_entry(m, max_listeners, report);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        report->is_current = true;
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

uint64_t pool_report_total(const PoolReport *report, PoolCount count)
{
        return report->before[count] + report->counts[count];
}

const ListenerReport *pool_report_find(
                const PoolReport *report, const char *process, uint64_t generation)
{
        for (guint i = 0; i < report->listeners->len; i++) {
                const ListenerReport *listener = report->listeners->pdata[i];

                if (listener->generation == generation && strcmp(listener->process, process) == 0)
                        return listener;
        }
        return NULL;
}

void pool_report_succeed(PoolReport *report, const PoolReport *last)
{
        bool is_same_host = report->since == last->since;

        for (PoolCount count = 0; count < _POOL_COUNT_MAX; count++)
                report->before[count] =
                                last->before[count] + (is_same_host ? 0 : last->counts[count]);
}

void pool_report_end(PoolReport *report)
{
        report->is_current = false;
        report->queued = report->in_hand = 0;
        g_ptr_array_set_size(report->listeners, 0);
}
