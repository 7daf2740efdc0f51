/* On a terminal it is a picture that is drawn again, with each change and at least once an
 * interval; elsewhere a table, or an object, for each interval. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "tools/ctl/command.h"
#include "tools/ctl/event-text.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/loop.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/watch-feed.h"
#include "tools/ctl/watch-screen.h"
#include "tools/ctl/watch-table.h"

#define WATCH_ACTION "watch processes"

/* Many states change together. A look takes the daemon some time where there are many processes,
 * and must not keep it from its work while they all change: nine parts of ten are its own. */
#define SOON_LEAST_USEC (UINT64_C(50) * 1000)
#define SOON_FACTOR     9

/* Without it a quarter of a second, which would be seen. */
#define ACCURACY_USEC 1000

typedef struct Watch {
        const Context *context;
        char *const *names;
        sd_event *loop;
        WatchFeed *feed;
        WatchRows *rows;
        WatchScreen *screen; /* NULL = there is no terminal */
        WatchKey key;
        bool reverse;
        bool is_away;
        bool is_due;     /* the next look is one of those that are counted */
        bool was_shown;  /* anything was */
        uint64_t n_left; /* of those that are counted */
        uint64_t interval_usec, look_usec;
        uint64_t asked_usec, took_usec; /* the last look: monotonic, and how long */
        sd_event_source *timer, *soon;
} Watch;

/* Showing. */

static char *title_of(const Watch *watch)
{
        g_autofree char *when = event_text_time(watch->look_usec);
        g_autofree char *summary = watch_table_summary(watch->rows);

        return g_strdup_printf("%.8s  %s", when + strlen("2026-11-26 "), summary);
}

static void draw(const Watch *watch)
{
        g_autofree char *title = title_of(watch);
        g_autofree char *keys = g_strdup_printf(
                        "q quit   s sort: %s   r reverse   arrows scroll   space look now",
                        watch_key_to_string(watch->key));
        const WatchFrame frame = {
                .title = title,
                .keys = keys,
                .note = watch->is_away ? "busvisord is gone, waiting for it   (q quits)" : NULL,
        };

        watch_screen_draw(watch->screen, watch->context->output, watch->rows, &frame);
}

static void print(Watch *watch)
{
        const Output *output = watch->context->output;

        if (output->json) {
                json_text_print_line(output, watch_table_to_json(watch->rows, watch->look_usec));
                return;
        }
        if (watch->was_shown)
                output_line(output, "");
        watch_table_print_head(output, watch->rows);
        for (unsigned i = 0; i < watch_rows_count(watch->rows); i++)
                watch_table_print_row(output, watch->rows, i);
        fflush(stdout);
}

static void show(Watch *watch)
{
        if (watch->screen)
                draw(watch);
        else if (watch->is_due)
                print(watch);
        watch->was_shown = true;
        if (ferror(stdout) ||
                        (watch->is_due && watch->n_left != UINT64_MAX && --watch->n_left == 0))
                (void)sd_event_exit(watch->loop, 0);
        watch->is_due = false;
}

/* What the daemon says. */

static void on_look(const GPtrArray *processes, const GPtrArray *usage, const GPtrArray *pools,
                void *userdata)
{
        Watch *watch = userdata;
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) chosen = process_list_select_all(processes, watch->names, unknown);
        const WatchLook seen = {
                .processes = chosen,
                .usage = usage,
                .pools = pools,
                .realtime_usec = g_get_real_time(),
                .monotonic_usec = g_get_monotonic_time(),
        };

        watch->is_away = false;
        watch->took_usec = seen.monotonic_usec - watch->asked_usec;
        watch->look_usec = seen.realtime_usec;
        watch_rows_look(watch->rows, &seen);
        show(watch);
}

static void on_change(void *userdata)
{
        Watch *watch = userdata;
        int enabled = SD_EVENT_OFF;

        if (!watch->screen || (sd_event_source_get_enabled(watch->soon, &enabled) >= 0 &&
                                              enabled != SD_EVENT_OFF))
                return;
        (void)sd_event_source_set_time_relative(
                        watch->soon, MAX(SOON_LEAST_USEC, SOON_FACTOR * watch->took_usec));
        (void)sd_event_source_set_enabled(watch->soon, SD_EVENT_ONESHOT);
}

