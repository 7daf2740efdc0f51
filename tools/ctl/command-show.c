/* Everything that is an object can be shown: the daemon, processes, groups and pools. The latter
 * two are named as in their object paths, where a word could mean a process as well. */

#include <string.h>

#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/pool-list.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/property-list.h"

#define GROUP_PREFIX "group/"
#define POOL_PREFIX  "pool/"

/* One of those to be shown. */
typedef struct Shown {
        const char *kind, *interface, *more; /* more: another interface, or NULL */
        char *name, *path;
        json_object *properties; /* NULL until they are read */
} Shown;

typedef struct Show {
        Context *context;
        char **wanted;        /* names of properties; empty = all */
        GPtrArray *processes; /* of ProcessEntry */
        GPtrArray *shown;     /* of Shown */
        ExitStatus status;
} Show;

static void shown_free(void *pointer)
{
        Shown *shown = pointer;

        g_free(shown->name);
        g_free(shown->path);
        json_object_put(shown->properties);
        g_free(shown);
}

static void show_clear(Show *show)
{
        g_strfreev(show->wanted);
        g_clear_pointer(&show->processes, g_ptr_array_unref);
        g_clear_pointer(&show->shown, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Show, show_clear)

static void add(Show *show, const char *kind, const char *interface, const char *name, char *path)
{
        Shown *shown = g_new0(Shown, 1);

        shown->kind = kind;
        shown->interface = interface;
        shown->name = g_strdup(name);
        shown->path = path;
        g_ptr_array_add(show->shown, shown);
}

/* Whom the words mean. */

static void add_daemon(Show *show)
{
        add(show, "daemon", BUS_INTERFACE_MANAGER, "busvisord", g_strdup(BUS_PATH));
        ((Shown *)show->shown->pdata[0])->more = BUS_INTERFACE_EVENTS;
}

static bool add_processes(Show *show, const char *word)
{
        g_autoptr(GPtrArray) selection = g_ptr_array_new();

        process_list_select(show->processes, word, selection);
        for (unsigned i = 0; i < selection->len; i++) {
                const ProcessEntry *entry = selection->pdata[i];
                g_autofree char *name = process_display_name(entry->group, entry->process);

                add(show, "process", BUS_INTERFACE_PROCESS, name, g_strdup(entry->path));
        }
        return selection->len > 0;
}

static bool add_groups(Show *show, const char *word)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < show->processes->len; i++) {
                const ProcessEntry *entry = show->processes->pdata[i];

                if (name_pattern_matches_word(word, entry->group) &&
                                g_hash_table_add(seen, entry->group))
                        add(show, "group", BUS_INTERFACE_GROUP, entry->group,
                                        bus_path_group(entry->group));
        }
        return g_hash_table_size(seen) > 0;
}

static bool add_pools(Show *show, const char *word, GError **error)
{
        g_autoptr(GPtrArray) pools = pool_list_read(show->context->client, error);
        unsigned n_before = show->shown->len;

        for (unsigned i = 0; pools && i < pools->len; i++)
                if (name_pattern_matches_word(word, pools->pdata[i]))
                        add(show, "pool", BUS_INTERFACE_POOL, pools->pdata[i],
                                        bus_path_pool(pools->pdata[i]));
        return show->shown->len > n_before;
}

/* A word that is no process may be a group. */
static bool add_word(Show *show, const char *word, GError **error)
{
        if (add_processes(show, word))
                return true;
        if (g_str_has_prefix(word, GROUP_PREFIX))
                return add_groups(show, word + strlen(GROUP_PREFIX));
        if (g_str_has_prefix(word, POOL_PREFIX))
                return add_pools(show, word + strlen(POOL_PREFIX), error);
        return add_groups(show, word);
}

static void tell_unknown(Show *show, const char *word)
{
        static const struct {
                const char *prefix, *kind;
        } rows[] = { { GROUP_PREFIX, "group" }, { POOL_PREFIX, "pool" }, { "", "process" } };
        g_autofree char *group = process_name_group(word);
        const char *name = group ? group : word;
        g_autofree char *text = NULL;
        size_t i = 0;

        while (!g_str_has_prefix(name, rows[i].prefix))
                i++;
        text = g_strdup_printf("%s: ERROR (no such %s)", name + strlen(rows[i].prefix),
                        group ? "group" : rows[i].kind);
        output_failure(show->context->output, text);
        show->status = EXIT_STATUS_GENERIC;
}

