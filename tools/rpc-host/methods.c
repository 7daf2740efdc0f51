/* A call is counted: by itself until it has answered, by each question to the daemon, and while its
 * method begins. So a method may answer in the middle of whatever it does, and a reply that comes
 * after that finds a call that is over. Calls that need the daemon begin when its state is known:
 * only then can be said whether it is shutting down, to which every one of them has the same
 * answer. */

#include "tools/rpc-host/methods.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "bus/state.h"
#include "tools/rpc-host/method-call.h"
#include "tools/rpc-host/method-table.h"
#include "tools/rpc-host/parameters.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define MAX_CALLS  4096
/* What calls keep: their parameters and the results so far. */
#define MAX_KEPT_BYTES   (64 * 1024 * 1024)
#define SMALL_KEPT_BYTES (16 * 1024)

struct Methods {
        CallQueue *queue; /* borrowed */
        sd_bus_slot *on_changed;
        char *bus_name, *identifier, *log_file;
        uint32_t pid;
        bool is_known;   /* what the daemon says of itself, its state among it */
        bool is_running; /* else it is shutting down or starting anew */
        bool is_ending;  /* we are */
        unsigned asked;  /* for its state: only the last answer counts */
        GQueue calls;    /* that have not answered */
        size_t kept;     /* bytes, by all of them */
};

struct MethodCall {
        Methods *methods;
        GList link; /* in calls */
        unsigned references;
        const MethodRow *row;
        GPtrArray *params; /* of Value */
        void *state;
        GDestroyNotify free_state;
        MethodAnswered answered; /* NULL: nobody waits */
        void *userdata;
        bool has_begun, is_over;
        size_t kept; /* bytes */
};

/* Life of a call. */

static void call_unref(MethodCall *call)
{
        if (--call->references > 0)
                return;
        if (call->free_state)
                call->free_state(call->state);
        g_ptr_array_unref(call->params);
        call->methods->kept -= call->kept;
        g_free(call);
}

/* From here on it is answered, or will not be. */
static void call_finish(MethodCall *call)
{
        call->is_over = true;
        g_queue_unlink(&call->methods->calls, &call->link);
        call_unref(call);
}

static void call_end(MethodCall *call, Value *result, Fault *fault)
{
        MethodAnswered answered = call->is_over ? NULL : call->answered;
        void *userdata = call->userdata;

        if (!call->is_over)
                call_finish(call);
        if (answered) {
                answered(result, fault, userdata);
                return;
        }
        value_free(result);
        fault_free(fault);
}

void method_call_answer(MethodCall *call, Value *result)
{
        call_end(call, result, NULL);
}

void method_call_fail(MethodCall *call, Fault *fault)
{
        call_end(call, NULL, fault);
}

void method_call_fault(MethodCall *call, FaultCode code, const char *detail)
{
        method_call_fail(call, fault_new(code, detail));
}

void method_call_fail_errno(MethodCall *call, int r)
{
        method_call_fault(call, FAULT_FAILED, g_strerror(-r));
}

void method_call_cancel(MethodCall *call)
{
        call->answered = NULL;
}

bool method_call_is_cancelled(const MethodCall *call)
{
        return !call->answered;
}

/* What it was given. */

const Value *method_call_value(const MethodCall *call, size_t i)
{
        return i < call->params->len ? call->params->pdata[i] : NULL;
}

const char *method_call_string(const MethodCall *call, size_t i)
{
        const Value *value = method_call_value(call, i);

        return value ? value_string(value, NULL) : "";
}

int64_t method_call_int(const MethodCall *call, size_t i)
{
        const Value *value = method_call_value(call, i);
        int64_t number = 0;

        return value && parameter_to_int(value, &number) ? number : 0;
}

bool method_call_truth(const MethodCall *call, size_t i, bool fallback)
{
        const Value *value = method_call_value(call, i);

        return value ? parameter_to_truth(value) : fallback;
}

Methods *method_call_methods(const MethodCall *call)
{
        return call->methods;
}

void method_call_set_state(MethodCall *call, void *state, GDestroyNotify free_state)
{
        g_assert(!call->state);
        call->state = state;
        call->free_state = free_state;
}

void *method_call_state(const MethodCall *call)
{
        return call->state;
}

bool method_call_keep(MethodCall *call, size_t bytes)
{
        Methods *methods = call->methods;

        if (call->kept + bytes > SMALL_KEPT_BYTES && methods->kept + bytes > MAX_KEPT_BYTES)
                return false;
        call->kept += bytes;
        methods->kept += bytes;
        return true;
}

/* Asking the daemon. */

typedef struct Question {
        MethodCall *call;
        MethodReplied replied;
} Question;

