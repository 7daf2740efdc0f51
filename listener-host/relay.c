/* Only the first item is ever half written, so there is one buffer, and a cancelled item leaves at
 * most the rest of itself behind. */

#include "listener-host/relay.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>

#include "bus/cleanup.h"
#include "bus/target.h"

/* So much is made into text at once. */
#define TEXT_BYTES (64 * 1024)

typedef struct Item {
        LabelledLines *lines;
        RelayDone done; /* NULL = nobody waits */
        void *userdata;
        bool is_begun; /* something of it has been written */
} Item;

struct Relay {
        sd_event *loop; /* borrowed */
        char *path;
        Target target;
        sd_event_source *source;
        GQueue items;     /* Item, the first of them is being written */
        GString *text;    /* of the first item */
        size_t n_written; /* of the text */
};

static int open_target(Relay *relay)
{
        return relay->target.fd < 0 ? target_open(relay->path, 0, &relay->target) : 0;
}

Relay *relay_new(sd_event *loop, const char *path)
{
        Relay *relay = g_new0(Relay, 1);

        relay->loop = loop;
        relay->path = g_strdup(path);
        relay->target.fd = -1;
        g_queue_init(&relay->items);
        relay->text = g_string_new(NULL);
        /* Later the sandbox opens nothing; what fails now is said when there is something to write.
         */
        (void)open_target(relay);
        return relay;
}

static void item_free(gpointer data)
{
        Item *item = data;

        labelled_lines_free(item->lines);
        g_free(item);
}

Relay *relay_free(Relay *relay)
{
        if (!relay)
                return NULL;
        sd_event_source_disable_unref(relay->source);
        target_close(&relay->target);
        g_queue_clear_full(&relay->items, item_free);
        g_string_free(relay->text, true);
        g_free(relay->path);
        g_free(relay);
        return NULL;
}

/* A pipe takes PIPE_BUF bytes in one piece or not at all: so it is given whole lines, as many as
 * fit. */
static size_t next_piece(const char *text, size_t size)
{
        const char *end;

        if (size <= PIPE_BUF)
                return size;
        end = memrchr(text, '\n', PIPE_BUF);
        return end ? (size_t)(end + 1 - text) : PIPE_BUF;
}

static void clear_text(Relay *relay)
{
        g_string_truncate(relay->text, 0);
        relay->n_written = 0;
}

/* 1: all is written, 0: no more can be written now. */
static int write_text(Relay *relay, Item *item)
{
        while (relay->n_written < relay->text->len) {
                const char *at = relay->text->str + relay->n_written;
                size_t piece = next_piece(at, relay->text->len - relay->n_written);
                size_t n;
                int r = target_write(&relay->target, at, piece, &n);

                relay->n_written += n;
                item->is_begun = item->is_begun || n > 0;
                if (r < 0)
                        return r;
                if (n < piece)
                        return 0;
        }
        clear_text(relay);
        return 1;
}

static int write_item(Relay *relay, Item *item)
{
        int r;

        do
                r = write_text(relay, item);
        while (r > 0 && labelled_lines_next(item->lines, TEXT_BYTES, relay->text));
        return r;
}

/* Without callback. */
static void drop_first(Relay *relay)
{
        item_free(g_queue_pop_head(&relay->items));
        clear_text(relay);
}

static void write_items(Relay *relay)
{
        Item *item;

        while ((item = g_queue_peek_head(&relay->items))) {
                int r = write_item(relay, item);
                RelayDone done = item->done;
                void *userdata = item->userdata;

                if (r == 0)
                        return;
                drop_first(relay);
                if (done)
                        done(MIN(r, 0), userdata);
        }
        sd_event_source_set_enabled(relay->source, SD_EVENT_OFF);
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        write_items(userdata);
        return 0;
}

static int wait_until_writable(Relay *relay)
{
        if (relay->source)
                return sd_event_source_set_enabled(relay->source, SD_EVENT_ON);
        return sd_event_add_io(relay->loop, &relay->source, relay->target.fd, EPOLLOUT, on_writable,
                        relay);
}

int relay_push(Relay *relay, LabelledLines *lines, RelayDone done, void *userdata)
{
        Item *item = g_new0(Item, 1);
        int r;

        *item = (Item){ .lines = lines, .done = done, .userdata = userdata };
        g_queue_push_tail(&relay->items, item);
        if (relay->items.length > 1)
                return 0;
        r = open_target(relay);
        if (r >= 0)
                r = write_item(relay, item);
        if (r == 0)
                r = wait_until_writable(relay);
        else if (r > 0)
                drop_first(relay);
        if (r < 0)
                drop_first(relay);
        return r;
}

bool relay_cancel(Relay *relay, const void *userdata)
{
        for (GList *link = relay->items.head; link; link = link->next) {
                Item *item = link->data;

                if (item->userdata != userdata)
                        continue;
                item->done = NULL;
                item->userdata = NULL;
                if (item->is_begun)
                        return false;
                if (link == relay->items.head)
                        clear_text(relay);
                g_queue_delete_link(&relay->items, link);
                item_free(item);
                return true;
        }
        return true;
}
