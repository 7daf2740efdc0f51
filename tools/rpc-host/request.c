/* libmicrohttpd asks for an answer in its own callback only: one that comes later resumes the
 * connection, and it asks again. So an answer is made here and waits to be fetched. */

#include "tools/rpc-host/request.h"

#include <string.h>

#include "bus/host-log.h"
#include "config.h"

#define SERVER_NAME "busvisor/" PACKAGE_VERSION

struct Request {
        HttpConnection *connection;    /* borrowed */
        struct MHD_Connection *handle; /* borrowed */
        RequestBudget *budget;         /* borrowed */
        char *method, *path;
        GString *body;
        size_t answer_size;
        struct MHD_Response *response;
        unsigned status;
        bool is_stream; /* the answer has no end */
        bool is_gone;
        void (*cancelled)(void *userdata);
        void *userdata;
};

Request *request_new(HttpConnection *connection, struct MHD_Connection *handle,
                RequestBudget *budget, const char *method, const char *path)
{
        Request *request = g_new0(Request, 1);

        request->connection = connection;
        request->handle = handle;
        request->budget = budget;
        request->method = g_strdup(method);
        request->path = g_strdup(path);
        request->body = g_string_new(NULL);
        return request;
}

static void drop_body(Request *request)
{
        request->budget->bodies -= request->body->len;
        g_string_free(request->body, true);
        request->body = g_string_new(NULL);
}

static void cancel(Request *request)
{
        void (*cancelled)(void *userdata) = request->cancelled;

        request->cancelled = NULL;
        if (cancelled)
                cancelled(request->userdata);
}

Request *request_free(Request *request)
{
        if (!request)
                return NULL;
        cancel(request);
        g_clear_pointer(&request->response, MHD_destroy_response);
        request->budget->answers -= request->answer_size;
        drop_body(request);
        g_string_free(request->body, true);
        g_free(request->method);
        g_free(request->path);
        g_free(request);
        return NULL;
}

/* Queries. */

const char *request_method(const Request *request)
{
        return request->method;
}

const char *request_path(const Request *request)
{
        return request->path;
}

const char *request_header(const Request *request, const char *name)
{
        return MHD_lookup_connection_value(request->handle, MHD_HEADER_KIND, name);
}

const char *request_argument(const Request *request, const char *name)
{
        return MHD_lookup_connection_value(request->handle, MHD_GET_ARGUMENT_KIND, name);
}

typedef struct Count {
        const char *name;
        unsigned n;
} Count;

static enum MHD_Result count(
                void *userdata, enum MHD_ValueKind kind, const char *name, const char *value)
{
        Count *counted = userdata;

        if (g_ascii_strcasecmp(name, counted->name) == 0)
                counted->n++;
        return MHD_YES;
}

unsigned request_count_headers(const Request *request, const char *name)
{
        Count counted = { name, 0 };

        (void)MHD_get_connection_values(request->handle, MHD_HEADER_KIND, count, &counted);
        return counted.n;
}

const char *request_body(const Request *request, size_t *ret_size)
{
        *ret_size = request->body->len;
        return request->body->str;
}

HttpConnection *request_connection(const Request *request)
{
        return request->connection;
}

/* The body. */

bool request_add_body(Request *request, const void *data, size_t size)
{
        const size_t whole = request->body->len + size;
        bool is_large = whole > REQUEST_MAX_BODY;

        if (!is_large && (whole <= REQUEST_SMALL_BODY ||
                                         request->budget->bodies + size <= REQUEST_MAX_BODIES)) {
                g_string_append_len(request->body, data, size);
                request->budget->bodies += size;
                return true;
        }
        drop_body(request);
        if (is_large)
                request_refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "The body is too large.");
        else
                request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                "Too much is being asked at once.");
        return false;
}

/* The answer. */

static void set_answer(Request *request, unsigned status, struct MHD_Response *response,
                const char *content_type)
{
        g_assert(!request->response);
        request->response = response;
        request->status = status;
        request->cancelled = NULL;
        request_add_header(request, MHD_HTTP_HEADER_SERVER, SERVER_NAME);
        request_add_header(request, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
        http_connection_resume(request->connection);
}

void request_answer(Request *request, unsigned status, const char *content_type, GString *body)
{
        size_t size = body ? body->len : 0;
        char *text = body ? g_string_free(body, false) : NULL;

        if (size > REQUEST_SMALL_ANSWER && request->budget->answers + size > REQUEST_MAX_ANSWERS) {
                g_free(text);
                request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                "Too much is being answered at once.");
                return;
        }
        request->answer_size = size;
        request->budget->answers += size;
        set_answer(request, status,
                        MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE),
                        content_type);
}

void request_refuse(Request *request, unsigned status, const char *sentence)
{
        g_autofree char *escaped = g_markup_escape_text(sentence, -1);
        char *page = g_strdup_printf("<!DOCTYPE html>\n<html lang=\"en\"><head><title>%u</title>"
                                     "</head>\n<body><h1>%u</h1><p>%s</p></body></html>\n",
                        status, status, escaped);

        set_answer(request, status,
                        MHD_create_response_from_buffer(strlen(page), page, MHD_RESPMEM_MUST_FREE),
                        "text/html; charset=utf-8");
}

Stream *request_answer_stream(Request *request, const char *content_type,
                const StreamHandler *handler, void *userdata)
{
        Stream *stream;

        if (request->budget->streams == REQUEST_MAX_STREAMS) {
                request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                "Too many are following something already.");
                return NULL;
        }
        request->is_stream = true;
        stream = stream_new(request->connection, &request->budget->streams, handler, userdata);
        set_answer(request, MHD_HTTP_OK, stream_new_response(stream), content_type);
        request_add_header(request, "Connection", "close");
        return stream;
}

void request_add_header(Request *request, const char *name, const char *value)
{
        (void)MHD_add_response_header(request->response, name, value);
}

void request_set_cancelled(Request *request, void (*cancelled)(void *userdata), void *userdata)
{
        request->cancelled = cancelled;
        request->userdata = userdata;
}

bool request_has_answer(const Request *request)
{
        return request->response != NULL;
}

static void on_gone(void *userdata)
{
        Request *request = userdata;

        request->is_gone = true;
        cancel(request);
        http_connection_close(request->connection);
}

void request_suspend(Request *request)
{
        http_connection_suspend(request->connection, false, on_gone, request);
}

/* What is answered with an error may have left a body unread: the connection ends with it, and
 * says so. */
enum MHD_Result request_send(Request *request)
{
        enum MHD_Result sent;

        if (request->is_gone || !request->response)
                return MHD_NO;
        http_connection_set_phase(request->connection,
                        request->is_stream ? HTTP_PHASE_STREAM : HTTP_PHASE_ANSWER);
        if (request->is_stream)
                (void)MHD_set_connection_option(request->handle, MHD_CONNECTION_OPTION_TIMEOUT, 0);
        log_debug("%s %s: %u", request->method, request->path, request->status);
        sent = MHD_queue_response(request->handle, request->status, request->response);
        g_clear_pointer(&request->response, MHD_destroy_response);
        return sent;
}
