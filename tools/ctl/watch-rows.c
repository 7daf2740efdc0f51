/* A share of the processor is the difference of two looks; so each row keeps what it was at the
 * last one that is far enough back. Looks come with every change of a state, and a share of a few
 * milliseconds would be noise. */

#include "tools/ctl/watch-rows.h"

#include <string.h>

#include "tools/ctl/process-list.h"
#include "tools/ctl/usage-list.h"

#define LEAST_USEC (UINT64_C(400) * 1000)

/* What a process had used at some time. */
typedef struct Sample {
        pid_t pid;
        uint64_t cpu_nsec, monotonic_usec;
        double cpu; /* as it came out then; -1 = did not yet */
} Sample;

struct WatchRows {
        GPtrArray *rows;     /* of WatchRow, in the order that was asked for */
        GHashTable *samples; /* of Sample, by "GROUP:PROCESS" */
        unsigned longest_name;
        bool has_lag;
        WatchKey key;
        bool reverse;
};

static const char *const keys[_WATCH_KEY_MAX] = {
        [WATCH_BY_NAME] = "name",
        [WATCH_BY_STATE] = "state",
        [WATCH_BY_CPU] = "cpu",
        [WATCH_BY_MEMORY] = "memory",
        [WATCH_BY_UPTIME] = "uptime",
        [WATCH_BY_RESTARTS] = "restarts",
        [WATCH_BY_LAG] = "lag",
        [WATCH_BY_PID] = "pid",
};

const char *watch_key_to_string(WatchKey key)
{
        g_assert(key >= 0 && key < _WATCH_KEY_MAX);
        return keys[key];
}

WatchKey watch_key_from_string(const char *text)
{
        for (WatchKey key = 0; key < _WATCH_KEY_MAX; key++)
                if (strcmp(keys[key], text) == 0)
                        return key;
        return _WATCH_KEY_INVALID;
}

char *watch_key_list(void)
{
        GString *list = g_string_new(keys[0]);

        for (WatchKey key = 1; key < _WATCH_KEY_MAX; key++)
                g_string_append_printf(list, ", %s", keys[key]);
        return g_string_free(list, false);
}

static void row_free(void *pointer)
{
        WatchRow *row = pointer;

        g_free(row->name);
        g_free(row->group);
        g_free(row->process);
        g_free(row);
}

WatchRows *watch_rows_new(void)
{
        WatchRows *rows = g_new0(WatchRows, 1);

        rows->rows = g_ptr_array_new_with_free_func(row_free);
        rows->samples = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        return rows;
}

WatchRows *watch_rows_free(WatchRows *rows)
{
        if (!rows)
                return NULL;
        g_ptr_array_unref(rows->rows);
        g_hash_table_unref(rows->samples);
        g_free(rows);
        return NULL;
}

/* Order. */

static int compare_numbers(uint64_t a, uint64_t b)
{
        return a < b ? 1 : a > b ? -1 : 0;
}

/* What is unknown comes last. */
static uint64_t known(uint64_t number)
{
        return number == WATCH_UNKNOWN ? 0 : number + 1;
}

static int compare_by(WatchKey key, const WatchRow *a, const WatchRow *b)
{
        switch (key) {
        case WATCH_BY_NAME:
                break;
        case WATCH_BY_STATE:
                return strcmp(process_state_to_string(a->state), process_state_to_string(b->state));
        case WATCH_BY_CPU:
                return a->cpu < b->cpu ? 1 : a->cpu > b->cpu ? -1 : 0;
        case WATCH_BY_MEMORY:
                return compare_numbers(known(a->memory), known(b->memory));
        case WATCH_BY_UPTIME:
                return compare_numbers(known(a->uptime_usec), known(b->uptime_usec));
        case WATCH_BY_RESTARTS:
                return compare_numbers(a->n_restarts, b->n_restarts);
        case WATCH_BY_LAG:
                return compare_numbers(known(a->lag_events), known(b->lag_events));
        case WATCH_BY_PID:
                return compare_numbers(b->pid, a->pid);
        case _WATCH_KEY_MAX:
        case _WATCH_KEY_INVALID:
                g_assert_not_reached();
        }
        return 0;
}

static int compare(const void *x, const void *y, void *userdata)
{
        const WatchRow *a = *(WatchRow *const *)x, *b = *(WatchRow *const *)y;
        const WatchRows *rows = userdata;
        int order = compare_by(rows->key, a, b);

        if (order == 0)
                order = a->position < b->position ? -1 : 1;
        return rows->reverse ? -order : order;
}

void watch_rows_set_order(WatchRows *rows, WatchKey key, bool reverse)
{
        rows->key = key;
        rows->reverse = reverse;
        g_ptr_array_sort_with_data(rows->rows, compare, rows);
}

/* A look. */

