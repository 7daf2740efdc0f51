/* A pool that goes while its state is asked for is left out, as if it had gone before. */

#include "tools/ctl/command.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/pool-list.h"
#include "tools/ctl/pool-status.h"
#include "tools/ctl/pool-table.h"

static void tell_unknown(const Context *context, const char *name)
{
        g_autofree char *text = g_strdup_printf("%s: ERROR (no such pool)", name);

        output_failure(context->output, text);
}

static void print(const Context *context, const GPtrArray *pools)
{
        uint64_t now_usec = g_get_monotonic_time();

        if (context->arguments->json) {
                g_autofree char *json = pool_table_to_json(pools, now_usec);

                output_raw(context->output, json);
        } else if (pools->len > 0) {
                pool_table_print(context->output, pools, now_usec);
        }
}

/* Those that are named, or all. NULL with an error of the FAILURE domain. */
static GPtrArray *read_pools(
                const Context *context, const GPtrArray *names, char **wanted, GError **error)
{
        g_autoptr(GPtrArray) pools = g_ptr_array_new_with_free_func(pool_status_free);

        for (unsigned i = 0; i < names->len; i++) {
                const char *name = names->pdata[i];
                PoolStatus *pool;

                if (*wanted && !name_pattern_matches_any(wanted, name))
                        continue;
                if (!pool_status_read(context->client, name, &pool, error))
                        return NULL;
                if (pool)
                        g_ptr_array_add(pools, pool);
        }
        return g_steal_pointer(&pools);
}

static ExitStatus run_listeners(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) names = pool_list_read(context->client, &error);
        g_autoptr(GPtrArray) pools = NULL;
        ExitStatus status = EXIT_STATUS_FINE;

        if (!names)
                return command_fail(error);
        pools = read_pools(context, names, arguments, &error);
        if (!pools)
                return command_fail(error);
        for (char **name = arguments; *name; name++)
                if (!pool_list_has_match(names, *name)) {
                        tell_unknown(context, *name);
                        status = EXIT_STATUS_GENERIC;
                }
        if (names->len == 0 && !*arguments && !context->arguments->json)
                output_line(context->output, "No listener pools");
        print(context, pools);
        return status;
}

const Command command_listeners = {
        .name = "listeners",
        .synopsis = "[POOL...]",
        .summary = "Show how listener pools and their listeners fare",
        .details = "    EVENT is the serial of the event that a listener has in hand, HELD for\n"
                   "    how long. LAG is how many events the pool has yet to deal with, QUEUED how\n"
                   "    many of them its buffer holds, AGE how long ago the oldest of them happened.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_POOL,
        .more_arguments = COMPLETES_POOL,
        .run = run_listeners,
};
