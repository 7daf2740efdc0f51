/* Three questions, one answer: they go out together and are answered in their order by a daemon
 * that does one thing at a time, so they are of one moment. What comes of a connection that was
 * given up finds its slots gone. */

#include "tools/ctl/watch-feed.h"

#include <errno.h>
#include <time.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/usage-list.h"

#define CONNECT_AGAIN_USEC (500 * 1000)

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
        sd_event *loop; /* borrowed */
        WatchFeedHandler handler;
        sd_bus_slot *calls[_QUESTION_MAX];
        GPtrArray *answers[_QUESTION_MAX];
        sd_bus_slot *changes, *disconnected; /* matches */
        sd_event_source *connect_again;
};

WatchFeed *watch_feed_new(Client *client, sd_event *loop, const WatchFeedHandler *handler)
{
        WatchFeed *feed = g_new0(WatchFeed, 1);

        feed->client = client;
        feed->loop = loop;
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
        if (client_bus(feed->client))
                (void)sd_bus_detach_event(client_bus(feed->client));
        sd_event_source_disable_unref(feed->connect_again);
        g_free(feed);
        return NULL;
}

/* Not from within a callback of the connection that is to go. */
static void lose(WatchFeed *feed)
{
        forget_answers(feed);
        (void)sd_event_source_set_time_relative(feed->connect_again, CONNECT_AGAIN_USEC);
        (void)sd_event_source_set_enabled(feed->connect_again, SD_EVENT_ONESHOT);
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

static bool is_away(const WatchFeed *feed)
{
        int enabled = SD_EVENT_OFF;

        return sd_event_source_get_enabled(feed->connect_again, &enabled) < 0 ||
               enabled != SD_EVENT_OFF;
}

bool watch_feed_look(WatchFeed *feed)
{
        int r = 0;

        if (is_looking(feed) || is_away(feed))
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
        int r = sd_bus_attach_event(bus, feed->loop, SD_EVENT_PRIORITY_NORMAL);

        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &feed->changes, client_bus_name(feed->client),
                                BUS_PATH, BUS_INTERFACE_EVENTS, NULL, on_signal, NULL, feed);
        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &feed->disconnected, NULL,
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, NULL, feed);
        return r;
}

static int on_connect_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        WatchFeed *feed = userdata;

        forget_connection(feed);
        if (client_connect(feed->client, NULL) && attach(feed) >= 0) {
                watch_feed_look(feed);
                return 0;
        }
        (void)sd_event_source_set_time_relative(source, CONNECT_AGAIN_USEC);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

int watch_feed_start(WatchFeed *feed)
{
        int r = sd_event_add_time_relative(feed->loop, &feed->connect_again, CLOCK_MONOTONIC, 0, 0,
                        on_connect_again, feed);

        if (r >= 0)
                r = sd_event_source_set_enabled(feed->connect_again, SD_EVENT_OFF);
        if (r >= 0)
                r = attach(feed);
        if (r >= 0)
                watch_feed_look(feed);
        return r;
}
