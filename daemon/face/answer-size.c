/* What has a fixed length was measured, from above, with a group of its own for each process; texts
 * are counted. Names come back in paths, three times as long where they are encoded. */

#include "daemon/face/answer-size.h"

#include <string.h>

#include "daemon/face/option-variant.h"

#define MANAGED_BYTES 2700
#define SUMMARY_BYTES 64
#define OPTION_BYTES  64 /* its name and a number, or a few */
#define ENTRY_BYTES   128
#define GROUP_BYTES   384 /* with a number for each state */
#define PATHS         8

static size_t names_of(const ProcessConfig *process)
{
        return strlen(process->group) + strlen(process->name);
}

size_t answer_size_of_summary(const ProcessConfig *process)
{
        return SUMMARY_BYTES + names_of(process);
}

size_t answer_size_of_description(const ProcessConfig *process, size_t n_told)
{
        return answer_size_of_summary(process) + n_told * OPTION_BYTES +
               option_variant_text_bytes(process);
}

size_t answer_size_of_entry(const ProcessConfig *process, size_t text_bytes)
{
        return ENTRY_BYTES + names_of(process) + text_bytes;
}

/* The name as it is, and in a path. */
size_t answer_size_of_group(const GroupConfig *group)
{
        return GROUP_BYTES + 4 * strlen(group->name);
}

size_t answer_size_of_texts(const char *const *texts, size_t n_texts)
{
        size_t bytes = OPTION_BYTES;

        for (size_t i = 0; i < n_texts; i++)
                bytes += texts[i] ? strlen(texts[i]) : 0;
        return bytes;
}

int answer_size_check(size_t bytes, sd_bus_error *error)
{
        if (bytes <= ANSWER_MAX_BYTES)
                return 0;
        return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "there is too much to tell of for one answer; ask for what matters alone, "
                        "by its name");
}

static size_t size_of_object(const Process *process)
{
        const ProcessConfig *config = process_config(process);

        return MANAGED_BYTES + PATHS * names_of(config) + option_variant_text_bytes(config) +
               strlen(process_spawn_error(process));
}

bool answer_size_fits_managed(const Manager *manager)
{
        const GPtrArray *groups = manager_groups(manager);
        size_t bytes = 0;

        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len && bytes <= ANSWER_MAX_BYTES; k++)
                        bytes += size_of_object(processes->pdata[k]);
        }
        return bytes <= ANSWER_MAX_BYTES;
}
