/* Groups are made kind by kind, as Supervisor does, because that order decides between two groups
 * of the same name and priority; a stable sort keeps it. */

#include "daemon/config/build-group.h"

#include <string.h>

#include "bus/pool-options.h"
#include "daemon/config/build-program.h"
#include "daemon/config/build-socket.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

typedef struct GroupBuilder {
        const Build *build;
        GHashTable *members; /* set of Section: programs that are in a [group:x] */
} GroupBuilder;

static bool add_programs(
                const Build *build, const Section *section, GroupConfig *group, GError **error)
{
        return build_program(build, section, group->name, group->processes, error);
}

static bool read_group_options(
                const Build *build, const Section *section, GroupConfig *group, GError **error)
{
        SectionKind kind = section->kind;

        return build_options(
                        build, section, kind, TARGET_GROUP, false, build->common, group, error);
}

static bool name_from_header(const Section *section, char **ret, GError **error)
{
        const char *name;

        section_kind_from_header(section->name, &name);
        return value_name(name, ret, error) ||
               place_prefix_error(error, section->place, "[%s] ", section->name);
}

static const Section *find_member(
                const GroupBuilder *builder, const Section *group, const char *name, GError **error)
{
        g_autofree char *program = g_strconcat("program:", name, NULL);
        g_autofree char *fcgi = g_strconcat("fcgi-program:", name, NULL);
        const Section *as_program = sections_find(builder->build->sections, program);
        const Section *as_fcgi = sections_find(builder->build->sections, fcgi);

        if (as_program && as_fcgi) {
                build_error(builder->build, group, "programs", error,
                                "programs: there are both a program and a fcgi-program '%s'", name);
                return NULL;
        }
        if (!as_program && !as_fcgi)
                build_error(builder->build, group, "programs", error,
                                "programs: there is no program '%s'; add a section [program:%s]",
                                name, name);
        return as_program ? as_program : as_fcgi;
}

static bool read_programs(const Build *build, const Section *section, char ***ret, GError **error)
{
        const Setting *setting = sections_get(build->sections, section, "programs");
        g_autofree char *text = NULL;

        if (!setting) {
                *ret = g_new0(char *, 1);
                return true;
        }
        if (!build_text(build, section, setting, build->common, &text, error))
                return false;
        *ret = text_split_list(text);
        return true;
}

/* To the processes of an fcgi-program, which are those from there on. */
static bool give_socket(const Build *build, const Section *section, GroupConfig *group,
                unsigned first, GError **error)
{
        g_autoptr(SocketConfig) socket = NULL;

        if (!build_socket(build, section, &socket, error))
                return false;
        for (unsigned i = first; i < group->processes->len; i++)
                ((ProcessConfig *)group->processes->pdata[i])->socket = socket;
        g_ptr_array_add(group->sockets, g_steal_pointer(&socket));
        return true;
}

/* Supervisor does not look at the socket of a member, so there need not be one. */
static bool give_socket_to_member(const Build *build, const Section *section, GroupConfig *group,
                unsigned first, GError **error)
{
        if (section->kind != SECTION_FCGI_PROGRAM)
                return true;
        if (sections_get(build->sections, section, "socket"))
                return give_socket(build, section, group, first, error);
        build_notice(build, section, "socket", LOG_LEVEL_WARN,
                        "has no socket, and is an ordinary program as a member of group %s",
                        group->name);
        return true;
}

static bool add_members(
                GroupBuilder *builder, const Section *section, GroupConfig *group, GError **error)
{
        g_auto(GStrv) names = NULL;

        if (!read_programs(builder->build, section, &names, error))
                return false;
        for (char **name = names; *name; name++) {
                const Section *member = find_member(builder, section, *name, error);
                unsigned first = group->processes->len;

                if (!member || !add_programs(builder->build, member, group, error) ||
                                !give_socket_to_member(builder->build, member, group, first, error))
                        return false;
                g_hash_table_add(builder->members, (void *)member);
        }
        return true;
}

/* Only by priority: members keep the order of the programs that they come from. */
static int compare_processes(const void *a, const void *b)
{
        const ProcessConfig *x = *(ProcessConfig *const *)a, *y = *(ProcessConfig *const *)b;

        return (x->priority > y->priority) - (x->priority < y->priority);
}

/* Moves the elements that are there to the front. */
static void close_gaps(GPtrArray *array)
{
        unsigned kept = 0;

        for (unsigned i = 0; i < array->len; i++) {
                void *element = g_steal_pointer(&array->pdata[i]);

                if (element)
                        array->pdata[kept++] = element;
        }
        g_ptr_array_set_size(array, kept);
}

/* The last of several with one name counts, at the place of the first. */
static void drop_repeated_processes(const Build *build, const Section *section, GroupConfig *group)
{
        g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < group->processes->len; i++) {
                ProcessConfig *process = group->processes->pdata[i];
                ProcessConfig **first = g_hash_table_lookup(places, process->name);

                if (!first) {
                        g_hash_table_insert(places, process->name, &group->processes->pdata[i]);
                        continue;
                }
                build_notice(build, section, NULL, LOG_LEVEL_WARN,
                                "several processes are called '%s'; the last one counts",
                                process->name);
                g_hash_table_replace(places, process->name, first); /* the key is its name */
                process_config_free(*first);
                *first = process;
                group->processes->pdata[i] = NULL;
        }
        close_gaps(group->processes);
}

static void add_group(const Build *build, const Section *section, GroupConfig *group)
{
        drop_repeated_processes(build, section, group);
        for (unsigned i = 0; i < group->processes->len; i++)
                ((ProcessConfig *)group->processes->pdata[i])->position = i;
        g_ptr_array_sort(group->processes, compare_processes);
        g_ptr_array_add(build->config->groups, group);
}

