/* Properties that a board does not show, and those that a later daemon may have, are skipped. */

#include "tools/rpc-host/board-message.h"

#include <stddef.h>
#include <string.h>

#include "bus/cleanup.h"

typedef enum FieldKind {
        FIELD_NUMBER,
        FIELD_STRING, /* is copied */
        FIELD_STATE,  /* one that a later daemon may have is UNKNOWN to us */
} FieldKind;

typedef struct Field {
        const char *name;
        FieldKind kind;
        const char *type;
        size_t offset;
} Field;

static const Field daemon_fields[] = {
        { "Identifier", FIELD_STRING, "s", offsetof(BoardDaemon, identifier) },
        { "Version", FIELD_STRING, "s", offsetof(BoardDaemon, version) },
        { "State", FIELD_STRING, "s", offsetof(BoardDaemon, state) },
        { "Pid", FIELD_NUMBER, "u", offsetof(BoardDaemon, pid) },
        { "StartTimestamp", FIELD_NUMBER, "t", offsetof(BoardDaemon, start_usec) },
        { NULL },
};

static const Field process_fields[] = {
        { "State", FIELD_STATE, "s", offsetof(BoardProcess, state) },
        { "Pid", FIELD_NUMBER, "u", offsetof(BoardProcess, pid) },
        { "StartTimestamp", FIELD_NUMBER, "t", offsetof(BoardProcess, start_usec) },
        { "StopTimestamp", FIELD_NUMBER, "t", offsetof(BoardProcess, stop_usec) },
        { "ExitStatus", FIELD_NUMBER, "i", offsetof(BoardProcess, exit_status) },
        { "TermSignal", FIELD_NUMBER, "i", offsetof(BoardProcess, term_signal) },
        { "SpawnError", FIELD_STRING, "s", offsetof(BoardProcess, spawn_error) },
        { NULL },
};

static const Field pool_fields[] = {
        { "Queued", FIELD_NUMBER, "u", offsetof(BoardPool, queued) },
        { "InHand", FIELD_NUMBER, "u", offsetof(BoardPool, in_hand) },
        { "DeadLetters", FIELD_NUMBER, "u", offsetof(BoardPool, dead_letters) },
        { "LagEvents", FIELD_NUMBER, "t", offsetof(BoardPool, lag_events) },
        { "LagUSec", FIELD_NUMBER, "t", offsetof(BoardPool, lag_usec) },
        { "Delivered", FIELD_NUMBER, "t", offsetof(BoardPool, delivered) },
        { "Retried", FIELD_NUMBER, "t", offsetof(BoardPool, retried) },
        { "GivenUp", FIELD_NUMBER, "t", offsetof(BoardPool, given_up) },
        { "Discarded", FIELD_NUMBER, "t", offsetof(BoardPool, discarded) },
        { NULL },
};

static ProcessState state_of(const char *name)
{
        ProcessState state = process_state_from_string(name);

        return state == _PROCESS_STATE_INVALID ? PROCESS_UNKNOWN : state;
}

static int read_field(sd_bus_message *message, const Field *field, void *record)
{
        void *place = (char *)record + field->offset;
        const char *text;
        int r;

        if (field->kind == FIELD_NUMBER)
                return sd_bus_message_read(message, "v", field->type, place);
        r = sd_bus_message_read(message, "v", field->type, &text);
        if (r < 0)
                return r;
        if (field->kind == FIELD_STATE) {
                *(ProcessState *)place = state_of(text);
                return r;
        }
        g_free(*(char **)place);
        *(char **)place = g_strdup(text);
        return r;
}

static int read_property(sd_bus_message *message, const Field *fields, void *record)
{
        const char *name;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        for (; fields->name; fields++)
                if (strcmp(name, fields->name) == 0)
                        return read_field(message, fields, record);
        return sd_bus_message_skip(message, "v");
}

static int read_properties(sd_bus_message *message, const Field *fields, void *record)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = read_property(message, fields, record);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        return r;
}

int board_message_read_daemon(sd_bus_message *message, BoardDaemon *daemon)
{
        return read_properties(message, daemon_fields, daemon);
}

int board_message_read_process(sd_bus_message *message, BoardProcess *process)
{
        return read_properties(message, process_fields, process);
}

int board_message_read_pool(sd_bus_message *message, BoardPool *pool)
{
        return read_properties(message, pool_fields, pool);
}

/* 1 with an entry, 0 at the end of the array. */
static int read_entry(sd_bus_message *reply, GPtrArray *processes)
{
        const char *group, *name, *path, *state, *spawn_error;
        uint64_t start_usec, stop_usec;
        BoardProcess *process;
        int32_t exit_status;
        uint32_t pid;
        int r = sd_bus_message_read(reply, "(ssosuttsi)", &group, &name, &path, &state, &pid,
                        &start_usec, &stop_usec, &spawn_error, &exit_status);

        if (r <= 0)
                return r;
        process = board_process_new(path, group, name);
        process->state = state_of(state);
        process->pid = pid;
        process->start_usec = start_usec;
        process->stop_usec = stop_usec;
        g_free(process->spawn_error);
        process->spawn_error = g_strdup(spawn_error);
        process->exit_status = exit_status;
        g_ptr_array_add(processes, process);
        return r;
}

int board_message_read_list(sd_bus_message *reply, GPtrArray *processes)
{
        int r = sd_bus_message_enter_container(reply, 'a', "(ssosuttsi)");

        while (r > 0)
                r = read_entry(reply, processes);
        return r;
}

int board_message_read_pools(sd_bus_message *reply, GPtrArray *pools)
{
        int r = sd_bus_message_enter_container(reply, 'a', "(souuttu)");
        const char *name, *path;

        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(reply, "(souuttu)", &name, &path, NULL, NULL, NULL, NULL,
                                NULL)) > 0)
                g_ptr_array_add(pools, board_pool_new(path, name));
        return r;
}
