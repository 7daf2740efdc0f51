/* Watch screen: the terminal while the live view is on it.
 *
 * What was there before comes back when it is given back, which happens at the end of the program
 * at the latest, also at a crash. There is one at a time. */
#pragma once

#include "tools/ctl/output.h"
#include "tools/ctl/watch-rows.h"

typedef enum WatchPress {
        WATCH_PRESS_NONE, /* nothing that means anything */
        WATCH_PRESS_QUIT,
        WATCH_PRESS_NEXT_KEY, /* of those that can be sorted by */
        WATCH_PRESS_REVERSE,
        WATCH_PRESS_LOOK, /* now */
        WATCH_PRESS_UP,
        WATCH_PRESS_DOWN,
        WATCH_PRESS_PAGE_UP,
        WATCH_PRESS_PAGE_DOWN,
        WATCH_PRESS_TOP,
        WATCH_PRESS_BOTTOM,
} WatchPress;

/* The first key in what was typed; *ret_length says how many of the bytes it is. */
WatchPress watch_press_parse(const char *bytes, size_t size, size_t *ret_length);

typedef struct WatchScreen WatchScreen;

WatchScreen *watch_screen_new(void);
WatchScreen *watch_screen_free(WatchScreen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchScreen, watch_screen_free)

/* Gives it back for a while. */
void watch_screen_leave(WatchScreen *screen);
void watch_screen_enter(WatchScreen *screen);

/* Moves what is seen of rows. */
void watch_screen_scroll(WatchScreen *screen, WatchPress press);

/* What stands around the rows. */
typedef struct WatchFrame {
        const char *title; /* first line */
        const char *keys;  /* last line */
        const char *note;  /* instead of keys where something is wrong; else NULL */
} WatchFrame;

/* As large as the terminal is now. output says whether there are colors. */
void watch_screen_draw(WatchScreen *screen, const Output *output, const WatchRows *rows,
                const WatchFrame *frame);
