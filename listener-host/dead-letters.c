/* One call at a time, and the next with its answer: they are rare, and large. A letter that was
 * told twice, because the answer got lost, is the same one to the daemon. */

#include "listener-host/dead-letters.h"

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/host-log.h"
#include "bus/names.h"

/* What a listener said may be part of it. */
#define REASON_MAX_BYTES 400

typedef struct Letter {
        QueueItem *item; /* borrowed */
        unsigned n_attempts;
        char *process;
        char *reason;
} Letter;

struct DeadLetters {
        const Peer *peer; /* borrowed */
        const char *path; /* borrowed */
        const DeadLettersObserver *observer;
        void *userdata;   /* borrowed */
        GQueue letters;   /* Letter, the one that is being told first */
        QueuedCall *call; /* about the first one */
};

static void letter_free(gpointer data)
{
        Letter *letter = data;

        g_free(letter->process);
        g_free(letter->reason);
        g_free(letter);
}

DeadLetters *dead_letters_new(const Peer *peer, const char *path,
                const DeadLettersObserver *observer, void *userdata)
{
        DeadLetters *letters = g_new0(DeadLetters, 1);

        letters->peer = peer;
        letters->path = path;
        letters->observer = observer;
        letters->userdata = userdata;
        g_queue_init(&letters->letters);
        return letters;
}

DeadLetters *dead_letters_free(DeadLetters *letters)
{
        if (!letters)
                return NULL;
        queued_call_cancel(letters->call);
        g_queue_clear_full(&letters->letters, letter_free);
        g_free(letters);
        return NULL;
}

static void send_first(DeadLetters *letters);

/* It would be refused each time it is told, and hold up the pool for ever. */
static bool is_hopeless(const sd_bus_error *error)
{
        return sd_bus_error_has_names(error, SD_BUS_ERROR_INVALID_ARGS, SD_BUS_ERROR_UNKNOWN_METHOD,
                        SD_BUS_ERROR_INVALID_SIGNATURE);
}

static void drop_first(DeadLetters *letters)
{
        Letter *letter = g_queue_pop_head(&letters->letters);

        letters->observer->taken(letter->item, letters->userdata);
        letter_free(letter);
        send_first(letters);
}

static void on_answer(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        DeadLetters *letters = userdata;
        const Letter *letter = g_queue_peek_head(&letters->letters);

        letters->call = NULL;
        if (error && !is_hopeless(error)) {
                letters->observer->failed(error->message, letters->userdata);
                return;
        }
        if (error)
                log_error("event %" G_GUINT64_FORMAT
                          " cannot be kept as a dead letter, and is lost: %s",
                                letter->item->event->serial, error->message);
        drop_first(letters);
}

static int send_letter(DeadLetters *letters, const Letter *letter)
{
        const QueueItem *item = letter->item;
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        r = call_new(letters->peer, letters->path, BUS_INTERFACE_POOL, "GiveUp", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "ttuss", item->event->serial, item->poolserial,
                        (uint32_t)letter->n_attempts, letter->process, letter->reason);
        if (r < 0)
                return r;
        r = event_message_append_item(call, item->event, 0);
        if (r < 0)
                return r;
        return call_send(letters->peer, call, on_answer, letters, &letters->call);
}

static void send_first(DeadLetters *letters)
{
        const Letter *first = g_queue_peek_head(&letters->letters);
        int r;

        if (!first || letters->call || !letters->peer->bus)
                return;
        r = send_letter(letters, first);
        if (r < 0)
                letters->observer->failed(g_strerror(-r), letters->userdata);
}

/* A string on the bus is UTF-8, and ends where a character does. */
static char *bus_text(const char *text)
{
        g_autofree char *beginning = g_strndup(text, REASON_MAX_BYTES);

        return g_utf8_make_valid(beginning, -1);
}

void dead_letters_add(DeadLetters *letters, QueueItem *item, unsigned n_attempts,
                const char *process, const char *reason)
{
        Letter *letter = g_new0(Letter, 1);

        letter->item = item;
        letter->n_attempts = n_attempts;
        letter->process = g_strdup(process);
        letter->reason = bus_text(reason);
        g_queue_push_tail(&letters->letters, letter);
        send_first(letters);
}

void dead_letters_reset(DeadLetters *letters)
{
        letters->call = queued_call_cancel(letters->call);
        send_first(letters);
}
