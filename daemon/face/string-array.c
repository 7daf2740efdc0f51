/* The strings are bounded as well as their number, since answers repeat them. */

#include "daemon/face/string-array.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"

static int read_strings(sd_bus_message *call, GPtrArray *strings, sd_bus_error *error)
{
        size_t bytes = 0;
        const char *text;
        int r;

        while ((r = sd_bus_message_read(call, "s", &text)) > 0) {
                bytes += strlen(text);
                if (strings->len >= STRING_ARRAY_MAX)
                        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "at most %d names in one call; patterns, GROUP:* and all "
                                        "stand for many",
                                        STRING_ARRAY_MAX);
                if (bytes > BUS_MESSAGE_MAX_BYTES)
                        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "at most %d bytes of names in one call",
                                        BUS_MESSAGE_MAX_BYTES);
                g_ptr_array_add(strings, g_strdup(text));
        }
        return r;
}

int string_array_read(sd_bus_message *call, char ***ret, sd_bus_error *error)
{
        g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
        int r = sd_bus_message_enter_container(call, 'a', "s");

        if (r < 0)
                return r;
        r = read_strings(call, strings, error);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(call);
        if (r < 0)
                return r;
        g_ptr_array_add(strings, NULL);
        *ret = (char **)g_ptr_array_free(g_steal_pointer(&strings), false);
        return 0;
}
