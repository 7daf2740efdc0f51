/* Waiting has a limit only so that a failure ends; nothing here depends on how long things take. */

#include "tests/unit/fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_USEC UINT64_C(30000000)

char *fixture_folder_new(void)
{
        char *folder = g_dir_make_tmp("busvisor-unit-XXXXXX", NULL);

        g_assert_nonnull(folder);
        return folder;
}

void fixture_folder_free(char *folder)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);

                unlink(path);
        }
        rmdir(folder);
        g_free(folder);
}

char *fixture_read(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        char *text = NULL;

        return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

ProcessConfig *fixture_process_config(const char *name, const char *command)
{
        ProcessConfig *config = process_config_new();
        int expected = 0;

        config->exitcodes = g_array_new(false, false, sizeof(int));
        config->environment = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        config->name = g_strdup(name);
        config->group = g_strdup(name);
        config->command = g_strdup(command);
        config->priority = 999;
        config->startsecs = 0;
        config->startretries = 3;
        config->stopsignal = SIGTERM;
        config->stopwaitsecs = 10;
        g_array_append_val(config->exitcodes, expected);
        return config;
}

GroupConfig *fixture_group_config(GroupKind kind, const char *name, int64_t priority)
{
        GroupConfig *group = group_config_new(kind);

        group->name = g_strdup(name);
        group->priority = priority;
        return group;
}

void fixture_group_add(GroupConfig *group, ProcessConfig *process)
{
        g_free(process->group);
        process->group = g_strdup(group->name);
        g_ptr_array_add(group->processes, process);
}

static Fixture *make(EssentialEnded on_ended, void *userdata, GroupConfig *first, va_list others)
{
        Fixture *fixture = g_new0(Fixture, 1);
        ManagerSetup setup = { .on_essential_ended = on_ended, .userdata = userdata };
        PoolStoreSetup pools = {}; /* in memory alone */
        sigset_t child;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, NULL);
        fixture->config = config_new();
        fixture->config->supervisord.identifier = g_strdup("unit");
        for (GroupConfig *group = first; group; group = va_arg(others, GroupConfig *))
                g_ptr_array_add(fixture->config->groups, group);
        g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
        g_assert_cmpint(orphans_new(fixture->event, &fixture->orphans), >=, 0);
        setup.event = fixture->event;
        setup.orphans = fixture->orphans;
        setup.events = fixture->events = event_log_new(1000, 1000000);
        setup.cursors = pools.cursors = fixture->cursors = cursors_new();
        pools.events = fixture->events;
        pools.letters = fixture->letters = dead_letters_new(10, 100000);
        setup.pools = fixture->pools = pool_store_new(&pools);
        getrlimit(RLIMIT_NOFILE, &setup.descriptor_limit);
        sigemptyset(&setup.signal_mask);
        fixture->manager = manager_new(fixture->config, &setup);
        manager_activate(fixture->manager);
        return fixture;
}

Fixture *fixture_new(GroupConfig *first, ...)
{
        Fixture *fixture;
        va_list others;

        va_start(others, first);
        fixture = make(NULL, NULL, first, others);
        va_end(others);
        return fixture;
}

Fixture *fixture_new_with_essential(
                EssentialEnded on_ended, void *userdata, GroupConfig *first, ...)
{
        Fixture *fixture;
        va_list others;

        va_start(others, first);
        fixture = make(on_ended, userdata, first, others);
        va_end(others);
        return fixture;
}

/* What a test has left running must not outlive it. */
static void kill_processes(const Fixture *fixture)
{
        const GPtrArray *groups = manager_groups(fixture->manager);

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        if (process_pid(processes->pdata[k]) > 0)
                                (void)kill(process_pid(processes->pdata[k]), SIGKILL);
        }
}

void fixture_free(Fixture *fixture)
{
        if (fixture->manager)
                kill_processes(fixture);
        manager_free(fixture->manager);
        orphans_free(fixture->orphans);
        pool_store_free(fixture->pools);
        dead_letters_free(fixture->letters);
        cursors_free(fixture->cursors);
        event_log_free(fixture->events);
        sd_event_unref(fixture->event);
        config_free(fixture->config);
        g_free(fixture);
}

Process *fixture_process(const Fixture *fixture, const char *group, const char *process)
{
        Process *found = manager_find_process(fixture->manager, group, process);

        g_assert_nonnull(found);
        return found;
}

void fixture_run_until(const Fixture *fixture, const Process *process, ProcessState state)
{
        while (process_state(process) != state)
                g_assert_cmpint(sd_event_run(fixture->event, LIMIT_USEC), >, 0);
}

void fixture_run_until_set(const Fixture *fixture, const bool *flag)
{
        while (!*flag)
                g_assert_cmpint(sd_event_run(fixture->event, LIMIT_USEC), >, 0);
}

char *fixture_states(const Fixture *fixture)
{
        GString *states = g_string_new(NULL);
        const Event *event;
        uint64_t after = 0;

        while ((event = event_log_find_after(fixture->events, after,
                                &(EventFilter){ .types = event_type_covers(
                                                                EVENT_PROCESS_STATE) }))) {
                g_string_append_printf(states, "%s%s:%s", after ? " " : "", event->process,
                                process_state_to_string(event_process_state(event)));
                after = event->serial;
        }
        return g_string_free(states, false);
}
