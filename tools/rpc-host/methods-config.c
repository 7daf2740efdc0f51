/* What Supervisor calls a changed group is one in which anything at all would be done: its client
 * stops it, forgets it and takes it over anew. */

#include "tools/rpc-host/methods-config.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/rpc-host/config-info.h"
#include "tools/rpc-host/results.h"

static void fail(MethodCall *call, const sd_bus_error *error)
{
        method_call_fail(call, results_fault(error, method_call_string(call, 0), NULL));
}

/* What differs. */

typedef enum GroupChange {
        GROUP_ADDED = 1 << 0,
        GROUP_REMOVED = 1 << 1,
        GROUP_CHANGED = 1 << 2, /* something in it */
} GroupChange;

/* 0 = it is not about a group. */
static GroupChange change_from_kind(const char *kind)
{
        if (strcmp(kind, "group-added") == 0)
                return GROUP_ADDED;
        if (strcmp(kind, "group-removed") == 0)
                return GROUP_REMOVED;
        return strcmp(kind, "daemon") == 0 ? 0 : GROUP_CHANGED;
}

/* By group name the changes; the names in the order in which they came. */
static int read_plan(sd_bus_message *reply, GHashTable *changes, GPtrArray *groups)
{
        const char *kind, *group;
        int r = sd_bus_message_skip(reply, "s");

        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(ssssas)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssssas")) > 0) {
                GroupChange change;

                r = sd_bus_message_read(reply, "ss", &kind, &group);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "ssas");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
                if (r < 0)
                        return r;
                change = change_from_kind(kind);
                if (change && !g_hash_table_contains(changes, group))
                        g_ptr_array_add(groups, (gpointer)group);
                change |= GPOINTER_TO_INT(g_hash_table_lookup(changes, group));
                g_hash_table_insert(changes, (gpointer)group, GINT_TO_POINTER(change));
        }
        return r;
}

/* Of the three lists that a group is in: one that goes and comes has changed. */
static size_t list_of(GroupChange change)
{
        if (change == GROUP_ADDED)
                return 0;
        return change == GROUP_REMOVED ? 2 : 1;
}

static void on_plan(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        g_autoptr(GHashTable) changes = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GPtrArray) groups = g_ptr_array_new();
        Value *lists[3], *all, *answer;
        int r;

        if (error) {
                fail(call, error);
                return;
        }
        r = read_plan(reply, changes, groups);
        if (r < 0) {
                method_call_fail_errno(call, r);
                return;
        }
        answer = value_new_array();
        all = value_new_array();
        value_append(answer, all);
        for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
                value_append(all, lists[i] = value_new_array());
        for (guint i = 0; i < groups->len; i++) {
                const char *group = groups->pdata[i];
                GroupChange change = GPOINTER_TO_INT(g_hash_table_lookup(changes, group));

                value_append(lists[list_of(change)], value_new_string(group));
        }
        method_call_answer(call, answer);
}

void method_reload_config(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "PlanReload",
                false, on_plan };

        method_call_ask(call, &question, "");
}

/* Groups. */

static void on_done(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (error)
                fail(call, error);
        else
                method_call_answer(call, value_new_boolean(true));
}

void method_add_process_group(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "AddGroup", false,
                on_done };

        method_call_ask(call, &question, "s", method_call_string(call, 0));
}

void method_remove_process_group(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "RemoveGroup",
                false, on_done };

        method_call_ask(call, &question, "s", method_call_string(call, 0));
}

/* What is configured. */

typedef struct Descriptions {
        sd_bus_message *configurations, *logs; /* replies */
} Descriptions;

static void descriptions_free(void *state)
{
        Descriptions *descriptions = state;

        sd_bus_message_unref(descriptions->configurations);
        sd_bus_message_unref(descriptions->logs);
        g_free(descriptions);
}

/* Where to: of which of the two lists this is the reply. */
static void on_described(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error,
                sd_bus_message **where)
{
        const Descriptions *descriptions = method_call_state(call);
        Value *all = NULL;
        int r;

        if (error) {
                fail(call, error);
                return;
        }
        *where = sd_bus_message_ref(reply);
        if (!descriptions->configurations || !descriptions->logs)
                return;
        r = config_info_read(descriptions->configurations, descriptions->logs, &all);
        if (r < 0)
                method_call_fail_errno(call, r);
        else
                method_call_answer(call, all);
}

static void on_configurations(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Descriptions *descriptions = method_call_state(call);

        on_described(call, reply, error, &descriptions->configurations);
}

static void on_logs(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Descriptions *descriptions = method_call_state(call);

        on_described(call, reply, error, &descriptions->logs);
}

void method_get_all_config_info(MethodCall *call)
{
        static const MethodQuestion configurations = { BUS_PATH, BUS_INTERFACE_MANAGER,
                "DescribeConfigurations", false, on_configurations };
        static const MethodQuestion logs = { BUS_PATH, BUS_INTERFACE_MANAGER, "ListLogs", false,
                on_logs };

        method_call_set_state(call, g_new0(Descriptions, 1), descriptions_free);
        method_call_ask(call, &configurations, "");
        method_call_ask(call, &logs, "");
}