static GHashTable *index_usage(const GPtrArray *usage)
{
        GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (unsigned i = 0; i < usage->len; i++) {
                UsageEntry *entry = usage->pdata[i];

                g_hash_table_insert(
                                index, g_strconcat(entry->group, ":", entry->process, NULL), entry);
        }
        return index;
}

static uint64_t lag_of(const GPtrArray *pools, const char *group)
{
        for (unsigned i = 0; i < pools->len; i++) {
                const PoolLag *lag = pools->pdata[i];

                if (strcmp(lag->pool, group) == 0)
                        return lag->lag_events;
        }
        return WATCH_UNKNOWN;
}

static uint64_t uptime_of(const ProcessEntry *entry, uint64_t now_usec)
{
        if (entry->pid == 0 || entry->start_usec == 0)
                return WATCH_UNKNOWN;
        return now_usec > entry->start_usec ? now_usec - entry->start_usec : 0;
}

static double percent(uint64_t cpu_nsec, uint64_t usec)
{
        return usec > 0 ? (double)cpu_nsec / 10 / (double)usec : 0;
}

/* Since the last sample, or the start of the process where there is none. */
static double cpu_since(const Sample *last, const UsageEntry *usage, uint64_t uptime_usec,
                uint64_t monotonic_usec)
{
        if (!last || last->pid != usage->pid || last->cpu_nsec == USAGE_UNKNOWN)
                return uptime_usec == WATCH_UNKNOWN ? -1 : percent(usage->cpu_nsec, uptime_usec);
        return percent(usage->cpu_nsec > last->cpu_nsec ? usage->cpu_nsec - last->cpu_nsec : 0,
                        monotonic_usec - last->monotonic_usec);
}

static double take_sample(WatchRows *rows, const char *key, const UsageEntry *usage,
                uint64_t uptime_usec, uint64_t monotonic_usec)
{
        Sample *last = g_hash_table_lookup(rows->samples, key);
        Sample *sample;

        if (usage->cpu_nsec == USAGE_UNKNOWN)
                return -1;
        if (last && last->pid == usage->pid && last->cpu >= 0 &&
                        monotonic_usec - last->monotonic_usec < LEAST_USEC)
                return last->cpu;
        sample = g_new0(Sample, 1);
        sample->pid = usage->pid;
        sample->cpu_nsec = usage->cpu_nsec;
        sample->monotonic_usec = monotonic_usec;
        sample->cpu = cpu_since(last, usage, uptime_usec, monotonic_usec);
        g_hash_table_insert(rows->samples, g_strdup(key), sample);
        return sample->cpu;
}

static WatchRow *new_row(WatchRows *rows, const WatchLook *look, const ProcessEntry *entry,
                GHashTable *usage_index)
{
        WatchRow *row = g_new0(WatchRow, 1);
        g_autofree char *key = g_strconcat(entry->group, ":", entry->process, NULL);
        const UsageEntry *usage = g_hash_table_lookup(usage_index, key);

        row->name = process_display_name(entry->group, entry->process);
        row->group = g_strdup(entry->group);
        row->process = g_strdup(entry->process);
        row->state = entry->state;
        row->pid = entry->pid;
        row->uptime_usec = uptime_of(entry, look->realtime_usec);
        row->memory = usage ? usage->memory : WATCH_UNKNOWN;
        row->n_restarts = usage ? usage->n_restarts : 0;
        row->cpu = usage ? take_sample(rows, key, usage, row->uptime_usec, look->monotonic_usec)
                         : -1;
        row->lag_events = lag_of(look->pools, entry->group);
        return row;
}

static gboolean is_gone(gpointer key, gpointer sample, gpointer usage_index)
{
        return !g_hash_table_contains(usage_index, key);
}

void watch_rows_look(WatchRows *rows, const WatchLook *look)
{
        g_autoptr(GHashTable) usage_index = index_usage(look->usage);

        g_hash_table_foreach_remove(rows->samples, is_gone, usage_index);
        g_ptr_array_set_size(rows->rows, 0);
        rows->longest_name = 0;
        rows->has_lag = false;
        for (unsigned i = 0; i < look->processes->len; i++) {
                WatchRow *row = new_row(rows, look, look->processes->pdata[i], usage_index);

                row->position = i;
                rows->longest_name =
                                MAX(rows->longest_name, (unsigned)g_utf8_strlen(row->name, -1));
                rows->has_lag = rows->has_lag || row->lag_events != WATCH_UNKNOWN;
                g_ptr_array_add(rows->rows, row);
        }
        g_ptr_array_sort_with_data(rows->rows, compare, rows);
}

unsigned watch_rows_count(const WatchRows *rows)
{
        return rows->rows->len;
}

unsigned watch_rows_longest_name(const WatchRows *rows)
{
        return rows->longest_name;
}

bool watch_rows_has_lag(const WatchRows *rows)
{
        return rows->has_lag;
}

const WatchRow *watch_rows_at(const WatchRows *rows, unsigned position)
{
        return rows->rows->pdata[position];
}
