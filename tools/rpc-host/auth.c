/* What is compared are digests, byte by byte to their end: neither the length nor the beginning of
 * a secret shows in the time. */

#include "tools/rpc-host/auth.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#define SCHEME       "Basic "
#define SHA_PREFIX   "{SHA}"
#define DIGEST_BYTES 32

static void digest(const char *text, uint8_t ret[DIGEST_BYTES])
{
        GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
        size_t size = DIGEST_BYTES;

        g_checksum_update(sum, (const unsigned char *)text, -1);
        g_checksum_get_digest(sum, ret, &size);
        g_checksum_free(sum);
}

static bool is_same(const char *a, const char *b)
{
        uint8_t digest_a[DIGEST_BYTES], digest_b[DIGEST_BYTES];
        volatile uint8_t difference = 0;

        digest(a, digest_a);
        digest(b, digest_b);
        for (size_t i = 0; i < DIGEST_BYTES; i++)
                difference |= digest_a[i] ^ digest_b[i];
        return difference == 0;
}

static bool is_password(const char *sent, const char *password)
{
        g_autofree char *sum = NULL;

        if (!g_str_has_prefix(password, SHA_PREFIX))
                return is_same(sent, password);
        sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, sent, -1);
        return is_same(sum, password + strlen(SHA_PREFIX));
}

/* "user:password" for g_free; NULL when there is none. A zero byte would end it for us before its
 * end. */
static char *decode(const char *header)
{
        size_t size;
        char *pair;

        if (!header || g_ascii_strncasecmp(header, SCHEME, strlen(SCHEME)) != 0 ||
                        !header[strlen(SCHEME)])
                return NULL;
        pair = (char *)g_base64_decode(header + strlen(SCHEME), &size);
        if (memchr(pair, '\0', size))
                g_clear_pointer(&pair, g_free);
        return pair;
}

bool auth_admits(const char *header, const char *username, const char *password)
{
        g_autofree char *pair = decode(header);
        char *colon = pair ? strchr(pair, ':') : NULL;
        bool is_user, is_right;

        if (!colon)
                return false;
        *colon = '\0';
        is_user = is_same(pair, username);
        is_right = is_password(colon + 1, password);
        return is_user && is_right;
}
