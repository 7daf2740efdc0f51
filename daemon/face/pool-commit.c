/* Read as a whole before anything is changed: a report that is broken in its last part must not
 * move the cursor either. */

#include "daemon/face/pool-commit.h"

#include "bus/cleanup.h"

static int read_attempts(sd_bus_message *call, GArray *attempts)
{
        CursorAttempts one;
        int r = sd_bus_message_enter_container(call, 'a', "(tu)");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(call, "(tu)", &one.serial, &one.n_failed)) > 0)
                g_array_append_val(attempts, one);
        return r < 0 ? r : sd_bus_message_exit_container(call);
}

/* What the commit points to stays that of the call and of attempts. */
static int read_progress(sd_bus_message *call, GArray *attempts, CursorCommit *ret)
{
        const void *answered;
        CursorCommit commit;
        size_t size;
        int r;

        r = sd_bus_message_read(call, "t", &commit.serial);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(call, 't', &answered, &size);
        if (r < 0)
                return r;
        commit.answered = answered;
        commit.n_answered = size / sizeof *commit.answered;
        r = sd_bus_message_read(call, "t", &commit.poolserial);
        if (r < 0)
                return r;
        r = read_attempts(call, attempts);
        if (r < 0)
                return r;
        commit.attempts = (const CursorAttempts *)attempts->data;
        commit.n_attempts = attempts->len;
        *ret = commit;
        return 0;
}

int pool_commit(sd_bus_message *call, const Face *face, Group *pool, sd_bus_error *error)
{
        Manager *manager = face_manager(face);
        g_autoptr(GArray) attempts = g_array_new(false, false, sizeof(CursorAttempts));
        g_autoptr(PoolReport) report = pool_report_new();
        CursorCommit commit;
        int r;

        r = read_progress(call, attempts, &commit);
        if (r < 0)
                return r;
        r = pool_report_read(call, group_processes(pool)->len, report);
        if (r < 0)
                return r;
        if (commit.serial >= event_log_next(manager_events(manager)) ||
                        !cursors_commit(manager_cursors(manager), group_config(pool)->name,
                                        &commit))
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "a cursor goes forward, to a serial that exists, with at most %d "
                                "answered ones and %d that failed above it",
                                CURSOR_ANSWERED_MAX, CURSOR_ATTEMPTS_MAX);
        pool_board_commit(face_pool_board(face), pool, g_steal_pointer(&report));
        manager_note_commit(manager);
        return sd_bus_reply_method_return(call, NULL);
}
