/* There are few, so a list does. */

#include "daemon/output/survivors.h"

#include <stdbool.h>
#include <string.h>

#define OF_ONE_CHANNEL_MAX 4

struct Survivors {
        GPtrArray *captures; /* the oldest first */
};

static void free_capture(gpointer capture)
{
        capture_free(capture);
}

Survivors *survivors_new(void)
{
        Survivors *survivors = g_new0(Survivors, 1);

        survivors->captures = g_ptr_array_new_with_free_func(free_capture);
        return survivors;
}

Survivors *survivors_free(Survivors *survivors)
{
        if (!survivors)
                return NULL;
        g_ptr_array_unref(survivors->captures);
        g_free(survivors);
        return NULL;
}

guint survivors_count(const Survivors *survivors)
{
        return survivors->captures->len;
}

static void on_over(Capture *capture, void *userdata)
{
        Survivors *survivors = userdata;

        g_ptr_array_remove(survivors->captures, capture);
}

static void make_room(Survivors *survivors, const Channel *channel)
{
        Capture *oldest = NULL;
        unsigned n = 0;

        for (guint i = 0; i < survivors->captures->len; i++) {
                Capture *capture = survivors->captures->pdata[i];

                if (!channel_is_same(capture_channel(capture), channel))
                        continue;
                if (!oldest)
                        oldest = capture;
                n++;
        }
        if (n >= OF_ONE_CHANNEL_MAX)
                g_ptr_array_remove(survivors->captures, oldest);
}

void survivors_take(Survivors *survivors, Capture *capture)
{
        capture_drain(capture);
        if (capture_is_over(capture)) {
                capture_free(capture);
                return;
        }
        make_room(survivors, capture_channel(capture));
        capture_outlive(capture, on_over, survivors);
        g_ptr_array_add(survivors->captures, capture);
}