static void on_reply(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Question *question = userdata;

        if (!question->call->is_over)
                question->replied(question->call, reply, error);
        call_unref(question->call);
        g_free(question);
}

int method_call_new_message(MethodCall *call, const MethodQuestion *question, sd_bus_message **ret)
{
        sd_bus *bus = call_queue_bus(call->methods->queue);

        if (!bus)
                return -ENOTCONN;
        if (!question->path)
                return -ENAMETOOLONG;
        return sd_bus_message_new_method_call(bus, ret, call->methods->bus_name, question->path,
                        question->interface, question->member);
}

void method_call_send(
                MethodCall *call, const MethodQuestion *question, sd_bus_message *message, int r)
{
        Question *pending;

        if (!question->path) {
                method_call_fault(call, FAULT_BAD_NAME, method_call_string(call, 0));
                return;
        }
        if (r < 0) {
                method_call_fail_errno(call, r);
                return;
        }
        pending = g_new0(Question, 1);
        pending->call = call;
        pending->replied = question->replied;
        call->references++;
        r = call_queue_send(call->methods->queue, message,
                        question->may_take_long ? CALL_LONG : CALL_QUICK, on_reply, pending, NULL);
        if (r >= 0)
                return;
        method_call_fail_errno(call, r);
        call_unref(call);
        g_free(pending);
}

void method_call_ask(MethodCall *call, const MethodQuestion *question, const char *types, ...)
{
        g_autoptr(sd_bus_message) message = NULL;
        va_list values;
        int r = method_call_new_message(call, question, &message);

        va_start(values, types);
        if (r >= 0 && *types)
                r = sd_bus_message_appendv(message, types, values);
        va_end(values);
        method_call_send(call, question, message, r);
}

/* Calls. */

/* It belongs to itself, or is over. */
static void call_begin(MethodCall *call)
{
        Methods *methods = call->methods;
        bool needs_daemon = method_row_needs_daemon(call->row);
        Fault *fault;

        if (needs_daemon && call_queue_bus(methods->queue) && !methods->is_known)
                return;
        call->has_begun = true;
        if (needs_daemon && !call_queue_bus(methods->queue))
                method_call_fault(call, FAULT_FAILED, "there is no connection to the daemon");
        else if (needs_daemon && !methods->is_running)
                method_call_fault(call, FAULT_SHUTDOWN_STATE, NULL);
        else if ((fault = parameters_check(call->row, call->params)))
                method_call_fail(call, fault);
        else
                call->row->begin(call);
}

/* NULL: it is refused. */
static const MethodRow *find_row(
                const Methods *methods, const char *name, size_t n_params, Fault **ret_fault)
{
        const MethodRow *row = method_table_find(name);

        if (!row)
                *ret_fault = fault_new(FAULT_UNKNOWN_METHOD, NULL);
        else if (!method_row_takes(row, n_params))
                *ret_fault = fault_new(FAULT_INCORRECT_PARAMETERS, NULL);
        else if (methods->calls.length >= MAX_CALLS)
                *ret_fault = fault_new(FAULT_FAILED, "too many calls are under way");
        else
                return row;
        return NULL;
}

/* kept: bytes of the parameters that are the call's own. */
static MethodCall *start_call(Methods *methods, const char *name, GPtrArray *params, size_t kept,
                MethodAnswered answered, void *userdata)
{
        Fault *fault = NULL;
        const MethodRow *row = find_row(methods, name, params->len, &fault);
        MethodCall *call;
        bool is_over;

        if (!row) {
                g_ptr_array_unref(params);
                answered(NULL, fault, userdata);
                return NULL;
        }
        call = g_new0(MethodCall, 1);
        call->methods = methods;
        call->link.data = call;
        call->references = 2;
        call->row = row;
        call->params = params;
        call->answered = answered;
        call->userdata = userdata;
        g_queue_push_tail_link(&methods->calls, &call->link);
        if (method_call_keep(call, kept))
                call_begin(call);
        else
                method_call_fault(call, FAULT_FAILED, METHODS_TOO_MUCH);
        is_over = call->is_over;
        call_unref(call);
        return is_over ? NULL : call;
}

MethodCall *methods_call(Methods *methods, const char *name, GPtrArray *params,
                MethodAnswered answered, void *userdata)
{
        size_t bytes = 0;

        for (guint i = 0; i < params->len; i++)
                bytes += value_bytes(params->pdata[i]);
        return start_call(methods, name, params, bytes, answered, userdata);
}

MethodCall *methods_call_inner(Methods *methods, const char *name, const Value *params,
                MethodAnswered answered, void *userdata)
{
        GPtrArray *borrowed = g_ptr_array_new();

        for (size_t i = 0; params && i < value_length(params); i++)
                g_ptr_array_add(borrowed, (gpointer)value_at(params, i));
        return start_call(methods, name, borrowed, 0, answered, userdata);
}