static void on_away(void *userdata)
{
        Watch *watch = userdata;

        if (!watch->is_away && !watch->screen)
                output_error("lost busvisord, waiting for it");
        watch->is_away = true;
        if (watch->screen)
                draw(watch);
}

/* What the time says. */

static void look(Watch *watch)
{
        uint64_t now_usec = g_get_monotonic_time();

        if (watch_feed_look(watch->feed))
                watch->asked_usec = now_usec;
}

static int on_soon(sd_event_source *source, uint64_t usec, void *userdata)
{
        look(userdata);
        return 0;
}

static int on_interval(sd_event_source *source, uint64_t usec, void *userdata)
{
        Watch *watch = userdata;
        int r = sd_event_source_set_time_relative(source, watch->interval_usec);

        watch->is_due = true;
        look(watch);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* What the person says. */

static void take_press(Watch *watch, WatchPress press)
{
        switch (press) {
        case WATCH_PRESS_QUIT:
                (void)sd_event_exit(watch->loop, 0);
                return;
        case WATCH_PRESS_NEXT_KEY:
                watch->key = (watch->key + 1) % _WATCH_KEY_MAX;
                break;
        case WATCH_PRESS_REVERSE:
                watch->reverse = !watch->reverse;
                break;
        case WATCH_PRESS_LOOK:
                look(watch);
                return;
        case WATCH_PRESS_UP:
        case WATCH_PRESS_DOWN:
        case WATCH_PRESS_PAGE_UP:
        case WATCH_PRESS_PAGE_DOWN:
        case WATCH_PRESS_TOP:
        case WATCH_PRESS_BOTTOM:
                watch_screen_scroll(watch->screen, press);
                break;
        case WATCH_PRESS_NONE:
                return;
        }
        watch_rows_set_order(watch->rows, watch->key, watch->reverse);
        draw(watch);
}

static int on_typed(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Watch *watch = userdata;
        char bytes[64];
        ssize_t n = read(fd, bytes, sizeof bytes);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <= 0)
                return sd_event_exit(watch->loop, 0);
        for (size_t at = 0, length; at < (size_t)n; at += length)
                take_press(watch, watch_press_parse(bytes + at, (size_t)n - at, &length));
        return 0;
}

static int on_resized(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        draw(userdata);
        return 0;
}

/* Ctrl-Z. */
static int on_suspend(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        const Watch *watch = userdata;

        watch_screen_leave(watch->screen);
        raise(SIGSTOP);
        watch_screen_enter(watch->screen);
        draw(watch);
        return 0;
}

/* Life. */

static int add_signal(Watch *watch, int number, sd_event_signal_handler_t handler)
{
        sigset_t blocked;

        sigemptyset(&blocked);
        sigaddset(&blocked, number);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        return sd_event_add_signal(watch->loop, NULL, number, handler, watch);
}

static int open_screen(Watch *watch)
{
        int r = add_signal(watch, SIGWINCH, on_resized);

        if (r >= 0)
                r = add_signal(watch, SIGTSTP, on_suspend);
        if (r >= 0)
                r = loop_end_by(watch->loop, SIGHUP);
        if (r >= 0)
                r = loop_end_by(watch->loop, SIGQUIT);
        if (r >= 0 && isatty(STDIN_FILENO))
                r = sd_event_add_io(watch->loop, NULL, STDIN_FILENO, EPOLLIN, on_typed, watch);
        if (r >= 0)
                watch->screen = watch_screen_new();
        return r;
}

static void on_work(void *userdata)
{
        const Watch *watch = userdata;

        watch_feed_work(watch->feed);
}

static int add_timers(Watch *watch)
{
        int r = sd_event_add_time_relative(watch->loop, &watch->timer, CLOCK_MONOTONIC,
                        watch->interval_usec, ACCURACY_USEC, on_interval, watch);

        if (r >= 0)
                r = sd_event_add_time_relative(watch->loop, &watch->soon, CLOCK_MONOTONIC, 0,
                                ACCURACY_USEC, on_soon, watch);
        if (r >= 0)
                r = sd_event_source_set_enabled(watch->soon, SD_EVENT_OFF);
        return r;
}

