/* Every terminal of today knows these few sequences of xterm's, and the one that knows none has
 * TERM=dumb. Lines are written over, not cleared before, and all of it at once, so that nothing
 * flickers. */

#include "tools/ctl/watch-screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tools/ctl/watch-table.h"

#define ENTER    "\033[?1049h\033[?25l\033[H\033[2J"
#define LEAVE    "\033[?25h\033[?1049l"
#define HOME     "\033[H"
#define NEW_LINE "\033[K"
#define REST     "\033[J"

/* What is no row: title, names of columns, keys. */
#define FRAME_LINES 3

#define LINES_UNKNOWN 24
#define WIDTH_UNKNOWN 80

struct WatchScreen {
        unsigned top;    /* the first row that is seen */
        unsigned n_seen; /* as they fitted in last */
        unsigned n_rows;
};

/* For those who end us where nobody cleans up. */
static struct {
        volatile sig_atomic_t is_entered, has_attributes;
        struct termios before;
} terminal;

static const int deadly_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

static void give_back(void)
{
        if (!terminal.is_entered)
                return;
        terminal.is_entered = false;
        if (terminal.has_attributes)
                tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
        if (write(STDOUT_FILENO, LEAVE, strlen(LEAVE)) < 0)
                return;
}

static void on_crash(int number)
{
        give_back();
        raise(number); /* for the one who does what is usual */
}

static void set_crash_handlers(bool ours)
{
        struct sigaction action = { .sa_handler = ours ? on_crash : SIG_DFL,
                .sa_flags = SA_RESETHAND };

        sigemptyset(&action.sa_mask);
        for (size_t i = 0; i < G_N_ELEMENTS(deadly_signals); i++)
                sigaction(deadly_signals[i], &action, NULL);
}

void watch_screen_enter(WatchScreen *screen)
{
        struct termios attributes;

        terminal.has_attributes =
                        isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &terminal.before) == 0;
        terminal.is_entered = true;
        fputs(ENTER, stdout);
        fflush(stdout);
        if (!terminal.has_attributes)
                return;
        attributes = terminal.before;
        attributes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        attributes.c_cc[VMIN] = 1;
        attributes.c_cc[VTIME] = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &attributes);
}

void watch_screen_leave(WatchScreen *screen)
{
        fflush(stdout);
        give_back();
}

WatchScreen *watch_screen_new(void)
{
        static bool is_registered;
        WatchScreen *screen = g_new0(WatchScreen, 1);

        if (!is_registered)
                is_registered = atexit(give_back) == 0;
        set_crash_handlers(true);
        watch_screen_enter(screen);
        return screen;
}

WatchScreen *watch_screen_free(WatchScreen *screen)
{
        if (!screen)
                return NULL;
        watch_screen_leave(screen);
        set_crash_handlers(false);
        g_free(screen);
        return NULL;
}

/* Keys. */

WatchPress watch_press_parse(const char *bytes, size_t size, size_t *ret_length)
{
        static const struct {
                const char *bytes;
                WatchPress press;
        } keys[] = {
                { "\033[A", WATCH_PRESS_UP },
                { "\033OA", WATCH_PRESS_UP },
                { "k", WATCH_PRESS_UP },
                { "\033[B", WATCH_PRESS_DOWN },
                { "\033OB", WATCH_PRESS_DOWN },
                { "j", WATCH_PRESS_DOWN },
                { "\033[5~", WATCH_PRESS_PAGE_UP },
                { "\033[6~", WATCH_PRESS_PAGE_DOWN },
                { "\033[H", WATCH_PRESS_TOP },
                { "\033[1~", WATCH_PRESS_TOP },
                { "\033OH", WATCH_PRESS_TOP },
                { "g", WATCH_PRESS_TOP },
                { "\033[F", WATCH_PRESS_BOTTOM },
                { "\033[4~", WATCH_PRESS_BOTTOM },
                { "\033OF", WATCH_PRESS_BOTTOM },
                { "G", WATCH_PRESS_BOTTOM },
                { "q", WATCH_PRESS_QUIT },
                { "Q", WATCH_PRESS_QUIT },
                { "\004", WATCH_PRESS_QUIT },
                { "s", WATCH_PRESS_NEXT_KEY },
                { "r", WATCH_PRESS_REVERSE },
                { " ", WATCH_PRESS_LOOK },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
                size_t length = strlen(keys[i].bytes);

                if (length <= size && memcmp(bytes, keys[i].bytes, length) == 0) {
                        *ret_length = length;
                        return keys[i].press;
                }
        }
        /* Another key of several bytes is passed over as a whole. */
        *ret_length = bytes[0] == '\033' ? size : 1;
        return WATCH_PRESS_NONE;
}

