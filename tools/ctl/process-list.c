/* Names are resolved here for commands that only look; commands that act hand the names to the
 * daemon, which resolves them at the moment of acting. */

#include "tools/ctl/process-list.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/description.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/name-pattern.h"

#define LIST_ACTION "list processes"

ProcessEntry *process_entry_new(const char *group, const char *process, ProcessState state)
{
        ProcessEntry *entry = g_new0(ProcessEntry, 1);

        entry->group = g_strdup(group);
        entry->process = g_strdup(process);
        entry->state = state;
        entry->path = bus_path_process(group, process);
        entry->spawn_error = g_strdup("");
        return entry;
}

void process_entry_free(void *pointer)
{
        ProcessEntry *entry = pointer;

        g_free(entry->group);
        g_free(entry->process);
        g_free(entry->path);
        g_free(entry->spawn_error);
        g_free(entry);
}

/* 1 with an entry, 0 at the end of the array. A state that a later daemon may have is UNKNOWN to
 * us. */
static int read_entry(sd_bus_message *reply, ProcessEntry **ret)
{
        const char *group, *process, *path, *state_name, *spawn_error;
        uint32_t pid;
        uint64_t start_usec, stop_usec;
        int32_t exit_code;
        ProcessEntry *entry;
        int r = sd_bus_message_read(reply, "(ssosuttsi)", &group, &process, &path, &state_name,
                        &pid, &start_usec, &stop_usec, &spawn_error, &exit_code);

        if (r <= 0)
                return r;
        entry = process_entry_new(group, process, process_state_from_string(state_name));
        if (entry->state == _PROCESS_STATE_INVALID)
                entry->state = PROCESS_UNKNOWN;
        g_free(entry->path);
        entry->path = g_strdup(path);
        entry->pid = pid;
        entry->start_usec = start_usec;
        entry->stop_usec = stop_usec;
        g_free(entry->spawn_error);
        entry->spawn_error = g_strdup(spawn_error);
        entry->exit_code = exit_code;
        *ret = entry;
        return 1;
}

GPtrArray *process_list_from_reply(sd_bus_message *reply, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(process_entry_free);
        ProcessEntry *entry;
        int r = sd_bus_message_enter_container(reply, 'a', "(ssosuttsi)");

        while (r > 0 && (r = read_entry(reply, &entry)) > 0)
                g_ptr_array_add(list, entry);
        if (r < 0) {
                client_set_error(NULL, r, LIST_ACTION, error);
                return NULL;
        }
        return g_steal_pointer(&list);
}

GPtrArray *process_list_read(Client *client, GError **error)
{
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call(client, BUS_INTERFACE_MANAGER, "ListProcesses", &call);

        if (r < 0) {
                client_set_error(NULL, r, LIST_ACTION, error);
                return NULL;
        }
        if (!client_call(client, call, CLIENT_TIMEOUT, LIST_ACTION, &reply, error))
                return NULL;
        return process_list_from_reply(reply, error);
}

char *process_name_group(const char *name)
{
        const char *colon = strchr(name, ':');

        if (colon && (strcmp(colon, ":") == 0 || strcmp(colon, ":*") == 0))
                return g_strndup(name, colon - name);
        return NULL;
}

static bool name_means(const char *name, const char *group_name, const ProcessEntry *entry)
{
        const char *colon = strchr(name, ':');

        if (strcmp(name, "all") == 0)
                return true;
        if (group_name)
                return strcmp(group_name, entry->group) == 0;
        if (!colon)
                return strcmp(name, entry->group) == 0 && strcmp(name, entry->process) == 0;
        return strlen(entry->group) == (size_t)(colon - name) &&
               strncmp(name, entry->group, colon - name) == 0 &&
               strcmp(colon + 1, entry->process) == 0;
}

static void select_literally(const GPtrArray *list, const char *name, GPtrArray *selection)
{
        g_autofree char *group_name = process_name_group(name);

        for (unsigned i = 0; i < list->len; i++)
                if (name_means(name, group_name, list->pdata[i]))
                        g_ptr_array_add(selection, list->pdata[i]);
}

bool process_list_has(const GPtrArray *list, const char *name)
{
        g_autoptr(GPtrArray) selection = g_ptr_array_new();

        select_literally(list, name, selection);
        return selection->len > 0;
}

static void select_by_pattern(const GPtrArray *list, const char *pattern, GPtrArray *selection)
{
        for (unsigned i = 0; i < list->len; i++) {
                ProcessEntry *entry = list->pdata[i];

                if (name_pattern_matches(pattern, entry->group, entry->process))
                        g_ptr_array_add(selection, entry);
        }
}

bool process_list_select(const GPtrArray *list, const char *name, GPtrArray *selection)
{
        unsigned n_before = selection->len;

        select_literally(list, name, selection);
        if (selection->len == n_before && name_pattern_is(name))
                select_by_pattern(list, name, selection);
        return selection->len > n_before;
}

char **process_list_expand(const GPtrArray *list, char *const *names, GPtrArray *ret_unknown)
{
        GPtrArray *words = g_ptr_array_new();

        for (; *names; names++) {
                g_autoptr(GPtrArray) selection = g_ptr_array_new();

                if (!name_pattern_is(*names) || process_list_has(list, *names)) {
                        g_ptr_array_add(words, g_strdup(*names));
                        continue;
                }
                /* However many there are; the daemon takes no more than so many names. */
                if (strcmp(*names, "*") == 0 && list->len > 0) {
                        g_ptr_array_add(words, g_strdup("all"));
                        continue;
                }
                if (!process_list_select(list, *names, selection))
                        g_ptr_array_add(ret_unknown, *names);
                for (unsigned i = 0; i < selection->len; i++) {
                        const ProcessEntry *entry = selection->pdata[i];

                        g_ptr_array_add(words,
                                        g_strconcat(entry->group, ":", entry->process, NULL));
                }
        }
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, false);
}

GPtrArray *process_list_select_all(
                const GPtrArray *list, char *const *names, GPtrArray *ret_unknown)
{
        GPtrArray *selection = g_ptr_array_new();

        if (!*names || g_strv_contains((const char *const *)names, "all")) {
                process_list_select(list, "all", selection);
                return selection;
        }
        for (; *names; names++)
                if (!process_list_select(list, *names, selection))
                        g_ptr_array_add(ret_unknown, *names);
        return selection;
}

char *process_display_name(const char *group, const char *process)
{
        if (!*process || strcmp(group, process) == 0)
                return g_strdup(group);
        return g_strconcat(group, ":", process, NULL);
}

char *process_entry_description(const ProcessEntry *entry, uint64_t now_usec)
{
        return process_description(entry->process, entry->state, entry->pid, entry->start_usec,
                        entry->stop_usec, now_usec, entry->spawn_error);
}
