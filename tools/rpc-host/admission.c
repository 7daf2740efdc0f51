/* From who asks to what is asked: to whom nothing is due it is not even told what there is. A
 * password comes after the question of whose page speaks, or a browser would ask people for it. */

#include "tools/rpc-host/admission.h"

#include <string.h>

#include "tools/rpc-host/auth.h"
#include "tools/rpc-host/cross-site.h"

static bool refuse(Request *request, unsigned status, const char *sentence)
{
        request_refuse(request, status, sentence);
        return false;
}

static bool check_place(Request *request, const Admission *admission)
{
        if (!admission->server)
                return refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, admission->trouble);
        if (admission->is_stranger)
                return refuse(request, MHD_HTTP_FORBIDDEN,
                                "This socket is for the users of this supervisor's programs.");
        return true;
}

static bool check_site(Request *request, const Admission *admission)
{
        const CrossSiteRequest facts = {
                .method = request_method(request),
                .host = request_header(request, "Host"),
                .origin = request_header(request, "Origin"),
                .referer = request_header(request, "Referer"),
                .content_type = request_header(request, "Content-Type"),
                .user_agent = request_header(request, "User-Agent"),
                .accept_language = request_header(request, "Accept-Language"),
                .fetch_site = request_header(request, "Sec-Fetch-Site"),
                .fetch_mode = request_header(request, "Sec-Fetch-Mode"),
                .is_open = admission->is_tcp && !server_wants_password(admission->server),
                .machine = admission->machine,
        };
        const char *refusal = cross_site_refusal(&facts);

        return !refusal || refuse(request, MHD_HTTP_FORBIDDEN, refusal);
}

static bool check_password(Request *request, const Server *server)
{
        if (!server_wants_password(server) || auth_admits(request_header(request, "Authorization"),
                                                              server->username, server->password))
                return true;
        request_refuse(request, MHD_HTTP_UNAUTHORIZED, "A user name and a password are wanted.");
        request_add_header(request, "WWW-Authenticate", "Basic realm=\"default\"");
        return false;
}

bool admission_get_length(const Request *request, uint64_t *ret)
{
        const char *length = request_header(request, "Content-Length");

        return length && g_ascii_string_to_unsigned(length, 10, 0, UINT64_MAX, ret, NULL);
}

static bool is_chunked(const Request *request)
{
        return request_header(request, "Transfer-Encoding") != NULL;
}

/* Two lengths, or one beside chunks: somebody on the way might see another request in it. */
static bool check_framing(Request *request)
{
        unsigned lengths = request_count_headers(request, "Content-Length");

        if (lengths + request_count_headers(request, "Transfer-Encoding") > 1 ||
                        request_count_headers(request, "Host") > 1)
                return refuse(request, MHD_HTTP_BAD_REQUEST, "A header is there too often.");
        return true;
}

static bool check_method(Request *request, const Route *route)
{
        bool is_post = strcmp(route->method, "POST") == 0;

        if (route_takes(route, request_method(request)))
                return true;
        request_refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED,
                        is_post ? "Calls come here, by POST; the page for browsers is at /."
                                : "This can only be read, by GET.");
        request_add_header(request, "Allow", is_post ? "POST" : "GET, HEAD");
        return false;
}

static bool check_body(Request *request, const Route *route)
{
        uint64_t length;

        if (strcmp(route->method, "POST") != 0 || is_chunked(request))
                return true;
        if (!admission_get_length(request, &length))
                return refuse(request, MHD_HTTP_LENGTH_REQUIRED,
                                "The length of the body is wanted.");
        if (length == 0)
                return refuse(request, MHD_HTTP_BAD_REQUEST, "There is no body.");
        if (length > REQUEST_MAX_BODY)
                return refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "The body is too large.");
        return true;
}

const Route *admission_check(Request *request, const Admission *admission)
{
        const Route *route;

        if (!check_place(request, admission) || !check_framing(request) ||
                        !check_site(request, admission) ||
                        !check_password(request, admission->server))
                return NULL;
        route = route_find(request_path(request));
        if (!route) {
                request_refuse(request, MHD_HTTP_NOT_FOUND, "There is nothing here.");
                return NULL;
        }
        return check_method(request, route) && check_body(request, route) ? route : NULL;
}
