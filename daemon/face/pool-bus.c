/* Two of the methods hand out or move what belongs to the listeners, so they are for the occupant
 * of the host seat alone. */

#include "daemon/face/pool-bus.h"

#include <errno.h>
#include <inttypes.h>
#include <fcntl.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "daemon/face/dead-letter-bus.h"
#include "daemon/face/pool-commit.h"
#include "daemon/face/pool-config-bus.h"
#include "daemon/face/pool-status-bus.h"
#include "daemon/output/main-log.h"

int pool_bus_check_host(
                sd_bus_message *call, const Face *face, const Group *pool, sd_bus_error *error)
{
        const Cursors *cursors = manager_cursors(face_manager(face));

        return host_seat_check(face_host_seat(face), call,
                        cursors_find(cursors, group_config(pool)->name)->begun, error);
}

/* A run of a listener that goes on. */
static int find_run(const Group *pool, const char *name, uint64_t generation, Process **ret,
                sd_bus_error *error)
{
        Process *listener = group_find(pool, name);

        if (!listener)
                return sd_bus_error_setf(
                                error, BUS_ERROR_NO_SUCH_PROCESS, "there is no listener %s", name);
        if (process_pid(listener) == 0 || process_state(listener) == PROCESS_STOPPING ||
                        process_generation(listener) != generation)
                return sd_bus_error_setf(error, BUS_ERROR_STALE_GENERATION,
                                "run %" PRIu64 " of the listener %s has ended, or is being ended",
                                generation, name);
        *ret = listener;
        return 0;
}

static int take_listener(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        autofd nowhere = -1;
        Process *listener;
        const char *name;
        uint64_t generation;
        int log, r;

        r = pool_bus_check_host(call, face, userdata, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "st", &name, &generation);
        if (r < 0)
                return r;
        r = find_run(userdata, name, generation, &listener, error);
        if (r < 0)
                return r;
        log = process_listener_log(listener);
        if (log < 0) {
                nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
                if (nowhere < 0)
                        return -errno;
                log = nowhere;
        }
        process_lease(listener);
        return sd_bus_reply_method_return(call, "uhhh", (uint32_t)process_pid(listener),
                        process_listener_stdin(listener), process_listener_stdout(listener), log);
}

static int restart_listener(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        const char *name, *reason;
        Process *listener;
        uint64_t generation;
        int r;

        r = pool_bus_check_host(call, face, userdata, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "sts", &name, &generation, &reason);
        if (r < 0)
                return r;
        r = find_run(userdata, name, generation, &listener, error);
        if (r < 0)
                return r;
        if (manager_state(face_manager(face)) != SUPERVISOR_RUNNING)
                return sd_bus_error_set(
                                error, BUS_ERROR_SHUTTING_DOWN, "the daemon is shutting down");
        log_info("restarting listener '%s': %s", name, reason);
        manager_restart_listener(listener);
        return sd_bus_reply_method_return(call, NULL);
}

static int commit(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        int r = pool_bus_check_host(call, face, userdata, error);

        return r < 0 ? r : pool_commit(call, face, userdata, error);
}

static int fetch(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        int r = pool_bus_check_host(call, face, userdata, error);

        return r < 0 ? r : pool_pages_fetch(face_pool_pages(face), call, userdata);
}

static Group *find_pool(const Face *face, const char *path)
{
        g_autofree char *name = NULL;
        Group *group;

        if (!bus_path_parse_pool(path, &name))
                return NULL;
        group = manager_find_group(face_manager(face), name);
        return group && group_config(group)->kind == GROUP_EVENTLISTENER ? group : NULL;
}

int pool_bus_find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        Group *pool = find_pool(userdata, path);

        if (!pool)
                return 0;
        *ret_found = pool;
        return 1;
}

int pool_bus_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                sd_bus_error *error)
{
        const GPtrArray *groups = manager_groups(face_manager(userdata));
        char **nodes = g_new0(char *, groups->len + 1);
        size_t n = 0;

        for (guint i = 0; i < groups->len; i++)
                if (group_config(groups->pdata[i])->kind == GROUP_EVENTLISTENER)
                        nodes[n++] = bus_path_pool(group_config(groups->pdata[i])->name);
        *ret_nodes = nodes;
        return 0;
}

static int emit(sd_bus *bus, const char *member, const Process *listener, pid_t pid,
                uint64_t generation)
{
        g_autofree char *path = bus_path_pool(process_config(listener)->group);

        return sd_bus_emit_signal(bus, path, BUS_INTERFACE_POOL, member, "sut",
                        process_config(listener)->name, (uint32_t)pid, generation);
}

int pool_bus_emit_started(sd_bus *bus, const Process *listener)
{
        return emit(bus, "ListenerStarted", listener, process_pid(listener),
                        process_generation(listener));
}

int pool_bus_emit_changed(sd_bus *bus, const Process *listener)
{
        g_autofree char *path = bus_path_pool(process_config(listener)->group);

        return sd_bus_emit_signal(bus, path, BUS_INTERFACE_POOL, "ListenerChanged", "sts",
                        process_config(listener)->name, process_generation(listener),
                        process_state_to_string(process_state(listener)));
}

