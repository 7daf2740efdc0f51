/* What is kept stands in a queue of pieces, each with the account of who wrote it. There is a bound
 * to it, though writers pause: many of them may end while a place takes nothing, and each leaves
 * what it had in its pipe. */

#include "daemon/output/outlet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/clock.h"
#include "daemon/output/datagram.h"
#include "daemon/output/main-log.h"
#include "daemon/output/sink.h"

#define KEPT_BYTES_MAX ((size_t)4 * 1024 * 1024)
/* For all that is kept, when the daemon ends. */
#define LAST_WAIT_USEC UINT64_C(2000000)

struct Outlets {
        sd_event *event; /* borrowed */
        char *syslog_path, *journal_path;
        GHashTable *by_path; /* char * (its own) to Outlet *, which frees itself */
};

/* What could not be written yet. */
typedef struct Piece {
        OutputLoss *loss;
        size_t size, written;
        char data[];
} Piece;

typedef struct Watch {
        OutletReady on_ready;
        void *userdata;
} Watch;

struct Outlet {
        Outlets *outlets; /* borrowed */
        Sink *sink;
        unsigned n_users;
        GQueue kept; /* of Piece */
        size_t kept_bytes;
        sd_event_source *writable; /* while something is kept */
        GArray *watches;           /* of Watch */
        bool failing;              /* the last writing failed, and that has been said */
        uint64_t lost;             /* bytes, since then */
};

const OutletPaths outlet_paths_usual = { DATAGRAM_SYSLOG, DATAGRAM_JOURNAL };

Outlets *outlets_new(sd_event *event, const OutletPaths *paths)
{
        Outlets *outlets = g_new0(Outlets, 1);

        outlets->event = event;
        outlets->syslog_path = g_strdup(paths->syslog);
        outlets->journal_path = g_strdup(paths->journal);
        outlets->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return outlets;
}

static void free_piece(Piece *piece)
{
        g_rc_box_release(piece->loss);
        g_free(piece);
}

static void free_outlet(Outlet *outlet)
{
        Piece *piece;

        if (outlet->kept_bytes > 0)
                log_error("%zu bytes are lost: %s did not take them", outlet->kept_bytes,
                                sink_path(outlet->sink));
        while ((piece = g_queue_pop_head(&outlet->kept)))
                free_piece(piece);
        sd_event_source_disable_unref(outlet->writable);
        sink_free(outlet->sink);
        g_array_unref(outlet->watches);
        g_free(outlet);
}

static void free_when_unused(Outlet *outlet)
{
        if (outlet->n_users > 0 || outlet->kept_bytes > 0)
                return;
        g_hash_table_remove(outlet->outlets->by_path, sink_path(outlet->sink));
        free_outlet(outlet);
}

Outlet *outlet_unref(Outlet *outlet)
{
        if (!outlet)
                return NULL;
        outlet->n_users--;
        free_when_unused(outlet);
        return NULL;
}

static Outlet *find(Outlets *outlets, const char *path)
{
        Outlet *outlet = g_hash_table_lookup(outlets->by_path, path);

        if (outlet)
                outlet->n_users++;
        return outlet;
}

static Outlet *add(Outlets *outlets, Sink *sink)
{
        Outlet *outlet = g_new0(Outlet, 1);

        outlet->outlets = outlets;
        outlet->sink = sink;
        outlet->n_users = 1;
        g_queue_init(&outlet->kept);
        outlet->watches = g_array_new(false, false, sizeof(Watch));
        g_hash_table_insert(outlets->by_path, g_strdup(sink_path(sink)), outlet);
        return outlet;
}

Outlet *outlet_of_file(Outlets *outlets, const LogFilePlan *plan)
{
        Outlet *outlet = find(outlets, plan->path);

        if (outlet)
                outlet_set_rotation(outlet, &plan->rotation);
        else
                outlet = add(outlets, sink_new_file(plan));
        outlet_reopen(outlet);
        return outlet;
}