static bool find(Show *show, char **words, GError **error)
{
        if (!*words) {
                add_daemon(show);
                return true;
        }
        show->processes = process_list_read(show->context->client, error);
        if (!show->processes)
                return false;
        for (; *words; words++) {
                g_autoptr(GError) own = NULL;

                if (add_word(show, *words, &own))
                        continue;
                if (own) {
                        g_propagate_error(error, g_steal_pointer(&own));
                        return false;
                }
                tell_unknown(show, *words);
        }
        return true;
}

/* What they have. */

static void keep_wanted(Shown *shown, char *const *wanted)
{
        json_object *kept = json_object_new_object();

        json_object_object_foreach(shown->properties, name, value)
        {
                if (g_strv_contains((const char *const *)wanted, name))
                        json_object_object_add(kept, name, json_object_get(value));
        }
        json_object_put(shown->properties);
        shown->properties = kept;
}

static bool read_shown(Show *show, Shown *shown, GError **error)
{
        Client *client = show->context->client;

        shown->properties = json_object_new_object();
        if (!property_list_read(client, shown->path, shown->interface, shown->properties, error))
                return false;
        if (shown->more && !property_list_read(client, shown->path, shown->more, shown->properties,
                                           error))
                return false;
        if (show->wanted[0])
                keep_wanted(shown, show->wanted);
        return true;
}

static bool read_all(Show *show, GError **error)
{
        for (unsigned i = 0; i < show->shown->len; i++)
                if (!read_shown(show, show->shown->pdata[i], error))
                        return false;
        return true;
}

/* One that none of them has is a mistake. */
static void check_wanted(Show *show)
{
        for (char **name = show->wanted; *name; name++) {
                g_autofree char *text = g_strdup_printf("there is no property '%s'", *name);
                bool is_there = show->shown->len == 0;

                for (unsigned i = 0; i < show->shown->len && !is_there; i++)
                        is_there = json_object_object_get_ex(
                                        ((Shown *)show->shown->pdata[i])->properties, *name, NULL);
                if (is_there)
                        continue;
                output_error(text);
                show->status = EXIT_STATUS_GENERIC;
        }
}

static void print(const Show *show, const Shown *shown)
{
        bool only_value = show->context->arguments->value;

        json_object_object_foreach(shown->properties, name, value)
        {
                g_autofree char *text = property_list_text(name, value);
                g_autofree char *line = g_strconcat(
                                only_value ? "" : name, only_value ? "" : "=", text, NULL);
                g_autofree char *printable = output_printable(line);

                /* Whole on a terminal too: it is no table. */
                output_raw(show->context->output, printable);
        }
}

static void print_json(const Show *show)
{
        json_object *array = json_object_new_array();

        for (unsigned i = 0; i < show->shown->len; i++) {
                const Shown *shown = show->shown->pdata[i];
                json_object *object = json_object_new_object();

                json_text_add(object, "kind", shown->kind);
                json_text_add(object, "name", shown->name);
                json_text_add(object, "path", shown->path);
                json_object_object_add(object, "properties", json_object_get(shown->properties));
                json_object_array_add(array, object);
        }
        json_text_print(show->context->output, array);
}

static char **split_names(char *const *lists)
{
        GPtrArray *names = g_ptr_array_new();

        for (; lists && *lists; lists++) {
                g_auto(GStrv) parts = g_strsplit(*lists, ",", -1);

                for (char **part = parts; *part; part++)
                        if (**part)
                                g_ptr_array_add(names, g_strdup(*part));
        }
        g_ptr_array_add(names, NULL);
        return (char **)g_ptr_array_free(names, false);
}

static ExitStatus run_show(Context *context, char **words)
{
        g_auto(Show) show = { .context = context };
        g_autoptr(GError) error = NULL;

        show.wanted = split_names(context->arguments->properties);
        show.shown = g_ptr_array_new_with_free_func(shown_free);
        if (!find(&show, words, &error) || !read_all(&show, &error))
                return command_fail(error);
        check_wanted(&show);
        if (context->output->json) {
                print_json(&show);
                return show.status;
        }
        for (unsigned i = 0; i < show.shown->len; i++) {
                if (i > 0)
                        output_line(context->output, "");
                print(&show, show.shown->pdata[i]);
        }
        return show.status;
}

const Command command_show = {
        .name = "show",
        .synopsis = "[-p PROPERTY,...] [--value] [NAME... | group/GROUP... | pool/POOL...]",
        .summary = "Show all properties, without a name those of the daemon",
        .details = "    As they are on the bus, one in a line. A name that is no process may be\n"
                   "    that of a group.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .takes_show = true,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_show,
};
