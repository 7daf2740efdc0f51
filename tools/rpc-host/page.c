/* The hashes are counted here and not when the program is built, so that they fit whatever made the
 * page. */

#include "tools/rpc-host/page.h"

#include <string.h>

#include <glib.h>

const char *const page_headers[] = {
        "Cache-Control",
        "no-store",
        "Cross-Origin-Resource-Policy",
        "same-origin",
        "Referrer-Policy",
        "same-origin",
        "X-Content-Type-Options",
        "nosniff",
        "X-Frame-Options",
        "DENY",
        NULL,
};

/* Of the text between the tags, which the page has once; as a source of the policy. */
static char *hash_between(const char *start_tag, const char *end_tag)
{
        const char *page = (const char *)status_html;
        const char *start = g_strstr_len(page, status_html_size, start_tag);
        const char *end;
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        g_autofree char *text = NULL;
        guint8 digest[32];
        gsize size = sizeof(digest);

        g_assert(start);
        start += strlen(start_tag);
        end = g_strstr_len(start, page + status_html_size - start, end_tag);
        g_assert(end);
        g_checksum_update(checksum, (const guchar *)start, end - start);
        g_checksum_get_digest(checksum, digest, &size);
        text = g_base64_encode(digest, size);
        return g_strdup_printf("'sha256-%s'", text);
}

char *page_policy(void)
{
        g_autofree char *style = hash_between("<style>", "</style>");
        g_autofree char *script = hash_between("<script>", "</script>");

        return g_strdup_printf("default-src 'none'; style-src %s; script-src %s; "
                               "connect-src 'self'; img-src data:; base-uri 'none'; "
                               "form-action 'none'; frame-ancestors 'none'",
                        style, script);
}

char *page_log_location(const char *process_name)
{
        g_autofree char *escaped = NULL;

        if (!process_name || !*process_name || strlen(process_name) > PAGE_NAME_MAX)
                return g_strdup("/");
        escaped = g_uri_escape_bytes((const guint8 *)process_name, strlen(process_name), NULL);
        return g_strconcat("/#log=", escaped, NULL);
}