Outlet *outlet_of_syslog(Outlets *outlets)
{
        Outlet *outlet = find(outlets, outlets->syslog_path);

        return outlet ? outlet : add(outlets, sink_new_syslog(outlets->syslog_path));
}

Outlet *outlet_of_journal(Outlets *outlets)
{
        Outlet *outlet = find(outlets, outlets->journal_path);

        return outlet ? outlet : add(outlets, sink_new_journal(outlets->journal_path));
}

bool outlet_is_full(const Outlet *outlet)
{
        return outlet->kept_bytes > 0;
}

static void note_loss(Outlet *outlet, OutputLoss *loss, size_t size)
{
        loss->bytes += size;
        outlet->lost += size;
}

static void note_failure(Outlet *outlet, int error)
{
        if (!outlet->failing)
                log_error("cannot write to %s: %s; what goes there is lost",
                                sink_path(outlet->sink), g_strerror(error));
        outlet->failing = true;
}

static void note_success(Outlet *outlet)
{
        if (!outlet->failing)
                return;
        log_warn("writing to %s again; %" G_GUINT64_FORMAT " bytes were lost",
                        sink_path(outlet->sink), outlet->lost);
        outlet->failing = false;
        outlet->lost = 0;
}

static int wait_until_writable(Outlet *outlet);

/* True when the first piece is gone, one way or the other. */
static bool write_first_kept(Outlet *outlet)
{
        Piece *piece = g_queue_peek_head(&outlet->kept);
        size_t left = piece->size - piece->written, lost;
        ssize_t n = sink_write(outlet->sink, piece->data + piece->written, left, &lost);

        if (n >= 0 && (size_t)n < left) {
                piece->written += n;
                outlet->kept_bytes -= n;
                return false;
        }
        if (n < 0) {
                note_failure(outlet, -n);
                note_loss(outlet, piece->loss, lost);
        } else
                note_success(outlet);
        outlet->kept_bytes -= left;
        free_piece(g_queue_pop_head(&outlet->kept));
        return true;
}

static void tell_watches(Outlet *outlet)
{
        g_autoptr(GArray) watches = g_array_copy(outlet->watches);

        for (guint i = 0; i < watches->len; i++) {
                const Watch *watch = &g_array_index(watches, Watch, i);

                watch->on_ready(watch->userdata);
        }
}

static int on_writable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Outlet *outlet = userdata;

        outlet->writable = sd_event_source_disable_unref(outlet->writable);
        while (!g_queue_is_empty(&outlet->kept) && write_first_kept(outlet))
                continue;
        if (outlet->kept_bytes > 0)
                (void)wait_until_writable(outlet);
        /* That may have failed, and everything be lost: whoever writes must not pause for ever. */
        if (outlet->kept_bytes > 0)
                return 0;
        outlet->n_users++;
        tell_watches(outlet);
        outlet_unref(outlet);
        return 0;
}

static void lose_all_kept(Outlet *outlet)
{
        Piece *piece;

        while ((piece = g_queue_pop_head(&outlet->kept))) {
                note_loss(outlet, piece->loss, piece->size - piece->written);
                free_piece(piece);
        }
        outlet->kept_bytes = 0;
}

/* A descriptor that cannot be waited for never takes what it has not taken at once. */
static int wait_until_writable(Outlet *outlet)
{
        int r;

        if (outlet->writable)
                return 0;
        r = sd_event_add_io(outlet->outlets->event, &outlet->writable, sink_fd(outlet->sink),
                        EPOLLOUT, on_writable, outlet);
        if (r < 0) {
                note_failure(outlet, -r);
                lose_all_kept(outlet);
        }
        return 0;
}

