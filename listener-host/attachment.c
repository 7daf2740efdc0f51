/* Read as a whole before anything is changed: an answer that is broken in its last part must not
 * leave half of the pools behind. */

#include "listener-host/attachment.h"

#include <stddef.h>
#include <string.h>

#include "bus/cleanup.h"

#define POOL "sutattta{sv}"

/* Those of a pool that come by name. */
static const struct {
        const char *name;
        const char *type;
        size_t offset;
        const char *const *words; /* of an enum, whose value travels as a word */
} settings[] = {
        { "event_extras", "b", offsetof(AttachedPool, event_extras), NULL },
        { "event_timeout", "t", offsetof(AttachedPool, event_timeout_usec), NULL },
        { "max_attempts", "u", offsetof(AttachedPool, max_attempts), NULL },
        { "overflow", "s", offsetof(AttachedPool, overflow), pool_overflow_names },
        { "protocol", "s", offsetof(AttachedPool, protocol), pool_protocol_names },
        { "payload_length", "s", offsetof(AttachedPool, payload_length), payload_length_names },
        { "result_handler", "s", offsetof(AttachedPool, result_handler),
                        pool_result_handler_names },
        { "running", "as", offsetof(AttachedPool, running), NULL },
};

static void attached_pool_free(AttachedPool *pool)
{
        g_free(pool->name);
        g_strfreev(pool->running);
        if (pool->answered)
                g_array_unref(pool->answered);
        g_array_unref(pool->attempts);
        g_free(pool);
}

static void attached_listener_free(AttachedListener *listener)
{
        g_free(listener->pool);
        g_free(listener->process);
        g_free(listener);
}

Attachment *attachment_free(Attachment *attachment)
{
        if (!attachment)
                return NULL;
        g_free(attachment->identifier);
        g_free(attachment->run_id);
        g_ptr_array_unref(attachment->pools);
        g_ptr_array_unref(attachment->listeners);
        g_free(attachment);
        return NULL;
}

static int read_answered(sd_bus_message *m, AttachedPool *pool)
{
        const void *serials;
        size_t size;
        int r = sd_bus_message_read_array(m, 't', &serials, &size);

        if (r < 0)
                return r;
        pool->answered = g_array_new(false, false, sizeof(uint64_t));
        if (size > 0)
                g_array_append_vals(pool->answered, serials, size / sizeof(uint64_t));
        return 0;
}

static AttachedPool *attached_pool_new(void)
{
        AttachedPool *pool = g_new0(AttachedPool, 1);

        pool->attempts = g_array_new(false, false, sizeof(Attempt));
        return pool;
}

static int read_attempts(sd_bus_message *m, GArray *attempts)
{
        Attempt attempt;
        int r = sd_bus_message_enter_container(m, 'v', "a(tu)");

        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(m, 'a', "(tu)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(m, "(tu)", &attempt.serial, &attempt.n_failed)) > 0)
                g_array_append_val(attempts, attempt);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* One that we do not know is of a newer daemon, and leaves the default. */
static int read_word(sd_bus_message *m, const char *const *words, int *ret)
{
        const char *word;
        int r = sd_bus_message_read(m, "s", &word);

        for (int i = 0; r >= 0 && words[i]; i++)
                if (strcmp(words[i], word) == 0)
                        *ret = i;
        return r;
}

static int read_value(sd_bus_message *m, size_t which, void *ret)
{
        const char *type = settings[which].type;

        if (settings[which].words)
                return read_word(m, settings[which].words, ret);
        if (strcmp(type, "as") == 0)
                return sd_bus_message_read_strv(m, ret);
        return sd_bus_message_read(m, type, ret);
}

/* Likewise. */
static int read_setting(sd_bus_message *m, AttachedPool *pool)
{
        const char *name;
        int r = sd_bus_message_read(m, "s", &name);

        if (r < 0)
                return r;
        if (strcmp(name, "attempts") == 0)
                return read_attempts(m, pool->attempts);
        for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
                if (strcmp(settings[i].name, name) != 0)
                        continue;
                r = sd_bus_message_enter_container(m, 'v', settings[i].type);
                if (r < 0)
                        return r;
                r = read_value(m, i, (char *)pool + settings[i].offset);
                return r < 0 ? r : sd_bus_message_exit_container(m);
        }
        return sd_bus_message_skip(m, "v");
}

static int read_settings(sd_bus_message *m, AttachedPool *pool)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_setting(m, pool);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_pool(sd_bus_message *m, AttachedPool *pool)
{
        const char *name;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        pool->name = g_strdup(name);
        r = sd_bus_message_read(m, "ut", &pool->buffer_size, &pool->after);
        if (r < 0)
                return r;
        r = read_answered(m, pool);
        if (r < 0)
                return r;
        r = sd_bus_message_read(m, "tt", &pool->poolserial, &pool->begun);
        if (r < 0)
                return r;
        r = read_settings(m, pool);
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

static int read_pools(sd_bus_message *m, GPtrArray *pools)
{
        int r = sd_bus_message_enter_container(m, 'a', "(" POOL ")");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'r', POOL)) > 0) {
                AttachedPool *pool = attached_pool_new();

                g_ptr_array_add(pools, pool);
                r = read_pool(m, pool);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_listeners(sd_bus_message *m, GPtrArray *listeners)
{
        const char *pool, *process;
        uint64_t generation;
        uint32_t pid;
        int r;

        r = sd_bus_message_enter_container(m, 'a', "(ssut)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(m, "(ssut)", &pool, &process, &pid, &generation)) > 0) {
                AttachedListener *listener = g_new0(AttachedListener, 1);

                listener->pool = g_strdup(pool);
                listener->process = g_strdup(process);
                listener->generation = generation;
                g_ptr_array_add(listeners, listener);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static bool is_running(const Attachment *attachment, const AttachedListener *listener)
{
        for (unsigned i = 0; i < attachment->pools->len; i++) {
                const AttachedPool *pool = attachment->pools->pdata[i];

                if (strcmp(pool->name, listener->pool) == 0 && pool->running)
                        return g_strv_contains(
                                        (const char *const *)pool->running, listener->process);
        }
        return false;
}

static void note_running(Attachment *attachment)
{
        for (unsigned i = 0; i < attachment->listeners->len; i++) {
                AttachedListener *listener = attachment->listeners->pdata[i];

                listener->is_running = is_running(attachment, listener);
        }
}

int attachment_read(sd_bus_message *reply, Attachment **ret)
{
        g_autoptr(Attachment) attachment = g_new0(Attachment, 1);
        const char *identifier, *run_id;
        int r;

        attachment->pools = g_ptr_array_new_with_free_func((GDestroyNotify)attached_pool_free);
        attachment->listeners =
                        g_ptr_array_new_with_free_func((GDestroyNotify)attached_listener_free);
        r = sd_bus_message_read(reply, "ss", &identifier, &run_id);
        if (r < 0)
                return r;
        attachment->identifier = g_strdup(identifier);
        attachment->run_id = g_strdup(run_id);
        r = read_pools(reply, attachment->pools);
        if (r < 0)
                return r;
        r = read_listeners(reply, attachment->listeners);
        if (r < 0)
                return r;
        note_running(attachment);
        *ret = g_steal_pointer(&attachment);
        return 0;
}
