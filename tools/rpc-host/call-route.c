/* What is no call at all is HTTP's 400, as in Supervisor; everything else that is wrong with it is
 * a fault, with 200. */

#include "tools/rpc-host/call-route.h"

#include "bus/host-log.h"
#include "tools/rpc-host/complaints.h"
#include "tools/rpc-host/xmlrpc-reader.h"
#include "tools/rpc-host/xmlrpc-writer.h"

#define CONTENT_TYPE "text/xml"

typedef struct Waiting {
        Request *request; /* borrowed; NULL = nobody waits any more */
        MethodCall *call; /* NULL = has been answered */
} Waiting;

static void answer_fault(Request *request, Fault *fault)
{
        request_answer(request, MHD_HTTP_OK, CONTENT_TYPE, xmlrpc_write_fault(fault));
        fault_free(fault);
}

static void answer_result(Request *request, Value *result)
{
        request_answer(request, MHD_HTTP_OK, CONTENT_TYPE, xmlrpc_write_result(result));
        value_free(result);
}

static void on_answered(Value *result, Fault *fault, void *userdata)
{
        Waiting *waiting = userdata;

        if (fault)
                answer_fault(waiting->request, fault);
        else
                answer_result(waiting->request, result);
        g_free(waiting);
}

static void on_cancelled(void *userdata)
{
        Waiting *waiting = userdata;

        method_call_cancel(waiting->call);
        g_free(waiting);
}

static void begin(Request *request, Methods *methods, const char *method, GPtrArray *params)
{
        Waiting *waiting = g_new0(Waiting, 1);
        MethodCall *call;

        waiting->request = request;
        call = methods_call(methods, method, params, on_answered, waiting);
        if (!call)
                return;
        waiting->call = call;
        request_set_cancelled(request, on_cancelled, waiting);
}

static void refuse(Request *request, const GError *error)
{
        if (g_error_matches(error, XMLRPC_ERROR, XMLRPC_ERROR_NIL)) {
                answer_fault(request, fault_new(FAULT_INCORRECT_PARAMETERS, error->message));
                return;
        }
        complaints_log("a body that is no XML-RPC call: %s", error->message);
        request_refuse(request, MHD_HTTP_BAD_REQUEST, "The body is no XML-RPC call.");
}

void call_route_handle(Request *request, const RouteContext *context)
{
        g_autofree char *method = NULL;
        g_autoptr(GError) error = NULL;
        GPtrArray *params;
        size_t size;
        const char *body = request_body(request, &size);

        if (!xmlrpc_read_call(body, size, &method, &params, &error))
                refuse(request, error);
        else if (!uplink_is_up(context->uplink)) {
                g_ptr_array_unref(params);
                request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                uplink_trouble(context->uplink));
        } else
                begin(request, context->methods, method, params);
}
