/* All that changes comes by the event stream, so the page is the same for everybody. */

#include "tools/rpc-host/page-route.h"

#include "tools/rpc-host/page.h"

void page_route_handle(Request *request, const RouteContext *context)
{
        GString *html = g_string_new_len((const char *)status_html, status_html_size);
        g_autofree char *policy = page_policy();

        request_answer(request, MHD_HTTP_OK, "text/html;charset=utf-8", html);
        request_add_header(request, "Content-Security-Policy", policy);
        for (const char *const *header = page_headers; *header; header += 2)
                request_add_header(request, header[0], header[1]);
}

void page_route_handle_ok(Request *request, const RouteContext *context)
{
        request_answer(request, MHD_HTTP_OK, "text/plain;charset=utf-8", g_string_new("OK"));
        request_add_header(request, "Cache-Control", "no-store");
}

void page_route_handle_tail(Request *request, const RouteContext *context)
{
        g_autofree char *location = page_log_location(request_argument(request, "processname"));

        request_answer(request, MHD_HTTP_SEE_OTHER, "text/plain;charset=utf-8", NULL);
        request_add_header(request, "Location", location);
}
