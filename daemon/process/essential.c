/* The decision is made at the end of the program, what follows from it comes from the loop, since
 * nothing can be stopped from within a process's own transition. */

#include "daemon/process/essential.h"

#include "daemon/output/main-log.h"

struct Essential {
        EssentialEnded on_ended;
        void *userdata;
        sd_event_source *tell;
        bool decided;
        int exit_status;
};

static int on_tell(sd_event_source *source, void *userdata)
{
        Essential *essential = userdata;

        essential->on_ended(essential->exit_status, essential->userdata);
        return 0;
}

Essential *essential_new(sd_event *event, EssentialEnded on_ended, void *userdata)
{
        Essential *essential = g_new0(Essential, 1);
        int r;

        essential->on_ended = on_ended;
        essential->userdata = userdata;
        r = sd_event_add_defer(event, &essential->tell, on_tell, essential);
        if (r >= 0)
                r = sd_event_source_set_enabled(essential->tell, SD_EVENT_OFF);
        g_assert(r >= 0);
        return essential;
}

Essential *essential_free(Essential *essential)
{
        if (!essential)
                return NULL;
        sd_event_source_disable_unref(essential->tell);
        g_free(essential);
        return NULL;
}

/* A program that could not be kept up has failed, even when it says that all was well. */
static int exit_status(const Process *process)
{
        int status = process_exit_status(process);

        if (status < 0 || (status == 0 && process_state(process) == PROCESS_FATAL))
                return 1;
        return status;
}

void essential_note_end(Essential *essential, const Process *process)
{
        const ProcessConfig *config = process_config(process);

        if (config->exit_policy != EXIT_POLICY_ESSENTIAL || essential->decided ||
                        !essential->on_ended)
                return;
        essential->decided = true;
        essential->exit_status = exit_status(process);
        log_warn("'%s' is essential and %s: stopping everything, to end with status %d",
                        config->name,
                        process_state(process) == PROCESS_FATAL ? "cannot be kept running"
                                                                : "has ended",
                        essential->exit_status);
        (void)sd_event_source_set_enabled(essential->tell, SD_EVENT_ONESHOT);
}
