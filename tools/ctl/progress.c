/* An item goes back to waiting when its state says so: a process that is to be restarted ends
 * before it starts. */

#include "tools/ctl/progress.h"

#include "tools/ctl/output.h"
#include "tools/ctl/process-list.h"

/* Enough for any width. */
#define MAX_NAMES 100

typedef enum Stage {
        STAGE_WAITING,
        STAGE_DONE,
        STAGE_FAILED,
        _STAGE_MAX,
} Stage;

typedef struct Item {
        char *name; /* as people see it */
        Stage stage;
} Item;

struct Progress {
        Operation operation;
        GPtrArray *items;
        GHashTable *by_name; /* borrowed items */
        unsigned n_in[_STAGE_MAX];
};

static void item_free(void *pointer)
{
        Item *item = pointer;

        g_free(item->name);
        g_free(item);
}

static Stage stage_of(Operation operation, ProcessState state)
{
        const char *error;

        if (operation == OPERATION_STOP)
                return process_state_is_stopped(state) ? STAGE_DONE : STAGE_WAITING;
        /* Between its end and its start. */
        if (operation == OPERATION_RESTART && state == PROCESS_STOPPED)
                return STAGE_WAITING;
        error = result_error_of_state(operation, state, false);
        if (!error)
                return STAGE_WAITING;
        return *error ? STAGE_FAILED : STAGE_DONE;
}

static bool has_work(Operation operation, ProcessState state)
{
        if (operation == OPERATION_RESTART)
                return true;
        return operation == OPERATION_STOP ? !process_state_is_stopped(state)
                                           : state != PROCESS_RUNNING;
}

static void add(Progress *progress, const ProcessEntry *entry)
{
        g_autofree char *name = process_display_name(entry->group, entry->process);
        Item *item;

        if (!has_work(progress->operation, entry->state) ||
                        g_hash_table_contains(progress->by_name, name))
                return;
        item = g_new0(Item, 1);
        item->name = g_steal_pointer(&name);
        g_ptr_array_add(progress->items, item);
        g_hash_table_insert(progress->by_name, item->name, item);
        progress->n_in[STAGE_WAITING]++;
}

Progress *progress_new(Operation operation, const GPtrArray *selection)
{
        Progress *progress = g_new0(Progress, 1);

        g_assert(operation != OPERATION_SIGNAL && operation != OPERATION_CLEAR);
        progress->operation = operation;
        progress->items = g_ptr_array_new_with_free_func(item_free);
        progress->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < selection->len; i++)
                add(progress, selection->pdata[i]);
        return progress;
}

Progress *progress_free(Progress *progress)
{
        if (!progress)
                return NULL;
        g_hash_table_unref(progress->by_name);
        g_ptr_array_unref(progress->items);
        g_free(progress);
        return NULL;
}

unsigned progress_total(const Progress *progress)
{
        return progress->items->len;
}

void progress_change(Progress *progress, const char *group, const char *process, ProcessState state)
{
        g_autofree char *name = process_display_name(group, process);
        Item *item = g_hash_table_lookup(progress->by_name, name);

        if (!item)
                return;
        progress->n_in[item->stage]--;
        item->stage = stage_of(progress->operation, state);
        progress->n_in[item->stage]++;
}

static void append_waiting(const Progress *progress, GString *text)
{
        unsigned n_named = 0;

        for (unsigned i = 0; i < progress->items->len && n_named < MAX_NAMES; i++) {
                const Item *item = progress->items->pdata[i];

                if (item->stage != STAGE_WAITING)
                        continue;
                g_string_append_printf(
                                text, "%s%s", n_named > 0 ? ", " : ", waiting for ", item->name);
                n_named++;
        }
        if (n_named < progress->n_in[STAGE_WAITING])
                g_string_append(text, ", ...");
}

char *progress_text(const Progress *progress, unsigned width)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *printable = NULL;

        g_string_append_printf(text, "%s %u of %u", operation_outcome(progress->operation, true),
                        progress->n_in[STAGE_DONE], progress->items->len);
        if (progress->n_in[STAGE_FAILED] > 0)
                g_string_append_printf(text, ", %u failed", progress->n_in[STAGE_FAILED]);
        append_waiting(progress, text);
        printable = output_printable(text->str);
        return output_cut(printable, width);
}