/* The state of the daemon. */

static void begin_waiting(Methods *methods)
{
        g_autoptr(GPtrArray) waiting = g_ptr_array_new();

        for (GList *link = methods->calls.head; link; link = link->next) {
                MethodCall *call = link->data;

                if (call->has_begun)
                        continue;
                call->references++;
                g_ptr_array_add(waiting, call);
        }
        for (guint i = 0; i < waiting->len; i++) {
                MethodCall *call = waiting->pdata[i];

                if (!call->is_over)
                        call_begin(call);
                call_unref(call);
        }
}

static int read_property(Methods *methods, sd_bus_message *message)
{
        const char *name, *contents, *text;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        r = sd_bus_message_peek_type(message, NULL, &contents);
        if (r < 0)
                return r;
        if (strcmp(name, "Pid") == 0 && strcmp(contents, "u") == 0)
                return sd_bus_message_read(message, "v", "u", &methods->pid);
        if (strcmp(contents, "s") != 0)
                return sd_bus_message_skip(message, "v");
        r = sd_bus_message_read(message, "v", "s", &text);
        if (r < 0)
                return r;
        if (strcmp(name, "State") == 0) {
                methods->is_running =
                                strcmp(text, supervisor_state_to_string(SUPERVISOR_RUNNING)) == 0;
                methods->is_known = true;
        } else if (strcmp(name, "LogFile") == 0) {
                g_free(methods->log_file);
                methods->log_file = g_strdup(text);
        }
        return 0;
}

static int read_properties(Methods *methods, sd_bus_message *message)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = read_property(methods, message);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r;
}

/* reply NULL: where nothing can be learnt the calls begin all the same, and hear it from the
 * daemon. */
static void on_properties(sd_bus_message *reply, const sd_bus_error *unused, void *userdata)
{
        Methods *methods = userdata;

        if (methods->is_ending || --methods->asked > 0)
                return;
        if (!reply || read_properties(methods, reply) < 0 || !methods->is_known)
                methods->is_running = methods->is_known = true;
        begin_waiting(methods);
}

static int on_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        Methods *methods = userdata;

        if (sd_bus_message_skip(signal, "s") >= 0 && methods->asked == 0)
                (void)read_properties(methods, signal);
        return 0;
}

void methods_look_again(Methods *methods)
{
        sd_bus *bus = call_queue_bus(methods->queue);
        g_autoptr(sd_bus_message) message = NULL;
        int r;

        if (!bus)
                return;
        methods->is_known = false;
        r = sd_bus_message_new_method_call(
                        bus, &message, methods->bus_name, BUS_PATH, PROPERTIES, "GetAll");
        if (r >= 0)
                r = sd_bus_message_append(message, "s", BUS_INTERFACE_MANAGER);
        g_assert(r >= 0);
        methods->asked++;
        r = call_queue_send(methods->queue, message, CALL_QUICK, on_properties, methods, NULL);
        if (r < 0)
                on_properties(NULL, NULL, methods);
}

void methods_set_bus(Methods *methods, sd_bus *bus, const char *bus_name, const char *identifier)
{
        methods->on_changed = sd_bus_slot_unref(methods->on_changed);
        g_free(methods->bus_name);
        g_free(methods->identifier);
        methods->bus_name = g_strdup(bus_name);
        methods->identifier = g_strdup(identifier);
        methods->is_known = false;
        if (!bus) {
                begin_waiting(methods);
                return;
        }
        (void)sd_bus_match_signal_async(bus, &methods->on_changed, bus_name, BUS_PATH, PROPERTIES,
                        "PropertiesChanged", on_changed, NULL, methods);
        methods_look_again(methods);
}

const char *methods_identifier(const Methods *methods)
{
        return methods->identifier;
}

const char *methods_log_file(const Methods *methods)
{
        return methods->log_file ? methods->log_file : "";
}

uint32_t methods_pid(const Methods *methods)
{
        return methods->pid;
}

Methods *methods_new(CallQueue *calls)
{
        Methods *methods = g_new0(Methods, 1);

        methods->queue = calls;
        g_queue_init(&methods->calls);
        return methods;
}

Methods *methods_free(Methods *methods)
{
        if (!methods)
                return NULL;
        methods->is_ending = true;
        for (GList *link = methods->calls.head; link; link = link->next)
                method_call_cancel(link->data);
        methods->on_changed = sd_bus_slot_unref(methods->on_changed);
        call_queue_set_bus(methods->queue, NULL);
        while (methods->calls.head)
                call_finish(methods->calls.head->data);
        g_free(methods->bus_name);
        g_free(methods->identifier);
        g_free(methods->log_file);
        g_free(methods);
        return NULL;
}
