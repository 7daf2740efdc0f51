/* A log is read in pieces, as a message has its bound; so has what one call is answered with. */

#include "tools/rpc-host/methods-log.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/rpc-host/process-name.h"
#include "tools/rpc-host/results.h"

/* What the daemon puts into one answer at most. */
#define PIECE_MAX_BYTES  (BUS_MESSAGE_MAX_BYTES / 2)
#define ANSWER_MAX_BYTES (8 * 1024 * 1024)
#define PROPERTIES       "org.freedesktop.DBus.Properties"

/* A log that is being read. */
typedef struct Reading {
        char *path;          /* of the object: of a process or the manager */
        const char *channel; /* "stdout", "stderr"; NULL = the main log */
        int64_t offset, length;
        uint64_t left; /* bytes still to be read, UINT64_MAX = up to the end */
        GByteArray *data;
} Reading;

static void reading_free(void *state)
{
        Reading *reading = state;

        g_free(reading->path);
        g_byte_array_unref(reading->data);
        g_free(reading);
}

/* first: which parameter the offset is. path is taken over. */
static Reading *reading_new(MethodCall *call, char *path, const char *channel, size_t first)
{
        Reading *reading = g_new0(Reading, 1);

        reading->path = path;
        reading->channel = channel;
        reading->offset = method_call_int(call, first);
        reading->length = method_call_int(call, first + 1);
        reading->data = g_byte_array_new();
        method_call_set_state(call, reading, reading_free);
        return reading;
}

/* Asks for a piece of it, or the end of it. */
static void ask(MethodCall *call, const char *member, MethodReplied replied)
{
        const Reading *reading = method_call_state(call);
        MethodQuestion question = { reading->path,
                reading->channel ? BUS_INTERFACE_PROCESS : BUS_INTERFACE_MANAGER, member, false,
                replied };

        if (reading->channel)
                method_call_ask(call, &question, "sxx", reading->channel, reading->offset,
                                reading->length);
        else
                method_call_ask(call, &question, "xx", reading->offset, reading->length);
}

/* False when the name means no process: it has been refused then. *ret: g_free. */
static bool find_process(MethodCall *call, char **ret_path)
{
        g_auto(ProcessName) name = {};

        process_name_parse(method_call_string(call, 0), &name);
        if (name.process) {
                *ret_path = process_name_path(&name);
                return true;
        }
        method_call_fault(call, FAULT_BAD_NAME, method_call_string(call, 0));
        return false;
}

/* Why there is nothing to be read. */

static const char *path_or_null(const char *path)
{
        return *path ? path : NULL;
}

static void on_path(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        const char *path = "";

        if (!error)
                (void)sd_bus_message_read(reply, "v", "s", &path);
        method_call_fault(call, FAULT_NO_FILE, path_or_null(path));
}

/* The detail of the fault is the path that was configured, which only the daemon knows. */
static void fail_without_file(MethodCall *call)
{
        const Reading *reading = method_call_state(call);
        MethodQuestion question = { reading->path, PROPERTIES, "Get", false, on_path };

        if (!reading->channel)
                method_call_fault(call, FAULT_NO_FILE,
                                path_or_null(methods_log_file(method_call_methods(call))));
        else
                method_call_ask(call, &question, "ss", BUS_INTERFACE_PROCESS,
                                strcmp(reading->channel, "stdout") == 0 ? "StdoutLogFile"
                                                                        : "StderrLogFile");
}

static void fail(MethodCall *call, const sd_bus_error *error)
{
        if (fault_code_from_bus_error(error->name) == FAULT_NO_FILE)
                fail_without_file(call);
        else
                method_call_fail(call, results_fault(error, method_call_string(call, 0), NULL));
}

/* Reading. */

/* What is still wanted, as offset and length. False when that is nothing. */
static bool go_on_behind(Reading *reading, uint64_t position, size_t size)
{
        size_t room = ANSWER_MAX_BYTES - reading->data->len;

        if (reading->left != UINT64_MAX)
                reading->left -= MIN(reading->left, size);
        reading->offset = (int64_t)(position + size);
        reading->length = (int64_t)MIN(reading->left, room);
        return size >= PIECE_MAX_BYTES && reading->length > 0;
}

