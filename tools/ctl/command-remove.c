/* Without a name there is nothing to do, which is a success, as with Supervisor. */

#include "tools/ctl/group-change.h"

static ExitStatus run_remove(Context *context, char **arguments)
{
        static const GroupChange change = { "remove", "RemoveGroup", "remove the group",
                "removed process group", "removed" };

        return group_change_run(context, &change, arguments);
}

const Command command_remove = {
        .name = "remove",
        .synopsis = "GROUP...",
        .summary = "Forget groups of which nothing runs",
        .details = "    Those that the configuration file has come back with the next update.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_USED_GROUP,
        .more_arguments = COMPLETES_USED_GROUP,
        .run = run_remove,
};
