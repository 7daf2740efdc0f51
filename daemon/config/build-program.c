/* Options that may not use process_num are read once more for every process instead of being
 * copied: each process then owns all that it has, and no list of fields has to be kept for copying.
 * The first time is before the number of processes is known: numprocs may be 0, and a wrong value
 * is wrong all the same. */

#include "daemon/config/build-program.h"

#include <string.h>

#include "bus/names.h"
#include "daemon/config/build-environment.h"
#include "daemon/config/environment.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

#define MAX_GROUP_PROCESSES 100000
#define MAX_PROCESSES       200000  /* of all groups */
#define MAX_VARIABLES       5000000 /* of all processes */

typedef struct Program {
        const Build *build;
        const Section *section;
        SectionKind kind;
        const char *group;
        Expansions *names; /* of the section */
        ProgramSettings settings;
} Program;

/* The name is looked at before it is expanded, as Supervisor does; what comes out is looked at
 * later. */
static bool check_process_name(const Program *program, GError **error)
{
        const Setting *setting =
                        sections_get(program->build->sections, program->section, "process_name");
        const char *format = setting ? setting->text : "%(program_name)s";
        g_autofree char *name = NULL;

        if (!value_name(format, &name, error))
                return place_prefix_error(error, setting->place,
                                "[%s] process_name: ", program->section->name);
        if (program->settings.numprocs > 1 && !strstr(name, "%(process_num)"))
                return build_error(program->build, program->section, "process_name", error,
                                "process_name: with numprocs over 1 it has to tell the processes "
                                "apart; write for example %%(program_name)s_%%(process_num)02d");
        return true;
}

static bool has_setting(const Program *program, const char *key)
{
        return sections_get(program->build->sections, program->section, key) != NULL;
}

static bool read_section_options(const Program *program, ProcessConfig *process, GError **error)
{
        if (!build_options(program->build, program->section, program->kind, TARGET_PROCESS, false,
                            program->names, process, error))
                return false;
        if (!has_setting(program, "killasgroup"))
                process->killasgroup = process->stopasgroup;
        if (process->stopasgroup && !process->killasgroup)
                return build_error(program->build, program->section, "killasgroup", error,
                                "killasgroup: cannot be false while stopasgroup is true");
        return true;
}

static bool read_process_options(
                const Program *program, int64_t number, ProcessConfig *process, GError **error)
{
        g_autoptr(Expansions) names = expansions_new(program->names);

        expansions_set_number(names, "process_num", number);
        expansions_set_number(names, "numprocs", program->settings.numprocs);
        return build_environment(program->build, program->section, program->kind, names, process,
                               error) &&
               build_options(program->build, program->section, program->kind, TARGET_PROCESS, true,
                               names, process, error);
}

static void finish_channel(const Program *program, ChannelConfig *channel, const char *key)
{
        if (g_strcmp0(channel->logfile, "syslog") == 0) {
                build_notice(program->build, program->section, key, LOG_LEVEL_WARN,
                                "%s=syslog is out of use; write %.6s_syslog=true", key, key);
                g_clear_pointer(&channel->logfile, g_free);
                channel->syslog = true;
        }
        if (g_strcmp0(channel->logfile, "journal") == 0) {
                g_clear_pointer(&channel->logfile, g_free);
                channel->journal = true;
        }
        if (g_strcmp0(channel->logfile, "AUTO") == 0 && channel->logfile_maxbytes == 0)
                build_notice(program->build, program->section, key, LOG_LEVEL_WARN,
                                "%s is AUTO and never rotated; set %s_maxbytes above 0", key, key);
}

static void finish_channels(const Program *program, ProcessConfig *process)
{
        finish_channel(program, &process->output, "stdout_logfile");
        finish_channel(program, &process->error, "stderr_logfile");
        if (!process->redirect_stderr)
                return;
        if (process->error.logfile && strcmp(process->error.logfile, "AUTO") != 0)
                build_notice(program->build, program->section, "stderr_logfile", LOG_LEVEL_WARN,
                                "stderr_logfile has no effect while redirect_stderr is true");
        g_clear_pointer(&process->error.logfile, g_free);
}

