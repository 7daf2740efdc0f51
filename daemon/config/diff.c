/* Options are compared by walking the option table, each by its type, as the dump does; so a new
 * option takes part by its row alone, and the class in that row says what a difference asks for. */

#include "daemon/config/diff.h"

#include <string.h>

#include "daemon/config/options.h"

#define ALL_SECTIONS (~0u)
#define PROCESS_SECTIONS                                                                           \
        (SECTION_BIT(SECTION_PROGRAM) | SECTION_BIT(SECTION_EVENTLISTENER) |                       \
                        SECTION_BIT(SECTION_FCGI_PROGRAM))

/* Names of options that differ, by what they ask for; borrowed from the table. */
typedef struct Differences {
        GPtrArray *of[RELOAD_DAEMON + 1];
} Differences;

static const struct {
        const char *name, *reason;
} kinds[_CHANGE_KIND_MAX] = {
        [CHANGE_GROUP_REMOVED] = { "group-removed", "is not in the configuration any more" },
        [CHANGE_PROCESS_REMOVED] = { "process-removed", "is not in its group any more" },
        [CHANGE_PROCESS_RESTART] = { "process-restart", "is restarted for" },
        [CHANGE_PROCESS_LIVE] = { "process-live", "changes without a restart" },
        [CHANGE_GROUP_LIVE] = { "group-live", "changes" },
        [CHANGE_POOL_LIVE] = { "pool-live", "changes without a restart" },
        [CHANGE_PROCESS_ADDED] = { "process-added", "is new in its group" },
        [CHANGE_GROUP_ADDED] = { "group-added", "is new" },
        [CHANGE_DAEMON] = { "daemon", "waits for the next start of busvisord" },
};

const char *change_kind_to_string(ChangeKind kind)
{
        g_assert(kind >= 0 && kind < _CHANGE_KIND_MAX);
        return kinds[kind].name;
}

void change_free(void *pointer)
{
        Change *change = pointer;

        g_free(change->group);
        g_free(change->process);
        g_strfreev(change->options);
        g_free(change);
}

bool change_is_of_http(const Change *change)
{
        return change->kind == CHANGE_DAEMON && strcmp(change->group, "supervisord") != 0;
}

char *change_reason(const Change *change)
{
        g_autofree char *names = g_strjoinv(", ", change->options);
        const char *reason = change_is_of_http(change) ? "waits until everything is started anew"
                                                       : kinds[change->kind].reason;

        return g_strconcat(reason, *names ? ": " : "", names, NULL);
}

/* Options. */

static const char *text_at(const void *structure, size_t offset)
{
        return *(char *const *)(const void *)((const char *)structure + offset);
}

static bool same_text(const void *a, const void *b, size_t offset)
{
        return g_strcmp0(text_at(a, offset), text_at(b, offset)) == 0;
}

static bool same_bytes(const void *a, const void *b, size_t offset, size_t size)
{
        return memcmp((const char *)a + offset, (const char *)b + offset, size) == 0;
}

static bool same_list(const void *a, const void *b, size_t offset)
{
        const char *const *x = (const char *const *)(const void *)text_at(a, offset);
        const char *const *y = (const char *const *)(const void *)text_at(b, offset);

        return x == y || (x && y && g_strv_equal(x, y));
}

static bool same_numbers(const void *a, const void *b, size_t offset)
{
        const GArray *x = (const void *)text_at(a, offset), *y = (const void *)text_at(b, offset);

        return x->len == y->len && memcmp(x->data, y->data, x->len * sizeof(int)) == 0;
}

static bool same_environment(const void *a, const void *b, size_t offset)
{
        GHashTable *x = (void *)text_at(a, offset), *y = (void *)text_at(b, offset);
        GHashTableIter iterator;
        gpointer name, value;

        if (!x || !y)
                return x == y;
        if (g_hash_table_size(x) != g_hash_table_size(y))
                return false;
        g_hash_table_iter_init(&iterator, x);
        while (g_hash_table_iter_next(&iterator, &name, &value))
                if (g_strcmp0(value, g_hash_table_lookup(y, name)) != 0)
                        return false;
        return true;
}

