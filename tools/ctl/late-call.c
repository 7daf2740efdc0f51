/* Who had nothing to do when it began is told of as the daemon would have: not at all as one of a
 * group, and as an error for who named it. */

#include "tools/ctl/late-call.h"

#include <string.h>

#include "bus/error.h"
#include "tools/ctl/output.h"
#include "tools/ctl/process-list.h"

/* For the question that is left when the time is over. */
#define GRACE_USEC (UINT64_C(5) * G_USEC_PER_SEC)

#define MAX_NAMES 20

static const ProcessEntry *find(const GPtrArray *list, const ProcessEntry *wanted)
{
        for (unsigned i = 0; i < list->len; i++) {
                const ProcessEntry *entry = list->pdata[i];

                if (strcmp(entry->path, wanted->path) == 0)
                        return entry;
        }
        return NULL;
}

static bool has_work(Operation operation, ProcessState before)
{
        switch (operation) {
        case OPERATION_START:
                return !process_state_is_running(before);
        case OPERATION_STOP:
                return !process_state_is_stopped(before);
        case OPERATION_RESTART:
        case OPERATION_SIGNAL:
        case OPERATION_CLEAR:
        case _OPERATION_MAX:
                break;
        }
        return true;
}

/* NULL: still under way. */
static const char *error_of(
                Operation operation, const ProcessEntry *before, const ProcessEntry *now)
{
        bool has_spawn_error = now->spawn_error && *now->spawn_error;

        if (operation == OPERATION_STOP)
                return process_state_is_stopped(now->state) ? "" : NULL;
        if (now->state == PROCESS_FATAL)
                return has_spawn_error ? BUS_ERROR_SPAWN : BUS_ERROR_ABNORMAL_TERMINATION;
        if (now->state != PROCESS_RUNNING)
                return NULL;
        return operation == OPERATION_RESTART && now->pid == before->pid ? NULL : "";
}

static Result *result_of(const LateCall *late, const ProcessEntry *before, const GPtrArray *list)
{
        const ProcessEntry *now = find(list, before);
        const char *error = now ? error_of(late->operation, before, now) : BUS_ERROR_FAILED;
        g_autofree char *message = NULL;

        if (error)
                return result_new(before->group, before->process, error, now ? "" : "was removed");
        message = g_strconcat("still ", process_state_to_string(now->state), NULL);
        return result_new(before->group, before->process, SD_BUS_ERROR_TIMEOUT, message);
}

/* Of a word that is about one process: NULL when it had work. */
static Result *idle_result(const LateCall *late, const ProcessEntry *before)
{
        const char *error = late->operation == OPERATION_START ? BUS_ERROR_ALREADY_STARTED
                                                               : BUS_ERROR_NOT_RUNNING;

        return result_new(before->group, before->process, error, "");
}

static void add_of_name(const LateCall *late, const char *name, const GPtrArray *list,
                GHashTable *seen, GPtrArray *results)
{
        g_autoptr(GPtrArray) selection = g_ptr_array_new();
        g_autofree char *group = process_name_group(name);
        bool is_one = !group && strcmp(name, "all") != 0;

        if (!process_list_select(late->before, name, selection))
                g_ptr_array_add(results, result_new_of_name(name, BUS_ERROR_NO_SUCH_PROCESS,
                                                         BUS_ERROR_NO_SUCH_GROUP));
        for (unsigned i = 0; i < selection->len; i++) {
                ProcessEntry *before = selection->pdata[i];

                if (!g_hash_table_add(seen, before))
                        continue;
                if (has_work(late->operation, before->state))
                        g_ptr_array_add(results, result_of(late, before, list));
                else if (is_one)
                        g_ptr_array_add(results, idle_result(late, before));
        }
}

GPtrArray *late_call_resolve(Client *client, const LateCall *late, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        g_autoptr(GPtrArray) list = NULL;
        GPtrArray *results;

        client_set_time_limit(client, GRACE_USEC);
        list = process_list_read(client, error);
        if (!list)
                return NULL;
        results = g_ptr_array_new_with_free_func(result_free);
        for (char *const *name = late->names; *name; name++)
                add_of_name(late, *name, list, seen, results);
        return results;
}

ExitStatus late_call_tell(const GPtrArray *results, const GError *error)
{
        g_autoptr(GString) text = g_string_new(error->message);
        unsigned n = 0;

        for (unsigned i = 0; i < results->len; i++) {
                const Result *result = results->pdata[i];
                g_autofree char *name = process_display_name(result->group, result->process);

                if (strcmp(result->error, SD_BUS_ERROR_TIMEOUT) != 0)
                        continue;
                if (n++ < MAX_NAMES)
                        g_string_append_printf(text, "%s%s (%s)",
                                        n == 1 ? "; busvisord goes on with " : ", ", name,
                                        result->message);
        }
        if (n > MAX_NAMES)
                g_string_append_printf(text, " and %u more", n - MAX_NAMES);
        output_error(text->str);
        return failure_exit_status(error);
}

static bool is_moving(ProcessState state)
{
        return state == PROCESS_STARTING || state == PROCESS_STOPPING || state == PROCESS_BACKOFF;
}

ExitStatus late_call_tell_moving(Client *client, const GError *error)
{
        g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(result_free);
        g_autoptr(GPtrArray) list = NULL;

        client_set_time_limit(client, GRACE_USEC);
        if (client_bus(client))
                list = process_list_read(client, NULL);
        for (unsigned i = 0; list && i < list->len; i++) {
                const ProcessEntry *entry = list->pdata[i];

                if (is_moving(entry->state))
                        g_ptr_array_add(results,
                                        result_new(entry->group, entry->process,
                                                        SD_BUS_ERROR_TIMEOUT,
                                                        process_state_to_string(entry->state)));
        }
        return late_call_tell(results, error);
}