static void finish_process(const Program *program, ProcessConfig *process)
{
        g_autofree char *url = process->serverurl ? text_strip(process->serverurl) : NULL;

        environment_merge_missing(
                        process->environment, program->build->config->supervisord.environment);
        process->group = g_strdup(program->group);
        if (url && (!*process->serverurl || text_is_word(url, "AUTO")))
                g_clear_pointer(&process->serverurl, g_free);
        if (!*process->name || strpbrk(process->name, " :/"))
                build_notice(program->build, program->section, "process_name", LOG_LEVEL_WARN,
                                "the process name '%s' is one that listeners and clients may "
                                "misread",
                                process->name);
        finish_channels(program, process);
}

/* A few lines of a file can ask for more than any machine has. */
static bool count_process(const Program *program, const ProcessConfig *process, GError **error)
{
        BuildCounts *counts = program->build->counts;

        counts->n_processes++;
        counts->n_variables += g_hash_table_size(process->environment);
        if (counts->n_processes > MAX_PROCESSES)
                return build_error(program->build, program->section, "numprocs", error,
                                "numprocs: more than %d processes in all", MAX_PROCESSES);
        if (counts->n_variables > MAX_VARIABLES)
                return build_error(program->build, program->section, "environment", error,
                                "environment: more than %d variables in all processes together",
                                MAX_VARIABLES);
        return true;
}

/* The process has the options of the section already. */
static bool add_process(const Program *program, int64_t number, ProcessConfig *read,
                GPtrArray *processes, GError **error)
{
        g_autoptr(ProcessConfig) process = read;

        if (!read_process_options(program, number, process, error))
                return false;
        if (!process->command)
                return build_error(program->build, program->section, NULL, error,
                                "has no command; write command=PROGRAM ARGUMENT…");
        if (strlen(process->name) > BUS_PATH_NAME_MAX)
                return build_error(program->build, program->section, "process_name", error,
                                "process_name: a name must not have more than %d bytes",
                                BUS_PATH_NAME_MAX);
        finish_process(program, process);
        if (!count_process(program, process, error))
                return false;
        g_ptr_array_add(processes, g_steal_pointer(&process));
        return true;
}

static bool add_processes(Program *program, unsigned n_before, GPtrArray *processes, GError **error)
{
        g_autoptr(ProcessConfig) process = process_config_new();
        int64_t first;

        if (!read_section_options(program, process, error) ||
                        !build_options(program->build, program->section, program->kind,
                                        TARGET_PROGRAM, false, program->names, &program->settings,
                                        error) ||
                        !check_process_name(program, error))
                return false;
        if (program->settings.numprocs > MAX_GROUP_PROCESSES - (int64_t)n_before)
                return build_error(program->build, program->section, "numprocs", error,
                                "numprocs: more than %d processes in one group",
                                MAX_GROUP_PROCESSES);
        first = program->settings.numprocs_start;
        for (int64_t i = 0; i < program->settings.numprocs; i++) {
                if (!process) {
                        process = process_config_new();
                        if (!read_section_options(program, process, error))
                                return false;
                }
                if (!add_process(program, first + i, g_steal_pointer(&process), processes, error))
                        return false;
        }
        return true;
}

static void free_process(void *process)
{
        process_config_free(process);
}

static int compare_names(const void *a, const void *b)
{
        const ProcessConfig *x = *(ProcessConfig *const *)a, *y = *(ProcessConfig *const *)b;

        return strcmp(x->name, y->name);
}

/* Supervisor sorts by (priority, name); the priority is one for all of a section. */
static void move_processes(GPtrArray *from, GPtrArray *to)
{
        g_ptr_array_sort(from, compare_names);
        for (unsigned i = 0; i < from->len; i++)
                g_ptr_array_add(to, g_steal_pointer(&from->pdata[i]));
}

bool build_program(const Build *build, const Section *section, const char *group,
                GPtrArray *processes, GError **error)
{
        g_autoptr(Expansions) names = expansions_new(build->named);
        Program program = { .build = build, .section = section, .group = group, .names = names };
        g_autoptr(GPtrArray) own = NULL;
        g_autofree char *name = NULL;
        const char *header_name;

        program.kind = section_kind_from_header(section->name, &header_name);
        if (!value_name(header_name, &name, error))
                return place_prefix_error(error, section->place, "[%s] ", section->name);
        expansions_set(names, "program_name", name);
        expansions_set(names, "group_name", group);
        own = g_ptr_array_new_with_free_func(free_process);
        if (!add_processes(&program, processes->len, own, error))
                return false;
        move_processes(own, processes);
        return true;
}
