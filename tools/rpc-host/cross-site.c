/* Every sign alone suffices, as browsers differ in which of them they send: Sec-Fetch-Site only to
 * what they trust (TLS, localhost), old ones no Origin with a form. A sign that is there but makes
 * no sense is taken for a bad one. Reading by a link or a bookmark stays possible, as the answers
 * are closed to other pages by the browser anyway.
 *
 * Accept-Language and the "Mozilla" of User-Agent tell a browser from other clients, for the rules
 * on names and on forms: all browsers send the former with each request, and no page can keep one
 * from doing so. Without it supervisorctl could not reach an open server by any name but the
 * machine's. */

#include "tools/rpc-host/cross-site.h"

#include <string.h>

#include <arpa/inet.h>

#include <glib.h>

#define LABEL_MAX 255

/* A part of a header. */
typedef struct Span {
        const char *text;
        size_t length;
} Span;

typedef struct Authority {
        Span name; /* an IPv6 address has its brackets */
        Span port; /* empty = that of the scheme */
} Authority;

static bool span_is(Span span, const char *text)
{
        return span.length == strlen(text) &&
               g_ascii_strncasecmp(span.text, text, span.length) == 0;
}

static bool span_equal(Span a, Span b)
{
        return a.length == b.length && g_ascii_strncasecmp(a.text, b.text, a.length) == 0;
}

static bool is_digits(Span span)
{
        for (size_t i = 0; i < span.length; i++)
                if (!g_ascii_isdigit(span.text[i]))
                        return false;
        return true;
}

/* "NAME", "NAME:PORT", "[ADDRESS]:PORT". */
static bool parse_authority(Span span, Authority *ret)
{
        const char *end = span.text + span.length, *name_end;

        if (span.length > 0 && *span.text == '[') {
                name_end = memchr(span.text, ']', span.length);
                if (!name_end)
                        return false;
                name_end++;
        } else {
                name_end = memchr(span.text, ':', span.length);
                if (!name_end)
                        name_end = end;
        }
        ret->name = (Span){ span.text, name_end - span.text };
        ret->port = (Span){ end, 0 };
        if (name_end < end) {
                ret->port = (Span){ name_end + 1, end - name_end - 1 };
                if (*name_end != ':' || !is_digits(ret->port))
                        return false;
        }
        return ret->name.length > 0 && !memchr(ret->name.text, '@', ret->name.length);
}

/* "SCHEME://AUTHORITY", and whatever follows it in a Referer. */
static bool parse_origin(const char *text, Authority *ret, const char **ret_default_port)
{
        Span span;

        if (g_ascii_strncasecmp(text, "http://", strlen("http://")) == 0) {
                *ret_default_port = "80";
                span.text = text + strlen("http://");
        } else if (g_ascii_strncasecmp(text, "https://", strlen("https://")) == 0) {
                *ret_default_port = "443";
                span.text = text + strlen("https://");
        } else {
                return false;
        }
        span.length = strcspn(span.text, "/?#");
        return parse_authority(span, ret);
}

static Span port_or(Span port, const char *default_port)
{
        return port.length > 0 ? port : (Span){ default_port, strlen(default_port) };
}

/* The scheme does not count: a proxy may have taken TLS off. */
static bool is_of_host(const char *origin, const char *host)
{
        const char *default_port;
        Authority theirs, ours;

        return host && parse_origin(origin, &theirs, &default_port) &&
               parse_authority((Span){ host, strlen(host) }, &ours) &&
               span_equal(theirs.name, ours.name) &&
               span_equal(port_or(theirs.port, default_port), port_or(ours.port, default_port));
}

static bool is_address(Span name)
{
        char text[INET6_ADDRSTRLEN + 1];
        struct in6_addr address;
        bool is_ipv6 = name.length > 2 && *name.text == '[';

        if (is_ipv6)
                name = (Span){ name.text + 1, name.length - 2 };
        if (name.length >= sizeof(text))
                return false;
        memcpy(text, name.text, name.length);
        text[name.length] = '\0';
        return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text, &address) == 1;
}

/* What no DNS server outside decides about: the machine's own name, its first part alone, and
 * that part in the zone of multicast DNS. */
static bool is_machine(Span name, const char *machine)
{
        char local[LABEL_MAX + sizeof(".local")];
        Span label = { machine, machine ? strcspn(machine, ".") : 0 };

        if (label.length == 0 || label.length > LABEL_MAX)
                return false;
        memcpy(local, machine, label.length);
        strcpy(local + label.length, ".local");
        return span_is(name, machine) || span_equal(name, label) || span_is(name, local);
}

static bool is_own_name(const char *host, const char *machine)
{
        Authority authority;

        return host && parse_authority((Span){ host, strlen(host) }, &authority) &&
               (span_is(authority.name, "localhost") || is_address(authority.name) ||
                               is_machine(authority.name, machine));
}

static bool is_of_browser(const CrossSiteRequest *request)
{
        return request->origin || request->referer || request->fetch_site || request->fetch_mode ||
               request->accept_language ||
               (request->user_agent && g_str_has_prefix(request->user_agent, "Mozilla/"));
}

static bool is_reading(const CrossSiteRequest *request)
{
        return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/* "none" is a person's own doing, without any page. */
static bool is_fetched_from_elsewhere(const CrossSiteRequest *request)
{
        return request->fetch_site && g_ascii_strcasecmp(request->fetch_site, "same-origin") != 0 &&
               g_ascii_strcasecmp(request->fetch_site, "none") != 0;
}

static bool is_navigation(const CrossSiteRequest *request)
{
        return request->fetch_mode && g_ascii_strcasecmp(request->fetch_mode, "navigate") == 0;
}

/* Of the three kinds that a form can send only "text/plain; charset=x" and the like can be XML: the
 * others escape it or begin with something else. Scripts that send them otherwise have an Origin.
 */
static bool is_of_form(const char *content_type)
{
        if (!content_type)
                return false;
        content_type += strspn(content_type, " \t");
        return span_is((Span){ content_type, strcspn(content_type, "; \t,") }, "text/plain");
}

const char *cross_site_refusal(const CrossSiteRequest *request)
{
        const char *from_elsewhere = "This request comes from a page of another site.";

        if (request->is_open && is_of_browser(request) &&
                        !is_own_name(request->host, request->machine))
                return "Without a password, browsers may use this server by its address, as "
                       "localhost, or by the name of its machine only.";
        if (request->origin && !is_of_host(request->origin, request->host))
                return from_elsewhere;
        if (is_reading(request))
                return is_fetched_from_elsewhere(request) && !is_navigation(request)
                                       ? from_elsewhere
                                       : NULL;
        if (is_fetched_from_elsewhere(request) ||
                        (!request->origin && request->referer &&
                                        !is_of_host(request->referer, request->host)))
                return from_elsewhere;
        return is_of_browser(request) && is_of_form(request->content_type)
                               ? "A form may have sent this; send it as Content-Type: text/xml."
                               : NULL;
}