static void on_piece(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Reading *reading = method_call_state(call);
        const void *data;
        size_t size, taken;
        uint64_t position;
        int r;

        if (error) {
                fail(call, error);
                return;
        }
        r = sd_bus_message_read_array(reply, 'y', &data, &size);
        if (r >= 0)
                r = sd_bus_message_read(reply, "t", &position);
        if (r < 0) {
                method_call_fail_errno(call, r);
                return;
        }
        taken = MIN(size, ANSWER_MAX_BYTES - reading->data->len);
        if (!method_call_keep(call, taken)) {
                method_call_fault(call, FAULT_FAILED, METHODS_TOO_MUCH);
                return;
        }
        g_byte_array_append(reading->data, data, taken);
        if (go_on_behind(reading, position, size))
                ask(call, "ReadLog", on_piece);
        else
                method_call_answer(call, value_new_bytes(reading->data->data, reading->data->len));
}

static void begin_reading(MethodCall *call, Reading *reading)
{
        /* Where it is wrong the daemon says so, having looked for the log first. */
        reading->offset = MAX(reading->offset, -ANSWER_MAX_BYTES);
        if (reading->offset < 0)
                reading->left = (uint64_t)-reading->offset;
        else
                reading->left = reading->length > 0 ? (uint64_t)reading->length : UINT64_MAX;
        ask(call, "ReadLog", on_piece);
}

void method_read_log(MethodCall *call)
{
        begin_reading(call, reading_new(call, g_strdup(BUS_PATH), NULL, 0));
}

static void read_process_log(MethodCall *call, const char *channel)
{
        char *path;

        if (find_process(call, &path))
                begin_reading(call, reading_new(call, path, channel, 1));
}

void method_read_process_stdout_log(MethodCall *call)
{
        read_process_log(call, "stdout");
}

void method_read_process_stderr_log(MethodCall *call)
{
        read_process_log(call, "stderr");
}

/* The end of a log. */

static void answer_tail(MethodCall *call, Value *data, uint64_t size, bool overflow)
{
        Value *tail = value_new_array();

        value_append(tail, data);
        value_append(tail, value_new_int((int64_t)MIN(size, (uint64_t)INT32_MAX)));
        value_append(tail, value_new_boolean(overflow));
        method_call_answer(call, tail);
}

static void on_tail(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        const void *data;
        size_t n;
        uint64_t size;
        int overflow;
        int r;

        if (error && fault_code_from_bus_error(error->name) == FAULT_NO_FILE) {
                answer_tail(call, value_new_string(""), 0, false);
                return;
        }
        if (error) {
                fail(call, error);
                return;
        }
        r = sd_bus_message_read_array(reply, 'y', &data, &n);
        if (r >= 0)
                r = sd_bus_message_read(reply, "tb", &size, &overflow);
        if (r < 0)
                method_call_fail_errno(call, r);
        else
                answer_tail(call, value_new_bytes(data, n), size, overflow);
}

static void tail_process_log(MethodCall *call, const char *channel)
{
        char *path;

        if (!find_process(call, &path))
                return;
        (void)reading_new(call, path, channel, 1);
        ask(call, "TailLog", on_tail);
}

void method_tail_process_stdout_log(MethodCall *call)
{
        tail_process_log(call, "stdout");
}

void method_tail_process_stderr_log(MethodCall *call)
{
        tail_process_log(call, "stderr");
}

/* Clearing. */

static void on_cleared(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (!error)
                method_call_answer(call, value_new_boolean(true));
        else if (fault_code_from_bus_error(error->name) == FAULT_NO_FILE)
                method_call_fault(call, FAULT_NO_FILE, NULL);
        else
                method_call_fail(call, results_fault(error, method_call_string(call, 0), NULL));
}

void method_clear_log(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "ClearLog", false,
                on_cleared };

        method_call_ask(call, &question, "");
}

void method_clear_process_logs(MethodCall *call)
{
        g_autofree char *path = NULL;
        MethodQuestion question = { NULL, BUS_INTERFACE_PROCESS, "ClearLogs", false, on_cleared };

        if (!find_process(call, &path))
                return;
        question.path = path;
        method_call_ask(call, &question, "");
}

static void on_all_cleared(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Value *results = NULL;
        int r;

        if (error) {
                method_call_fail(call, results_fault(error, NULL, NULL));
                return;
        }
        r = results_read(reply, &results);
        if (r < 0)
                method_call_fail_errno(call, r);
        else
                method_call_answer(call, results);
}

void method_clear_all_process_logs(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "ClearLogs",
                false, on_all_cleared };

        method_call_ask(call, &question, "as", 1, "all");
}