void watch_screen_scroll(WatchScreen *screen, WatchPress press)
{
        unsigned page = MAX(screen->n_seen, 1);

        switch (press) {
        case WATCH_PRESS_UP:
                screen->top -= MIN(screen->top, 1);
                break;
        case WATCH_PRESS_DOWN:
                screen->top++;
                break;
        case WATCH_PRESS_PAGE_UP:
                screen->top -= MIN(screen->top, page);
                break;
        case WATCH_PRESS_PAGE_DOWN:
                screen->top += page;
                break;
        case WATCH_PRESS_TOP:
                screen->top = 0;
                break;
        case WATCH_PRESS_BOTTOM:
                screen->top = screen->n_rows;
                break;
        case WATCH_PRESS_NONE:
        case WATCH_PRESS_QUIT:
        case WATCH_PRESS_NEXT_KEY:
        case WATCH_PRESS_REVERSE:
        case WATCH_PRESS_LOOK:
                break;
        }
}

/* Drawing. */

static void fit(WatchScreen *screen, const WatchRows *rows, unsigned n_lines)
{
        screen->n_rows = watch_rows_count(rows);
        screen->n_seen = MIN(screen->n_rows, n_lines > FRAME_LINES ? n_lines - FRAME_LINES : 1);
        screen->top = MIN(screen->top, screen->n_rows - screen->n_seen);
}

/* The last one without a new line behind it, at which the terminal would scroll. */
static void print_last(const WatchScreen *screen, const Output *output, const WatchFrame *frame)
{
        g_autofree char *where = NULL, *text = NULL, *cut = NULL;

        if (screen->n_seen < screen->n_rows)
                where = g_strdup_printf("%u-%u of %u   ", screen->top + 1,
                                screen->top + screen->n_seen, screen->n_rows);
        text = g_strconcat(where ? where : "", frame->note ? frame->note : frame->keys, NULL);
        cut = output_cut(text, output->width - 1);
        printf(NEW_LINE "%s%s%s", output->color ? frame->note ? "\033[31m" : "\033[2m" : "", cut,
                        output->color ? "\033[0m" : "");
}

void watch_screen_draw(WatchScreen *screen, const Output *output, const WatchRows *rows,
                const WatchFrame *frame)
{
        struct winsize size;
        bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 &&
                        size.ws_row > 0;
        Output fitting = *output;

        if (!terminal.is_entered)
                return;
        fitting.width = is_known ? size.ws_col : WIDTH_UNKNOWN;
        fit(screen, rows, is_known ? size.ws_row : LINES_UNKNOWN);
        fputs(HOME NEW_LINE, stdout);
        output_line(&fitting, frame->title);
        fputs(NEW_LINE, stdout);
        watch_table_print_head(&fitting, rows);
        for (unsigned i = 0; i < screen->n_seen; i++) {
                fputs(NEW_LINE, stdout);
                watch_table_print_row(&fitting, rows, screen->top + i);
        }
        fputs(REST, stdout);
        print_last(screen, &fitting, frame);
        fflush(stdout);
}
