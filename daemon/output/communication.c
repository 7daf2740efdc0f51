/* Both tags have their first character nowhere else in them. So what was held back need not be
 * kept: it is the beginning of the tag; and after a mismatch nothing of it can begin another tag.
 */

#include "daemon/output/communication.h"

#include <stdbool.h>
#include <string.h>

#include <sys/types.h>

struct Communication {
        const CommunicationHandler *handler; /* borrowed */
        void *userdata;
        size_t max_bytes;
        bool capturing;
        size_t n_matched;  /* characters of the awaited tag */
        GString *captured; /* up to twice the maximum, so that not every byte moves all others */
};

Communication *communication_new(
                size_t max_bytes, const CommunicationHandler *handler, void *userdata)
{
        Communication *communication = g_new0(Communication, 1);

        g_assert(max_bytes > 0);
        communication->handler = handler;
        communication->userdata = userdata;
        communication->max_bytes = max_bytes;
        communication->captured = g_string_new(NULL);
        return communication;
}

Communication *communication_free(Communication *communication)
{
        if (!communication)
                return NULL;
        g_string_free(communication->captured, true);
        g_free(communication);
        return NULL;
}

static const char *awaited_tag(const Communication *communication)
{
        return communication->capturing ? COMMUNICATION_END : COMMUNICATION_BEGIN;
}

static void trim_to(Communication *communication, size_t max)
{
        GString *captured = communication->captured;

        if (captured->len > max)
                g_string_erase(captured, 0, captured->len - communication->max_bytes);
}

static void keep(Communication *communication, const char *data, size_t size)
{
        size_t kept = MIN(size, communication->max_bytes);

        g_string_append_len(communication->captured, data + size - kept, kept);
        trim_to(communication, 2 * communication->max_bytes);
}

static void hand_on(Communication *communication, const char *data, ssize_t size)
{
        const CommunicationHandler *handler = communication->handler;

        if (size <= 0)
                return;
        if (!communication->capturing) {
                handler->plain(data, size, communication->userdata);
                return;
        }
        keep(communication, data, size);
        handler->captured(data, size, communication->userdata);
}

static void handle_tag(Communication *communication)
{
        GString *captured = communication->captured;

        communication->n_matched = 0;
        communication->capturing = !communication->capturing;
        if (communication->capturing)
                return;
        trim_to(communication, communication->max_bytes);
        communication->handler->message(captured->str, captured->len, communication->userdata);
        g_string_truncate(captured, 0);
}

/* What looked like a tag is none: i is how much of it is in the present piece of data. */
static void handle_mismatch(Communication *communication, size_t i)
{
        size_t n_earlier = communication->n_matched > i ? communication->n_matched - i : 0;

        communication->n_matched = 0;
        hand_on(communication, awaited_tag(communication), n_earlier);
}

/* The next byte that could belong to a tag. */
static size_t skip(const Communication *communication, const char *data, size_t i, size_t size)
{
        const char *first;

        if (communication->n_matched > 0)
                return i;
        first = memchr(data + i, COMMUNICATION_BEGIN[0], size - i);
        return first ? (size_t)(first - data) : size;
}

void communication_push(Communication *communication, const char *data, size_t size)
{
        size_t handed_on = 0; /* up to here */

        for (size_t i = skip(communication, data, 0, size); i < size;
                        i = skip(communication, data, i, size)) {
                const char *tag = awaited_tag(communication);

                if (data[i] != tag[communication->n_matched]) {
                        if (communication->n_matched == 0)
                                i++;
                        else
                                handle_mismatch(communication, i);
                        continue;
                }
                i++;
                communication->n_matched++;
                if (tag[communication->n_matched] == '\0') {
                        hand_on(communication, data + handed_on,
                                        (ssize_t)i - (ssize_t)strlen(tag) - (ssize_t)handed_on);
                        handle_tag(communication);
                        handed_on = i;
                }
        }
        hand_on(communication, data + handed_on,
                        (ssize_t)size - (ssize_t)communication->n_matched - (ssize_t)handed_on);
}

size_t communication_end(Communication *communication)
{
        handle_mismatch(communication, 0);
        return communication->capturing
                               ? MIN(communication->captured->len, communication->max_bytes)
                               : 0;
}