/* a is the running one. */
static bool same_option(const Option *option, const void *a, const void *b)
{
        size_t offset = option->offset, also = option->also;

        switch (option->type) {
        case OPTION_STRING:
        case OPTION_DIRECTORY:
        case OPTION_PATH:
        case OPTION_ABSOLUTE:
        case OPTION_NAME:
        case OPTION_BUS:
        case OPTION_STATE:
                return same_text(a, b, offset);
        case OPTION_LOGFILE:
                return same_text(a, b, offset) || g_strcmp0(text_at(b, offset), "AUTO") == 0;
        case OPTION_COMMAND:
                return same_text(a, b, offset) && same_list(a, b, also);
        case OPTION_USER:
                return same_text(a, b, offset) && same_bytes(a, b, also, sizeof(uid_t));
        case OPTION_ADDRESS:
                return same_text(a, b, offset) && same_bytes(a, b, also, sizeof(int));
        case OPTION_OWNER:
                return same_bytes(a, b, offset, sizeof(uid_t)) &&
                       same_bytes(a, b, also, sizeof(gid_t));
        case OPTION_BOOLEAN:
                return same_bytes(a, b, offset, sizeof(bool));
        case OPTION_INTEGER:
        case OPTION_BYTES:
        case OPTION_DURATION:
                return same_bytes(a, b, offset, sizeof(int64_t));
        case OPTION_SECONDS:
                return same_bytes(a, b, offset, sizeof(double));
        case OPTION_OCTAL:
        case OPTION_SIGNAL:
        case OPTION_CHOICE:
                return same_bytes(a, b, offset, sizeof(int));
        case OPTION_FLAGS:
                return same_bytes(a, b, offset, sizeof(unsigned));
        case OPTION_LOG_LEVEL:
                return same_bytes(a, b, offset, sizeof(LogLevel));
        case OPTION_AUTORESTART:
                return same_bytes(a, b, offset, sizeof(Autorestart));
        case OPTION_EXIT_CODES:
                return same_numbers(a, b, offset);
        case OPTION_ENVIRONMENT:
                return same_environment(a, b, offset);
        case OPTION_LIST:
        case OPTION_EVENTS:
                return same_list(a, b, offset);
        case _OPTION_TYPE_MAX:
                break;
        }
        g_assert_not_reached();
}

static void differences_clear(Differences *differences)
{
        for (size_t i = 0; i < G_N_ELEMENTS(differences->of); i++)
                g_clear_pointer(&differences->of[i], g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Differences, differences_clear)

/* A name has a row for each section kind that treats it differently; once is enough. */
static void note_option(GPtrArray *names, const char *name)
{
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                g_ptr_array_add(names, (char *)name);
}

static void note_difference(Differences *differences, const Option *option)
{
        if (!differences->of[option->reload])
                differences->of[option->reload] = g_ptr_array_new();
        note_option(differences->of[option->reload], option->name);
}

static void compare_options(Differences *differences, OptionTarget target, unsigned sections,
                const void *running, const void *fresh)
{
        for (size_t i = 0; i < n_options; i++) {
                const Option *option = &options[i];

                if (option->target != target || !(option->sections & sections) ||
                                same_option(option, running, fresh))
                        continue;
                note_difference(differences, option);
        }
}

static char **to_strv(const GPtrArray *names)
{
        char **list = g_new0(char *, names ? names->len + 1 : 1);

        for (guint i = 0; names && i < names->len; i++)
                list[i] = g_strdup(names->pdata[i]);
        return list;
}

/* Changes. */

/* options_that_differ: may be NULL. */
static void add_change(GPtrArray *changes, ChangeKind kind, const char *group, const char *process,
                const GPtrArray *options_that_differ)
{
        Change *change = g_new0(Change, 1);

        change->kind = kind;
        change->group = g_strdup(group);
        change->process = g_strdup(process);
        change->options = to_strv(options_that_differ);
        g_ptr_array_add(changes, change);
}

static GHashTable *index_groups(const Config *config)
{
        GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < config->groups->len; i++) {
                GroupConfig *group = config->groups->pdata[i];

                g_hash_table_insert(index, group->name, group);
        }
        return index;
}

