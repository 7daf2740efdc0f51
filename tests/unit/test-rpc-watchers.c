/* The stream while there is no daemon; with one, it is tests/bus/status-page.py that looks at it.
 */

#include "tools/rpc-host/watchers.h"

#include "bus/cleanup.h"

static void on_ready(void *userdata)
{
        (*(unsigned *)userdata)++;
}

static char *read_all(Watcher *watcher)
{
        GString *text = g_string_new(NULL);
        char buffer[7];
        size_t n;

        while ((n = watcher_read(watcher, buffer, sizeof(buffer))) > 0)
                g_string_append_len(text, buffer, n);
        return g_string_free(text, FALSE);
}

static void wait_ready(sd_event *loop, const unsigned *n_ready, unsigned n)
{
        while (*n_ready < n)
                g_assert_cmpint(sd_event_run(loop, UINT64_MAX), >=, 0);
}

static void test_away(void)
{
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(CallQueue) calls = call_queue_new();
        g_autoptr(Watchers) watchers = NULL;
        g_autoptr(Watcher) watcher = NULL;
        g_autofree char *greeting = NULL;
        g_autofree char *message = NULL;
        unsigned n_ready = 0;

        g_assert_cmpint(sd_event_new(&loop), >=, 0);
        watchers = watchers_new(loop, calls);
        watcher = watcher_new(watchers, on_ready, &n_ready);
        greeting = read_all(watcher);
        g_assert_cmpstr(greeting, ==, "retry: 2000\n\n");
        wait_ready(loop, &n_ready, 1);
        message = read_all(watcher);
        g_assert_true(g_str_has_prefix(message, "event: away\ndata: {\"now\":"));
        g_assert_true(g_str_has_suffix(message, "}\n\n"));
        g_assert_cmpuint(n_ready, ==, 1);
}

static void test_many(void)
{
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(CallQueue) calls = call_queue_new();
        g_autoptr(Watchers) watchers = NULL;
        Watcher *many[WATCHERS_MAX];
        unsigned n_ready = 0;

        g_assert_cmpint(sd_event_new(&loop), >=, 0);
        watchers = watchers_new(loop, calls);
        for (unsigned i = 0; i < WATCHERS_MAX; i++) {
                many[i] = watcher_new(watchers, on_ready, &n_ready);
                g_assert_nonnull(many[i]);
        }
        g_assert_null(watcher_new(watchers, on_ready, &n_ready));
        many[3] = watcher_free(many[3]);
        many[3] = watcher_new(watchers, on_ready, &n_ready);
        g_assert_nonnull(many[3]);
        /* Half of them read, and only these hear of something. */
        for (unsigned i = 0; i < WATCHERS_MAX; i += 2)
                g_free(read_all(many[i]));
        wait_ready(loop, &n_ready, WATCHERS_MAX / 2);
        for (unsigned i = 0; i < WATCHERS_MAX; i++)
                watcher_free(many[i]);
        g_assert_cmpuint(n_ready, ==, WATCHERS_MAX / 2);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rpc/watchers/away", test_away);
        g_test_add_func("/rpc/watchers/many", test_many);
        return g_test_run();
}
