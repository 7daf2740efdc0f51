/* Cross-site: does a page of somebody else's speak through the browser of somebody who may?
 *
 * A browser adds a password that it knows, and reaches what only its machine reaches, whosever page
 * asks for it. What it says of itself gives that away: Origin, Referer, Sec-Fetch-Site, which no
 * page can forge, and a Content-Type that a form could have sent. Programs that are no browsers
 * (xmlrpclib, supervisorctl, curl) send none of the former, and are asked for nothing. */
#pragma once

#include <stdbool.h>

typedef struct CrossSiteRequest {
        const char *method;
        /* Its headers; NULL = it has no such one. */
        const char *host;
        const char *origin;
        const char *referer;
        const char *content_type;
        const char *user_agent;
        const char *accept_language;
        const char *fetch_site; /* Sec-Fetch-… */
        const char *fetch_mode;
        /* It came over TCP, where no password is wanted. Then a name that somebody else may point
         * at this machine, once his page is loaded (DNS rebinding), is none of ours. */
        bool is_open;
        const char *machine; /* name of the machine; NULL = unknown */
} CrossSiteRequest;

/* NULL when it may pass. Else why not: a sentence for people, to be sent with 403. */
const char *cross_site_refusal(const CrossSiteRequest *request);