static GHashTable *index_processes(const GroupConfig *group)
{
        GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < group->processes->len; i++) {
                ProcessConfig *process = group->processes->pdata[i];

                g_hash_table_insert(index, process->name, process);
        }
        return index;
}

/* Those of base that other has not. */
static void compare_presence(
                GPtrArray *changes, ChangeKind kind, const GroupConfig *base, GHashTable *other)
{
        for (guint i = 0; i < base->processes->len; i++) {
                const ProcessConfig *process = base->processes->pdata[i];

                if (!g_hash_table_contains(other, process->name))
                        add_change(changes, kind, base->name, process->name, NULL);
        }
}

static void compare_sockets(
                Differences *found, const SocketConfig *running, const SocketConfig *fresh)
{
        if (running && fresh)
                compare_options(found, TARGET_SOCKET, SECTION_BIT(SECTION_FCGI_PROGRAM), running,
                                fresh);
        else if (running || fresh)
                note_difference(found, option_find(SECTION_FCGI_PROGRAM, "socket"));
}

/* What differs in the group and asks for a restart of its processes is one more reason for each. */
static void compare_process(GPtrArray *changes, const ProcessConfig *running,
                const ProcessConfig *fresh, const GPtrArray *of_group)
{
        g_auto(Differences) found = {};

        compare_options(&found, TARGET_PROCESS, PROCESS_SECTIONS, running, fresh);
        compare_sockets(&found, running->socket, fresh->socket);
        for (guint i = 0; of_group && i < of_group->len; i++) {
                if (!found.of[RELOAD_RESTART])
                        found.of[RELOAD_RESTART] = g_ptr_array_new();
                note_option(found.of[RELOAD_RESTART], of_group->pdata[i]);
        }
        if (found.of[RELOAD_RESTART]) {
                for (guint i = 0; found.of[RELOAD_LIVE] && i < found.of[RELOAD_LIVE]->len; i++)
                        note_option(found.of[RELOAD_RESTART], found.of[RELOAD_LIVE]->pdata[i]);
                add_change(changes, CHANGE_PROCESS_RESTART, fresh->group, fresh->name,
                                found.of[RELOAD_RESTART]);
        } else if (found.of[RELOAD_LIVE])
                add_change(changes, CHANGE_PROCESS_LIVE, fresh->group, fresh->name,
                                found.of[RELOAD_LIVE]);
}

static unsigned group_sections(const GroupConfig *group)
{
        switch (group->kind) {
        case GROUP_PROGRAM:
                return SECTION_BIT(SECTION_GROUP);
        case GROUP_EVENTLISTENER:
                return SECTION_BIT(SECTION_EVENTLISTENER);
        case GROUP_FCGI_PROGRAM:
                return SECTION_BIT(SECTION_FCGI_PROGRAM);
        }
        g_assert_not_reached();
}

static void compare_group(GPtrArray *changes, const GroupConfig *running, const GroupConfig *fresh)
{
        g_autoptr(GHashTable) old = index_processes(running);
        g_autoptr(GHashTable) new = index_processes(fresh);
        g_auto(Differences) found = {};

        compare_options(&found, TARGET_GROUP, group_sections(fresh), running, fresh);
        compare_presence(changes, CHANGE_PROCESS_REMOVED, running, new);
        for (guint i = 0; i < fresh->processes->len; i++) {
                const ProcessConfig *process = fresh->processes->pdata[i];
                const ProcessConfig *before = g_hash_table_lookup(old, process->name);

                if (before)
                        compare_process(changes, before, process, found.of[RELOAD_RESTART]);
        }
        if (found.of[RELOAD_LIVE])
                add_change(changes,
                                fresh->kind == GROUP_EVENTLISTENER ? CHANGE_POOL_LIVE
                                                                   : CHANGE_GROUP_LIVE,
                                fresh->name, "", found.of[RELOAD_LIVE]);
        compare_presence(changes, CHANGE_PROCESS_ADDED, fresh, old);
}

