/* Without a name there is nothing to do, which is a success, as with Supervisor. */

#include "tools/ctl/group-change.h"

static ExitStatus run_add(Context *context, char **arguments)
{
        static const GroupChange change = { "add", "AddGroup", "add the group",
                "added process group", "added", .is_new = true };

        return group_change_run(context, &change, arguments);
}

const Command command_add = {
        .name = "add",
        .synopsis = "GROUP...",
        .summary = "Take over groups that are new in the configuration",
        .details = "    Starts what has autostart, and does not wait for it.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_NEW_GROUP,
        .more_arguments = COMPLETES_NEW_GROUP,
        .run = run_add,
};