int pool_bus_emit_ended(sd_bus *bus, const Process *listener, pid_t pid, uint64_t generation)
{
        return emit(bus, "ListenerEnded", listener, pid, generation);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

const sd_bus_vtable pool_bus_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", pool_config_bus_get_name, 0, CONSTANT),
        SD_BUS_PROPERTY("Events", "as", pool_config_bus_get_list, 0, CHANGES),
        SD_BUS_PROPERTY("FilterProcesses", "as", pool_config_bus_get_list, 0, CHANGES),
        SD_BUS_PROPERTY("FilterGroups", "as", pool_config_bus_get_list, 0, CHANGES),
        SD_BUS_PROPERTY("FilterExpected", "s", pool_config_bus_get_text, 0, CHANGES),
        SD_BUS_PROPERTY("BufferSize", "u", pool_config_bus_get_buffer_size, 0, CHANGES),
        SD_BUS_PROPERTY("Overflow", "s", pool_config_bus_get_text, 0, CHANGES),
        SD_BUS_PROPERTY("Protocol", "s", pool_config_bus_get_text, 0, CHANGES),
        SD_BUS_PROPERTY("PayloadLength", "s", pool_config_bus_get_text, 0, CHANGES),
        SD_BUS_PROPERTY("EventExtras", "b", pool_config_bus_get_bool, 0, CHANGES),
        SD_BUS_PROPERTY("EventTimeoutUSec", "t", pool_config_bus_get_event_timeout, 0, CHANGES),
        SD_BUS_PROPERTY("MaxAttempts", "u", pool_config_bus_get_max_attempts, 0, CHANGES),
        SD_BUS_PROPERTY("ResultHandler", "s", pool_config_bus_get_text, 0, CHANGES),
        SD_BUS_PROPERTY("Durable", "b", pool_config_bus_get_bool, 0, CHANGES),
        SD_BUS_PROPERTY("Listeners", "a(ssutsttt)", pool_status_bus_get_listeners, 0, CHANGES),
        SD_BUS_PROPERTY("Cursor", "t", pool_status_bus_get_cursor, 0, CHANGES),
        SD_BUS_PROPERTY("Queued", "u", pool_status_bus_get_queued, 0, CHANGES),
        SD_BUS_PROPERTY("InHand", "u", pool_status_bus_get_in_hand, 0, CHANGES),
        SD_BUS_PROPERTY("LagEvents", "t", pool_status_bus_get_lag_events, 0, CHANGES),
        SD_BUS_PROPERTY("LagUSec", "t", pool_status_bus_get_lag_usec, 0, 0),
        SD_BUS_PROPERTY("Delivered", "t", pool_status_bus_get_count, 0, CHANGES),
        SD_BUS_PROPERTY("Retried", "t", pool_status_bus_get_count, 0, CHANGES),
        SD_BUS_PROPERTY("Violations", "t", pool_status_bus_get_count, 0, CHANGES),
        SD_BUS_PROPERTY("GivenUp", "t", pool_status_bus_get_count, 0, CHANGES),
        SD_BUS_PROPERTY("Discarded", "t", pool_status_bus_get_count, 0, CHANGES),
        SD_BUS_PROPERTY("DeadLetters", "u", pool_status_bus_get_dead_letters, 0, CHANGES),
        SD_BUS_METHOD_WITH_ARGS("TakeListener", SD_BUS_ARGS("s", process, "t", generation),
                        SD_BUS_RESULT("u", pid, "h", stdin, "h", stdout, "h", log), take_listener,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RestartListener",
                        SD_BUS_ARGS("s", process, "t", generation, "s", reason), SD_BUS_NO_RESULT,
                        restart_listener, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Fetch", SD_BUS_ARGS("t", after, "u", max),
                        SD_BUS_RESULT("t", after, "t", last, "t", oldest, "t", next, "s", run_id,
                                        "at", times, "au", numbers, "as", names, "ay", data),
                        fetch, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Commit",
                        SD_BUS_ARGS("t", cursor, "at", answered, "t", poolserial, "a(tu)", attempts,
                                        "a{sv}", report),
                        SD_BUS_NO_RESULT, commit, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GiveUp",
                        SD_BUS_ARGS("t", serial, "t", poolserial, "u", attempts, "s", process, "s",
                                        reason, "(sv)", event),
                        SD_BUS_NO_RESULT, dead_letter_bus_give_up, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("FetchRetries", SD_BUS_ARGS("t", after, "u", max),
                        SD_BUS_RESULT("a(tu(sv))", letters), dead_letter_bus_fetch_retries,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SettleRetries", SD_BUS_ARGS("at", serials), SD_BUS_NO_RESULT,
                        dead_letter_bus_settle_retries, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListDeadLetters", SD_BUS_NO_ARGS,
                        SD_BUS_RESULT("a(tssutsb)", letters), dead_letter_bus_list,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ShowDeadLetter", SD_BUS_ARGS("t", serial),
                        SD_BUS_RESULT("t", poolserial, "s", reason, "u", attempts, "t", realtime,
                                        "s", process, "b", retried, "(sv)", event),
                        dead_letter_bus_show, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RetryDeadLetters", SD_BUS_ARGS("at", serials),
                        SD_BUS_RESULT("u", n), dead_letter_bus_retry, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DropDeadLetters", SD_BUS_ARGS("at", serials),
                        SD_BUS_RESULT("u", n), dead_letter_bus_drop, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS(
                        "ListenerStarted", SD_BUS_ARGS("s", process, "u", pid, "t", generation), 0),
        SD_BUS_SIGNAL_WITH_ARGS("ListenerChanged",
                        SD_BUS_ARGS("s", process, "t", generation, "s", state), 0),
        SD_BUS_SIGNAL_WITH_ARGS(
                        "ListenerEnded", SD_BUS_ARGS("s", process, "u", pid, "t", generation), 0),
        SD_BUS_SIGNAL_WITH_ARGS(BUS_MEMBER_EVENTS_ARRIVED,
                        SD_BUS_ARGS("t", after, "t", last, "t", oldest, "t", next, "s", run_id,
                                        "at", times, "au", numbers, "as", names, "ay", data),
                        0),
        SD_BUS_SIGNAL("RetriesPending", NULL, 0),
        SD_BUS_VTABLE_END,
};
