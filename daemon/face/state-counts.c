/* Nothing is kept: counting a thousand processes takes some microseconds, and nobody has to keep
 * numbers right as processes come and go. */

#include "daemon/face/state-counts.h"

#include "daemon/process/process.h"

void state_counts_add(StateCounts *counts, const GPtrArray *processes)
{
        for (guint i = 0; i < processes->len; i++)
                counts->of[process_state(processes->pdata[i])]++;
}

int state_counts_append(sd_bus_message *reply, const StateCounts *counts)
{
        int r = sd_bus_message_open_container(reply, 'a', "{su}");

        for (ProcessState state = 0; r >= 0 && state < _PROCESS_STATE_MAX; state++)
                if (counts->of[state] > 0)
                        r = sd_bus_message_append(reply, "{su}", process_state_to_string(state),
                                        counts->of[state]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}
