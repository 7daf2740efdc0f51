/* What a program prints, and says between the tags: the same in whatever portions the bytes come;
 * no byte is lost but those of the tags, and messages stay within their bound.
 *
 * The first byte says how large the portions are, the second how large messages may be. */

#include "tests/fuzz/driver.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/output/communication.h"

typedef struct Got {
        GString *plain, *captured, *messages;
        size_t n_messages, max_message;
} Got;

static void on_plain(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        g_string_append_len(got->plain, data, size);
}

static void on_captured(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        g_string_append_len(got->captured, data, size);
}

static void on_message(const char *data, size_t size, void *userdata)
{
        Got *got = userdata;

        g_assert_cmpuint(size, <=, got->max_message);
        g_string_append_len(got->messages, data, size);
        g_string_append_c(got->messages, '|');
        got->n_messages++;
}

static const CommunicationHandler handler = { on_plain, on_captured, on_message };

static Got play(const char *data, size_t size, size_t portion, size_t max_message)
{
        Got got = { g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), 0, max_message };
        g_autoptr(Communication) communication = communication_new(max_message, &handler, &got);

        for (size_t at = 0; at < size; at += portion)
                communication_push(communication, data + at, MIN(portion, size - at));
        g_assert_cmpuint(communication_end(communication), <=, max_message);
        return got;
}

static void free_got(Got *got)
{
        g_string_free(got->plain, true);
        g_string_free(got->captured, true);
        g_string_free(got->messages, true);
}

static void check_sizes(const Got *got, size_t size)
{
        const size_t begin = strlen(COMMUNICATION_BEGIN), end = strlen(COMMUNICATION_END);
        size_t rest = size - got->plain->len - got->captured->len;

        /* The last message may have begun only. */
        g_assert_true(rest == got->n_messages * (begin + end) ||
                        rest == got->n_messages * (begin + end) + begin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data + 2;
        Got whole, parts;

        if (size < 3)
                return 0;
        whole = play(text, size - 2, size - 2, data[1] % 64 + 1);
        parts = play(text, size - 2, data[0] % 32 + 1, data[1] % 64 + 1);
        check_sizes(&whole, size - 2);
        g_assert_cmpstr(whole.plain->str, ==, parts.plain->str);
        g_assert_cmpuint(whole.captured->len, ==, parts.captured->len);
        g_assert_cmpmem(whole.messages->str, whole.messages->len, parts.messages->str,
                        parts.messages->len);
        free_got(&whole);
        free_got(&parts);
        return 0;
}