/* The group of that name and kind, NULL when there is none. */
static const GroupConfig *find_same(GHashTable *index, const GroupConfig *group)
{
        const GroupConfig *other = g_hash_table_lookup(index, group->name);

        return other && other->kind == group->kind ? other : NULL;
}

static void compare_groups(GPtrArray *changes, const Config *running, const Config *fresh)
{
        g_autoptr(GHashTable) old = index_groups(running);
        g_autoptr(GHashTable) new = index_groups(fresh);

        for (guint i = 0; i < running->groups->len; i++) {
                const GroupConfig *group = running->groups->pdata[i];

                if (!find_same(new, group))
                        add_change(changes, CHANGE_GROUP_REMOVED, group->name, "", NULL);
        }
        for (guint i = 0; i < fresh->groups->len; i++) {
                const GroupConfig *group = fresh->groups->pdata[i];
                const GroupConfig *before = find_same(old, group);

                if (before)
                        compare_group(changes, before, group);
        }
        for (guint i = 0; i < fresh->groups->len; i++) {
                const GroupConfig *group = fresh->groups->pdata[i];

                if (!find_same(old, group))
                        add_change(changes, CHANGE_GROUP_ADDED, group->name, "", NULL);
        }
}

/* The daemon. */

static const HttpServerConfig *find_server(const Config *config, const char *section)
{
        for (guint i = 0; i < config->http_servers->len; i++) {
                const HttpServerConfig *server = config->http_servers->pdata[i];

                if (strcmp(server->section, section) == 0)
                        return server;
        }
        return NULL;
}

static void compare_server(
                GPtrArray *changes, const HttpServerConfig *running, const HttpServerConfig *fresh)
{
        SectionKind kind = section_kind_from_header(fresh->section, NULL);
        g_auto(Differences) found = {};

        compare_options(&found, TARGET_HTTP_SERVER, SECTION_BIT(kind), running, fresh);
        if (found.of[RELOAD_ANEW])
                add_change(changes, CHANGE_DAEMON, fresh->section, "", found.of[RELOAD_ANEW]);
}

static void note_missing_servers(GPtrArray *changes, const Config *base, const Config *other)
{
        for (guint i = 0; i < base->http_servers->len; i++) {
                const HttpServerConfig *server = base->http_servers->pdata[i];

                if (!find_server(other, server->section))
                        add_change(changes, CHANGE_DAEMON, server->section, "", NULL);
        }
}

/* What [supervisord] environment changes shows in the processes. */
static void compare_daemon(GPtrArray *changes, const Config *running, const Config *fresh)
{
        g_auto(Differences) found = {};

        compare_options(&found, TARGET_SUPERVISORD, ALL_SECTIONS, &running->supervisord,
                        &fresh->supervisord);
        if (found.of[RELOAD_DAEMON])
                add_change(changes, CHANGE_DAEMON, "supervisord", "", found.of[RELOAD_DAEMON]);
        note_missing_servers(changes, running, fresh);
        for (guint i = 0; i < fresh->http_servers->len; i++) {
                const HttpServerConfig *server = fresh->http_servers->pdata[i];
                const HttpServerConfig *before = find_server(running, server->section);

                if (before)
                        compare_server(changes, before, server);
        }
        note_missing_servers(changes, fresh, running);
}

GPtrArray *config_diff(const Config *running, const Config *fresh)
{
        GPtrArray *changes = g_ptr_array_new_with_free_func(change_free);

        compare_groups(changes, running, fresh);
        compare_daemon(changes, running, fresh);
        return changes;
}