static int set_up(Watch *watch)
{
        const WatchFeedHandler handler = { on_look, on_change, on_away, watch };
        int r = loop_new(&watch->loop);

        if (r >= 0)
                r = client_set_loop(watch->context->client, watch->loop);
        if (r >= 0)
                r = loop_end_at(watch->loop, client_deadline(watch->context->client));
        if (r >= 0)
                r = loop_end_with_reader(watch->loop);
        if (r >= 0)
                r = add_timers(watch);
        if (r < 0)
                return r;
        watch->rows = watch_rows_new();
        watch_rows_set_order(watch->rows, watch->key, watch->reverse);
        watch->is_due = true;
        if (watch->context->output->is_screen)
                r = open_screen(watch);
        watch->asked_usec = g_get_monotonic_time();
        watch->feed = watch_feed_new(watch->context->client, watch->loop, &handler);
        return r < 0 ? r : watch_feed_start(watch->feed);
}

static void watch_clear(Watch *watch)
{
        watch_screen_free(watch->screen);
        watch_feed_free(watch->feed);
        watch_rows_free(watch->rows);
        sd_event_source_disable_unref(watch->timer);
        sd_event_source_disable_unref(watch->soon);
        sd_event_unref(watch->loop);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Watch, watch_clear)

static bool read_options(const Arguments *arguments, Watch *watch, GError **error)
{
        const char *lines = arguments->events.lines, *sort = arguments->sort;

        watch->interval_usec = arguments->interval_usec;
        watch->reverse = arguments->events.reverse;
        watch->n_left = UINT64_MAX;
        if (lines && !g_ascii_string_to_unsigned(lines, 10, 1, UINT32_MAX, &watch->n_left, NULL)) {
                g_set_error(error, FAILURE, FAILURE_USAGE, "-n '%s' is no number of tables", lines);
                return false;
        }
        watch->key = sort ? watch_key_from_string(sort) : WATCH_BY_NAME;
        if (watch->key == _WATCH_KEY_INVALID) {
                g_autofree char *keys = watch_key_list();

                g_set_error(error, FAILURE, FAILURE_USAGE, "--sort '%s' is none of %s", sort, keys);
                return false;
        }
        return true;
}

/* Before there is a screen on which it would not be seen. */
static bool check_names(Context *context, char *const *names, ExitStatus *ret_status)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = process_list_read(context->client, &error);
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        g_autoptr(GPtrArray) known = NULL;

        if (!list) {
                *ret_status = command_fail(error);
                return false;
        }
        known = process_list_select_all(list, names, unknown);
        for (unsigned i = 0; i < unknown->len; i++) {
                g_autofree char *text = g_strdup_printf(
                                "%s: ERROR (no such process)", (char *)unknown->pdata[i]);

                output_failure(context->output, text);
                *ret_status = EXIT_STATUS_GENERIC;
        }
        return unknown->len == 0;
}

static ExitStatus run_watch(Context *context, char **names)
{
        g_auto(Watch) watch = { .context = context, .names = names };
        g_autoptr(GError) error = NULL;
        ExitStatus status;
        int r;

        if (!read_options(context->arguments, &watch, &error))
                return command_fail(error);
        if (!check_names(context, names, &status))
                return status;
        r = set_up(&watch);
        if (r >= 0)
                r = loop_run(watch.loop, on_work, &watch);
        watch.screen = watch_screen_free(watch.screen);
        if (r >= 0)
                return EXIT_STATUS_FINE;
        client_set_error(NULL, r, WATCH_ACTION, &error);
        return command_fail(error);
}

const Command command_watch = {
        .name = "watch",
        .synopsis = "[-d INTERVAL] [-n COUNT] [--sort KEY] [--reverse] [NAME...]",
        .summary = "Show processes, and what they take, as it changes",
        .details = "    q ends it, s sorts by the next column, r turns the order around, arrows\n"
                   "    and page keys scroll. Where there is no terminal, a table is printed\n"
                   "    for each interval, or with --json an object in a line. KEY is name,\n"
                   "    state, cpu, memory, uptime, restarts, lag or pid.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .goes_on = true,
        .takes_watch = true,
        .first_argument = COMPLETES_NAME,
        .more_arguments = COMPLETES_NAME,
        .run = run_watch,
};
