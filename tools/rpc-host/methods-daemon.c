/* Whatever begins here is asked of a daemon that runs: one that is shutting down or starting anew
 * refuses before. */

#include "tools/rpc-host/methods-daemon.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "bus/state.h"

#define API_VERSION "3.0"
/* Clients compare it with what they need of Supervisor. */
#define SUPERVISOR_VERSION "4.2.5"

void method_get_api_version(MethodCall *call)
{
        method_call_answer(call, value_new_string(API_VERSION));
}

void method_get_supervisor_version(MethodCall *call)
{
        method_call_answer(call, value_new_string(SUPERVISOR_VERSION));
}

void method_get_identification(MethodCall *call)
{
        method_call_answer(call, value_new_string(methods_identifier(method_call_methods(call))));
}

void method_get_state(MethodCall *call)
{
        Value *state = value_new_struct();

        value_set(state, "statecode", value_new_int(supervisor_state_code(SUPERVISOR_RUNNING)));
        value_set(state, "statename",
                        value_new_string(supervisor_state_to_string(SUPERVISOR_RUNNING)));
        method_call_answer(call, state);
}

void method_get_pid(MethodCall *call)
{
        method_call_answer(call, value_new_int(methods_pid(method_call_methods(call))));
}

static void on_done(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        if (error)
                method_call_fail(call, fault_from_bus_error(error, NULL));
        else
                method_call_answer(call, value_new_boolean(true));
}

/* A broken configuration file is said where it was asked for, and everything goes on. */
static void on_ending(MethodCall *call, sd_bus_message *reply, const sd_bus_error *error)
{
        bool is_broken = error && fault_code_from_bus_error(error->name) == FAULT_CANT_REREAD;

        if (is_broken) {
                method_call_fault(call, FAULT_CANT_REREAD, error->message);
                return;
        }
        methods_look_again(method_call_methods(call));
        on_done(call, reply, error);
}

void method_shutdown(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "Shutdown", false,
                on_ending };

        method_call_ask(call, &question, "");
}

void method_restart(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_MANAGER, "Reload", false,
                on_ending };

        method_call_ask(call, &question, "");
}

void method_send_remote_comm_event(MethodCall *call)
{
        static const MethodQuestion question = { BUS_PATH, BUS_INTERFACE_EVENTS,
                "SendRemoteCommunication", false, on_done };
        g_autoptr(sd_bus_message) message = NULL;
        size_t length;
        const char *data = value_string(method_call_value(call, 1), &length);
        int r = method_call_new_message(call, &question, &message);

        if (r >= 0)
                r = sd_bus_message_append(message, "s", method_call_string(call, 0));
        if (r >= 0)
                r = sd_bus_message_append_array(message, 'y', data, length);
        method_call_send(call, &question, message, r);
}
