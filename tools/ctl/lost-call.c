/* Sleeping and asking again is enough here: it happens once in the life of a private bus, to a
 * program that has nothing else to do meanwhile. */

#include "tools/ctl/lost-call.h"

#include <string.h>
#include <unistd.h>

#include "bus/error.h"
#include "tools/ctl/output.h"
#include "tools/ctl/process-list.h"

/* A bus that is started again is there within a second or two. */
#define CONNECT_ATTEMPTS   60
#define CONNECT_PAUSE_USEC (G_USEC_PER_SEC / 2)
/* From then on a person would wonder. */
#define TELLING_ATTEMPT      4
#define LOOK_AGAIN_USEC      (G_USEC_PER_SEC / 5)
#define MAX_CONNECTIONS_LOST 10

static bool connect_again(Client *client, GError **error)
{
        for (unsigned attempt = 1;; attempt++) {
                g_autoptr(GError) own = NULL;

                if (client_connect(client, &own))
                        return true;
                if (attempt == CONNECT_ATTEMPTS ||
                                g_error_matches(own, FAILURE, FAILURE_TIMED_OUT)) {
                        g_propagate_prefixed_error(error, g_steal_pointer(&own),
                                        "the answer was lost with the bus: ");
                        return false;
                }
                if (attempt == TELLING_ATTEMPT && isatty(STDERR_FILENO))
                        output_error("lost busvisord, waiting for it");
                g_usleep(CONNECT_PAUSE_USEC);
        }
}

/* The list, whatever happens to the connection meanwhile. */
static GPtrArray *read_list(Client *client, GError **error)
{
        for (unsigned n_lost = 0;; n_lost++) {
                g_autoptr(GError) own = NULL;
                GPtrArray *list = NULL;

                if (client_bus(client))
                        list = process_list_read(client, &own);
                if (list)
                        return list;
                if (own && (!g_error_matches(own, FAILURE, FAILURE_LOST) ||
                                           n_lost == MAX_CONNECTIONS_LOST)) {
                        g_propagate_error(error, g_steal_pointer(&own));
                        return NULL;
                }
                if (!connect_again(client, error))
                        return NULL;
        }
}

/* What a restart stops is stopped at once, so who runs as before was never asked to. */
static bool is_as_before(const LostCall *lost, const ProcessEntry *entry)
{
        if (lost->operation != OPERATION_RESTART || entry->state != PROCESS_RUNNING)
                return false;
        for (unsigned i = 0; lost->before && i < lost->before->len; i++) {
                const ProcessEntry *before = lost->before->pdata[i];

                if (strcmp(before->path, entry->path) == 0)
                        return before->pid == entry->pid;
        }
        return false;
}

static Result *result_of_entry(const LostCall *lost, const ProcessEntry *entry)
{
        Operation operation = lost->operation;
        const char *error = is_as_before(lost, entry)
                                            ? BUS_ERROR_FAILED
                                            : result_error_of_state(operation, entry->state,
                                                              entry->spawn_error &&
                                                                              *entry->spawn_error);
        g_autofree char *name = process_display_name(entry->group, entry->process);
        g_autofree char *message = NULL;

        if (!error)
                return NULL;
        /* What is told of a failed stop is the message alone, so it has to name the process. */
        message = g_strdup_printf("%s%sthe answer was lost with the bus, it is %s now",
                        operation == OPERATION_STOP ? name : "",
                        operation == OPERATION_STOP ? ": " : "",
                        process_state_to_string(entry->state));
        return result_new(entry->group, entry->process, error, *error ? message : "");
}

/* NULL while one of them is still on its way. */
static GPtrArray *results_of_list(const GPtrArray *list, const LostCall *lost)
{
        g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(result_free);
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) selection = process_list_select_all(list, lost->names, unknown);

        for (unsigned i = 0; i < unknown->len; i++)
                g_ptr_array_add(results,
                                result_new_of_name(unknown->pdata[i], BUS_ERROR_NO_SUCH_PROCESS,
                                                BUS_ERROR_NO_SUCH_GROUP));
        for (unsigned i = 0; i < selection->len; i++) {
                Result *result = result_of_entry(lost, selection->pdata[i]);

                if (!result)
                        return NULL;
                g_ptr_array_add(results, result);
        }
        return g_steal_pointer(&results);
}

GPtrArray *lost_call_resolve(Client *client, const LostCall *lost, GError **error)
{
        for (;;) {
                g_autoptr(GPtrArray) list = read_list(client, error);
                GPtrArray *results;

                if (!list)
                        return NULL;
                results = results_of_list(list, lost);
                if (results)
                        return results;
                g_usleep(LOOK_AGAIN_USEC);
        }
}
