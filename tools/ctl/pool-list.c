/* The tree of objects tells them: the list of processes does not say which of them are listeners,
 * and all that ObjectManager tells would be much more than their names. */

#include "tools/ctl/pool-list.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/name-pattern.h"

#define LIST_ACTION "list listener pools"

/* Of a child of the folder; there are no deeper ones. */
static void on_element(GMarkupParseContext *context, const char *element, const char **names,
                const char **values, void *userdata, GError **error)
{
        GPtrArray *pools = userdata;

        if (strcmp(element, "node") != 0)
                return;
        for (; *names; names++, values++) {
                g_autofree char *path = g_strconcat(BUS_PATH_POOL "/", *values, NULL);
                char *pool;

                if (strcmp(*names, "name") == 0 && bus_path_parse_pool(path, &pool))
                        g_ptr_array_add(pools, pool);
        }
}

static int compare(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *pool_list_of_introspection(const char *xml, GError **error)
{
        static const GMarkupParser parser = { .start_element = on_element };
        g_autoptr(GPtrArray) pools = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GMarkupParseContext) context =
                        g_markup_parse_context_new(&parser, 0, pools, NULL);
        g_autoptr(GError) why = NULL;

        if (!g_markup_parse_context_parse(context, xml, -1, &why) ||
                        !g_markup_parse_context_end_parse(context, &why)) {
                g_set_error(error, FAILURE, FAILURE_OTHER, "cannot %s (%s)", LIST_ACTION,
                                why->message);
                return NULL;
        }
        g_ptr_array_sort(pools, compare);
        return g_steal_pointer(&pools);
}

GPtrArray *pool_list_read(Client *client, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        const char *xml;
        int r = client_new_call_on(client, BUS_PATH_POOL, "org.freedesktop.DBus.Introspectable",
                        "Introspect", &call);

        if (r >= 0 && !client_call(client, call, CLIENT_TIMEOUT, LIST_ACTION, &reply, error))
                return NULL;
        if (r >= 0)
                r = sd_bus_message_read(reply, "s", &xml);
        if (r >= 0)
                return pool_list_of_introspection(xml, error);
        client_set_error(NULL, r, LIST_ACTION, error);
        return NULL;
}

bool pool_list_has(const GPtrArray *pools, const char *name)
{
        for (unsigned i = 0; i < pools->len; i++)
                if (strcmp(pools->pdata[i], name) == 0)
                        return true;
        return false;
}

bool pool_list_has_match(const GPtrArray *pools, const char *name)
{
        for (unsigned i = 0; i < pools->len; i++)
                if (name_pattern_matches_word(name, pools->pdata[i]))
                        return true;
        return false;
}