static void keep(Outlet *outlet, const char *data, size_t size, OutputLoss *loss)
{
        Piece *piece;

        if (outlet->kept_bytes > 0 && outlet->kept_bytes + size > KEPT_BYTES_MAX) {
                note_failure(outlet, ENOBUFS);
                note_loss(outlet, loss, size);
                return;
        }
        piece = g_malloc(sizeof *piece + size);
        piece->loss = g_rc_box_acquire(loss);
        piece->size = size;
        piece->written = 0;
        memcpy(piece->data, data, size);
        g_queue_push_tail(&outlet->kept, piece);
        outlet->kept_bytes += size;
        (void)wait_until_writable(outlet);
}

void outlet_write(Outlet *outlet, const char *data, size_t size, OutputLoss *loss)
{
        size_t lost;
        ssize_t n = 0;

        if (outlet->kept_bytes == 0)
                n = sink_write(outlet->sink, data, size, &lost);
        if (n < 0) {
                note_failure(outlet, -n);
                note_loss(outlet, loss, lost);
                return;
        }
        if ((size_t)n < size)
                keep(outlet, data + n, size - n, loss);
        else
                note_success(outlet);
}

void outlet_watch(Outlet *outlet, OutletReady on_ready, void *userdata)
{
        const Watch watch = { on_ready, userdata };

        g_array_append_val(outlet->watches, watch);
}

void outlet_unwatch(Outlet *outlet, OutletReady on_ready, void *userdata)
{
        for (guint i = 0; i < outlet->watches->len; i++) {
                const Watch *watch = &g_array_index(outlet->watches, Watch, i);

                if (watch->on_ready == on_ready && watch->userdata == userdata) {
                        g_array_remove_index(outlet->watches, i);
                        return;
                }
        }
}

/* It may be open all the same, or be opened again by itself with what is written. */
void outlet_reopen(Outlet *outlet)
{
        int r = sink_file(outlet->sink) ? log_file_reopen(sink_file(outlet->sink)) : 0;

        if (r < 0)
                log_error("cannot open the log %s: %s; trying again with what is written",
                                sink_path(outlet->sink), g_strerror(-r));
}

int outlet_clear(Outlet *outlet)
{
        return sink_file(outlet->sink) ? log_file_clear(sink_file(outlet->sink)) : 0;
}

void outlets_reopen(Outlets *outlets)
{
        GHashTableIter iterator;
        gpointer outlet;

        g_hash_table_iter_init(&iterator, outlets->by_path);
        while (g_hash_table_iter_next(&iterator, NULL, &outlet))
                outlet_reopen(outlet);
}

void outlet_set_rotation(Outlet *outlet, const Rotation *rotation)
{
        if (sink_file(outlet->sink))
                log_file_set_rotation(sink_file(outlet->sink), rotation);
}

/* Waits for who is slow, at the end of the daemon. */
static void flush(Outlet *outlet, uint64_t until_usec)
{
        while (!g_queue_is_empty(&outlet->kept)) {
                struct pollfd target = { .events = POLLOUT };
                uint64_t now = clock_now_usec(CLOCK_MONOTONIC);

                if (write_first_kept(outlet))
                        continue;
                target.fd = sink_fd(outlet->sink);
                if (now >= until_usec || poll(&target, 1, (until_usec - now + 999) / 1000) <= 0)
                        return;
        }
}

Outlets *outlets_free(Outlets *outlets)
{
        uint64_t until_usec = clock_now_usec(CLOCK_MONOTONIC) + LAST_WAIT_USEC;
        GHashTableIter iterator;
        gpointer value;

        if (!outlets)
                return NULL;
        g_hash_table_iter_init(&iterator, outlets->by_path);
        while (g_hash_table_iter_next(&iterator, NULL, &value)) {
                Outlet *outlet = value;

                g_assert(outlet->n_users == 0);
                flush(outlet, until_usec);
                free_outlet(outlet);
        }
        g_hash_table_unref(outlets->by_path);
        g_free(outlets->syslog_path);
        g_free(outlets->journal_path);
        g_free(outlets);
        return NULL;
}