static int compare_groups(const void *a, const void *b)
{
        return group_config_compare(*(GroupConfig *const *)a, *(GroupConfig *const *)b);
}

static bool build_named_group(GroupBuilder *builder, const Section *section, GError **error)
{
        g_autoptr(GroupConfig) group = group_config_new(GROUP_PROGRAM);

        if (!name_from_header(section, &group->name, error) ||
                        !read_group_options(builder->build, section, group, error) ||
                        !add_members(builder, section, group, error))
                return false;
        add_group(builder->build, section, g_steal_pointer(&group));
        return true;
}

static bool build_program_group(GroupBuilder *builder, const Section *section, GError **error)
{
        g_autoptr(GroupConfig) group = group_config_new(GROUP_PROGRAM);

        if (g_hash_table_contains(builder->members, section))
                return true;
        if (!name_from_header(section, &group->name, error) ||
                        !read_group_options(builder->build, section, group, error) ||
                        !add_programs(builder->build, section, group, error))
                return false;
        add_group(builder->build, section, g_steal_pointer(&group));
        return true;
}

/* Supervisor imports a Python function of this name. These two are what is built in. */
static bool check_result_handler(const Build *build, const Section *section,
                const GroupConfig *group, GError **error)
{
        if (g_strv_contains(pool_result_handler_names, group->result_handler))
                return true;
        return build_error(build, section, "result_handler", error,
                        "result_handler: '%s' is Python code, which cannot be loaded; built in are "
                        "%s, which takes OK and refuses all else, and %s, which prints what the "
                        "listener answers; better let the listener itself do it and answer OK or "
                        "FAIL (busvisor-migrating(7), \"Python plug-ins\")",
                        group->result_handler,
                        pool_result_handler_names[POOL_RESULT_HANDLER_DEFAULT],
                        pool_result_handler_names[POOL_RESULT_HANDLER_STDOUT]);
}

static bool check_listener(const Build *build, const Section *section, const GroupConfig *group,
                GError **error)
{
        for (unsigned i = 0; i < group->processes->len; i++) {
                const ProcessConfig *process = group->processes->pdata[i];

                if (process->redirect_stderr)
                        return build_error(build, section, "redirect_stderr", error,
                                        "redirect_stderr: cannot be true, since a listener answers "
                                        "on its stdout");
        }
        return check_result_handler(build, section, group, error);
}

static void tell_of_durable(const Build *build, const Section *section, const GroupConfig *group)
{
        if (group->durable && strcmp(build->config->supervisord.event_log, "none") == 0)
                build_notice(build, section, "durable", LOG_LEVEL_WARN,
                                "durable: has no effect with event_log=none, as nothing outlasts a "
                                "run of busvisord then");
}

static bool build_listener_pool(GroupBuilder *builder, const Section *section, GError **error)
{
        g_autoptr(GroupConfig) group = group_config_new(GROUP_EVENTLISTENER);
        const char *name;

        section_kind_from_header(section->name, &name);
        group->name = g_strdup(name);
        if (!read_group_options(builder->build, section, group, error) ||
                        !add_programs(builder->build, section, group, error) ||
                        !check_listener(builder->build, section, group, error))
                return false;
        tell_of_durable(builder->build, section, group);
        add_group(builder->build, section, g_steal_pointer(&group));
        return true;
}

static bool build_fcgi_group(GroupBuilder *builder, const Section *section, GError **error)
{
        g_autoptr(GroupConfig) group = group_config_new(GROUP_FCGI_PROGRAM);

        if (g_hash_table_contains(builder->members, section))
                return true;
        if (!name_from_header(section, &group->name, error) ||
                        !read_group_options(builder->build, section, group, error) ||
                        !add_programs(builder->build, section, group, error) ||
                        !give_socket(builder->build, section, group, 0, error))
                return false;
        add_group(builder->build, section, g_steal_pointer(&group));
        return true;
}

typedef bool (*BuildGroup)(GroupBuilder *builder, const Section *section, GError **error);

static bool build_groups_of(
                GroupBuilder *builder, SectionKind kind, BuildGroup build_one, GError **error)
{
        const GPtrArray *all = builder->build->sections->sections;

        for (unsigned i = 0; i < all->len; i++) {
                const Section *section = all->pdata[i];

                if (section->kind == kind && !build_one(builder, section, error))
                        return false;
        }
        return true;
}

/* Groups are in order already: the first of several with one name is the one that is started. */
static void drop_repeated_groups(Config *config)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < config->groups->len; i++) {
                GroupConfig *group = config->groups->pdata[i];

                if (!g_hash_table_contains(seen, group->name)) {
                        g_hash_table_add(seen, group->name);
                        continue;
                }
                config_notice(config, LOG_LEVEL_WARN,
                                "several groups are called '%s'; the %s of priority "
                                "%" G_GINT64_FORMAT " is left out",
                                group->name, group_kind_to_string(group->kind), group->priority);
                config->groups->pdata[i] = group_config_free(group);
        }
        close_gaps(config->groups);
}

bool build_groups(const Build *build, GError **error)
{
        g_autoptr(GHashTable) members = g_hash_table_new(NULL, NULL);
        GroupBuilder builder = { .build = build, .members = members };

        if (!build_groups_of(&builder, SECTION_GROUP, build_named_group, error) ||
                        !build_groups_of(&builder, SECTION_PROGRAM, build_program_group, error) ||
                        !build_groups_of(&builder, SECTION_EVENTLISTENER, build_listener_pool,
                                        error) ||
                        !build_groups_of(&builder, SECTION_FCGI_PROGRAM, build_fcgi_group, error))
                return false;
        g_ptr_array_sort(build->config->groups, compare_groups);
        drop_repeated_groups(build->config);
        return true;
}
