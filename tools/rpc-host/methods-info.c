/* Of one process its properties are read; of all there are two lists, which are asked for together
 * and brought together by name: between the two something may have come or gone. */

#include "tools/rpc-host/methods-info.h"

#include <string.h>
#include <time.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "bus/names.h"
#include "tools/rpc-host/process-info.h"
#include "tools/rpc-host/process-name.h"
#include "tools/rpc-host/results.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"

/* One. */

static const char **text_of(ProcessInfo *info, const char **state, const char *name)
{
        const struct {
                const char *name;
                const char **text;
        } texts[] = {
                { "Name", &info->process },
                { "Group", &info->group },
                { "State", state },
                { "SpawnError", &info->spawn_error },
                { "StdoutLogFile", &info->stdout_log },
                { "StderrLogFile", &info->stderr_log },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
                if (strcmp(texts[i].name, name) == 0)
                        return texts[i].text;
        return NULL;
}

static int read_property(sd_bus_message *reply, ProcessInfo *info, const char **state)
{
        const char *name, *contents;
        const char **text;
        uint32_t pid;
        int r = sd_bus_message_read(reply, "s", &name);

        if (r >= 0)
                r = sd_bus_message_peek_type(reply, NULL, &contents);
        if (r < 0)
                return r;
        text = text_of(info, state, name);
        if (text && strcmp(contents, "s") == 0)
                return sd_bus_message_read(reply, "v", "s", text);
        if (strcmp(name, "Pid") == 0 && strcmp(contents, "u") == 0) {
                r = sd_bus_message_read(reply, "v", "u", &pid);
                info->pid = r >= 0 ? (pid_t)pid : 0;
                return r;
        }
        if (strcmp(name, "StartTimestamp") == 0 && strcmp(contents, "t") == 0)
                return sd_bus_message_read(reply, "v", "t", &info->start_usec);
        if (strcmp(name, "StopTimestamp") == 0 && strcmp(contents, "t") == 0)
                return sd_bus_message_read(reply, "v", "t", &info->stop_usec);
        if (strcmp(name, "ExitStatus") == 0 && strcmp(contents, "i") == 0)
                return sd_bus_message_read(reply, "v", "i", &info->exit_status);
        return sd_bus_message_skip(reply, "v");
}

static int read_properties(sd_bus_message *reply, ProcessInfo *info)
{
        const char *state = "";
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = read_property(reply, info, &state);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        info->state = process_state_from_string(state);
        if (info->state == _PROCESS_STATE_INVALID)
                info->state = PROCESS_UNKNOWN;
        return r;
}

static void on_properties(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        ProcessInfo info = {
                .group = "",
                .process = "",
                .spawn_error = "",
                .stdout_log = "",
                .stderr_log = "",
        };
        int r;

        if (error) {
                method_call_fail(call, results_fault(error, method_call_string(call, 0), NULL));
                return;
        }
        r = read_properties(reply, &info);
        if (r < 0)
                method_call_fail_errno(call, r);
        else
                method_call_answer(
                                call, process_info_to_value(&info, clock_now_usec(CLOCK_REALTIME)));
}

void method_get_process_info(MethodCall *call)
{
        g_auto(ProcessName) name = {};
        g_autofree char *path = NULL;
        MethodQuestion question = { NULL, PROPERTIES, "GetAll", false, on_properties };

        process_name_parse(method_call_string(call, 0), &name);
        if (!name.process) {
                method_call_fault(call, FAULT_BAD_NAME, method_call_string(call, 0));
                return;
        }
        path = process_name_path(&name);
        question.path = path;
        method_call_ask(call, &question, "s", BUS_INTERFACE_PROCESS);
}

/* All. */

typedef struct Lists {
        sd_bus_message *processes, *logs; /* replies */
} Lists;

static void lists_free(void *state)
{
        Lists *lists = state;

        sd_bus_message_unref(lists->processes);
        sd_bus_message_unref(lists->logs);
        g_free(lists);
}

static int compare(const ProcessInfo *a, const char *group, const char *process)
{
        int by_group = strcmp(a->group, group);

        return by_group ? by_group : strcmp(a->process, process);
}

/* 1 with what is told of the next process, 0 at the end. */
static int read_process(sd_bus_message *reply, ProcessInfo *ret)
{
        const char *path, *state;
        uint32_t pid;
        int r = sd_bus_message_read(reply, "(ssosuttsi)", &ret->group, &ret->process, &path, &state,
                        &pid, &ret->start_usec, &ret->stop_usec, &ret->spawn_error,
                        &ret->exit_status);

        if (r <= 0)
                return r;
        ret->pid = (pid_t)pid;
        ret->state = process_state_from_string(state);
        if (ret->state == _PROCESS_STATE_INVALID)
                ret->state = PROCESS_UNKNOWN;
        return 1;
}

/* A place in the list of logs, which has the order of the other one. */
typedef struct LogPlace {
        sd_bus_message *list;
        const char *group, *process, *stdout_log, *stderr_log; /* group NULL = at the end */
} LogPlace;

static int next_log(LogPlace *place)
{
        int r = sd_bus_message_read(place->list, "(ssss)", &place->group, &place->process,
                        &place->stdout_log, &place->stderr_log);

        if (r == 0)
                place->group = NULL;
        return r;
}

static int find_logs(LogPlace *place, ProcessInfo *info)
{
        int r = 0, order = -1;

        while (place->group && (order = compare(info, place->group, place->process)) > 0) {
                r = next_log(place);
                if (r < 0)
                        return r;
        }
        info->stdout_log = order == 0 && place->group ? place->stdout_log : "";
        info->stderr_log = order == 0 && place->group ? place->stderr_log : "";
        return 0;
}

static int lists_to_value(const Lists *lists, Value **ret)
{
        g_autoptr(Value) all = value_new_array();
        uint64_t now = clock_now_usec(CLOCK_REALTIME);
        LogPlace place = { .list = lists->logs };
        ProcessInfo info;
        int r = sd_bus_message_enter_container(lists->processes, 'a', "(ssosuttsi)");

        if (r >= 0)
                r = sd_bus_message_enter_container(lists->logs, 'a', "(ssss)");
        if (r >= 0)
                r = next_log(&place);
        while (r >= 0 && (r = read_process(lists->processes, &info)) > 0) {
                r = find_logs(&place, &info);
                if (r >= 0)
                        value_append(all, process_info_to_value(&info, now));
        }
        if (r >= 0)
                *ret = g_steal_pointer(&all);
        return r;
}

/* There are both. */
static void answer_all(MethodCall *call)
{
        Value *all = NULL;
        int r = lists_to_value(method_call_state(call), &all);

        if (r < 0)
                method_call_fail_errno(call, r);
        else
                method_call_answer(call, all);
}

static void on_processes(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Lists *lists = method_call_state(call);

        if (error) {
                method_call_fail(call, results_fault(error, NULL, NULL));
                return;
        }
        lists->processes = sd_bus_message_ref(reply);
        if (lists->logs)
                answer_all(call);
}

static void on_logs(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        Lists *lists = method_call_state(call);

        if (error) {
                method_call_fail(call, results_fault(error, NULL, NULL));
                return;
        }
        lists->logs = sd_bus_message_ref(reply);
        if (lists->processes)
                answer_all(call);
}

void method_get_all_process_info(MethodCall *call)
{
        static const MethodQuestion processes = { BUS_PATH, BUS_INTERFACE_MANAGER, "ListProcesses",
                false, on_processes };
        static const MethodQuestion logs = { BUS_PATH, BUS_INTERFACE_MANAGER, "ListLogs", false,
                on_logs };

        method_call_set_state(call, g_new0(Lists, 1), lists_free);
        method_call_ask(call, &processes, "");
        method_call_ask(call, &logs, "");
}
