/* Three questions, one answer: they go out together and are answered in their order by a daemon
 * that does one thing at a time, so they are of one moment. What comes of a connection that was
 * given up finds its slots gone. */

#include "tools/ctl/watch-feed.h"

#include <errno.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/reconnect.h"
#include "tools/ctl/usage-list.h"

typedef enum Question {
        QUESTION_PROCESSES,
        QUESTION_USAGE,
        QUESTION_POOLS,
        _QUESTION_MAX,
} Question;

static const char *const methods[_QUESTION_MAX] = {
        [QUESTION_PROCESSES] = "ListProcesses",
        [QUESTION_USAGE] = "ListUsage",
        [QUESTION_POOLS] = "ListPools",
};

struct WatchFeed {
        Client *client; /* borrowed */
        WatchFeedHandler handler;
        sd_bus_slot *calls[_QUESTION_MAX];
        GPtrArray *answers[_QUESTION_MAX];
        sd_bus_slot *changes, *disconnected; /* matches */
        Reconnect *reconnect;
};

WatchFeed *watch_feed_new(Client *client, sd_event *loop, const WatchFeedHandler *handler)
{
        WatchFeed *feed = g_new0(WatchFeed, 1);

        feed->client = client;
        feed->reconnect = reconnect_new(client, loop);
        feed->handler = *handler;
        return feed;
}

static void forget_answers(WatchFeed *feed)
{
        for (Question question = 0; question < _QUESTION_MAX; question++) {
                feed->calls[question] = sd_bus_slot_unref(feed->calls[question]);
                g_clear_pointer(&feed->answers[question], g_ptr_array_unref);
        }
}

static void forget_connection(WatchFeed *feed)
{
        forget_answers(feed);
        feed->changes = sd_bus_slot_unref(feed->changes);
        feed->disconnected = sd_bus_slot_unref(feed->disconnected);
}

WatchFeed *watch_feed_free(WatchFeed *feed)
{
        if (!feed)
                return NULL;
        forget_connection(feed);
        reconnect_free(feed->reconnect);
        g_free(feed);
        return NULL;
}

/* Not from within a callback of the connection that is to go. */
static void lose(WatchFeed *feed)
{
        forget_answers(feed);
        reconnect_begin(feed->reconnect);
        feed->handler.on_away(feed->handler.userdata);
}

/* Looking. */

static GPtrArray *read_answer(Question question, sd_bus_message *reply)
{
        switch (question) {
        case QUESTION_PROCESSES:
                return process_list_from_reply(reply, NULL);
        case QUESTION_USAGE:
                return usage_list_from_reply(reply);
        case QUESTION_POOLS:
                return pool_lags_from_reply(reply);
        case _QUESTION_MAX:
                break;
        }
        g_assert_not_reached();
}

static void hand_over(WatchFeed *feed)
{
        GPtrArray *const *answers = feed->answers;

        feed->handler.on_look(answers[QUESTION_PROCESSES], answers[QUESTION_USAGE],
                        answers[QUESTION_POOLS], feed->handler.userdata);
        forget_answers(feed);
}

static int take_answer(WatchFeed *feed, Question question, sd_bus_message *reply)
{
        feed->calls[question] = sd_bus_slot_unref(feed->calls[question]);
        if (!sd_bus_message_is_method_error(reply, NULL))
                feed->answers[question] = read_answer(question, reply);
        if (!feed->answers[question])
                lose(feed);
        for (Question other = 0; other < _QUESTION_MAX; other++)
                if (!feed->answers[other])
                        return 0;
        hand_over(feed);
        return 0;
}

static int on_processes(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return take_answer(userdata, QUESTION_PROCESSES, reply);
}

static int on_usage(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return take_answer(userdata, QUESTION_USAGE, reply);
}

static int on_pools(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return take_answer(userdata, QUESTION_POOLS, reply);
}

static bool is_looking(const WatchFeed *feed)
{
        for (Question question = 0; question < _QUESTION_MAX; question++)
                if (feed->calls[question])
                        return true;
        return false;
}

static int ask(WatchFeed *feed, Question question)
{
        static const sd_bus_message_handler_t handlers[_QUESTION_MAX] = {
                [QUESTION_PROCESSES] = on_processes,
                [QUESTION_USAGE] = on_usage,
                [QUESTION_POOLS] = on_pools,
        };
        g_autoptr(sd_bus_message) call = NULL;
        int r = client_new_call(feed->client, BUS_INTERFACE_MANAGER, methods[question], &call);

        if (r < 0)
                return r;
        return sd_bus_call_async(client_bus(feed->client), &feed->calls[question], call,
                        handlers[question], feed, CLIENT_TIMEOUT);
}

bool watch_feed_look(WatchFeed *feed)
{
        int r = 0;

        if (is_looking(feed) || reconnect_is_under_way(feed->reconnect))
                return false;
        for (Question question = 0; r >= 0 && question < _QUESTION_MAX; question++)
                r = ask(feed, question);
        if (r < 0)
                lose(feed);
        return r >= 0;
}

/* The connection. */

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        WatchFeed *feed = userdata;

        if (sd_bus_message_is_signal(message, NULL, "ProcessStateChanged") ||
                        sd_bus_message_is_signal(message, NULL, "ProcessGroupAdded") ||
                        sd_bus_message_is_signal(message, NULL, "ProcessGroupRemoved"))
                feed->handler.on_change(feed->handler.userdata);
        return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        lose(userdata);
        return 0;
}

static int attach(WatchFeed *feed)
{
        sd_bus *bus = client_bus(feed->client);
        int r = sd_bus_match_signal_async(bus, &feed->changes, client_bus_name(feed->client),
                        BUS_PATH, BUS_INTERFACE_EVENTS, NULL, on_signal, NULL, feed);

        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &feed->disconnected, NULL,
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, NULL, feed);
        return r;
}

void watch_feed_work(WatchFeed *feed)
{
        if (!reconnect_work(feed->reconnect))
                return;
        forget_connection(feed);
        if (attach(feed) < 0) {
                reconnect_again(feed->reconnect);
                return;
        }
        reconnect_end(feed->reconnect);
        watch_feed_look(feed);
}

int watch_feed_start(WatchFeed *feed)
{
        int r = feed->reconnect ? attach(feed) : -ENOMEM;

        if (r >= 0)
                watch_feed_look(feed);
        return r;
}
