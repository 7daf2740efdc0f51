/* The numbers come from libc's own table, with the few names on which Python's table, that people
 * know from Supervisor, decides otherwise. */

#include "daemon/process/signal-name.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include <glib.h>

static const struct {
        const char *name;
        int number;
} aliases[] = {
        { "POLL", SIGPOLL },
        { "CLD", SIGCHLD },
        { "IOT", SIGABRT },
};

static bool has_name(int number)
{
        return number == SIGRTMIN || number == SIGRTMAX ||
               (number > 0 && number < SIGRTMIN && sigabbrev_np(number));
}

int signal_name_from_string(const char *text)
{
        g_autofree char *name = g_ascii_strup(text, -1);
        const char *bare = g_str_has_prefix(name, "SIG") ? name + 3 : name;
        guint64 number;

        if (g_ascii_string_to_unsigned(text, 10, 0, SIGRTMAX, &number, NULL))
                return number == 0 || has_name(number) ? (int)number : -1;
        for (int i = 1; i < SIGRTMIN; i++)
                if (g_strcmp0(sigabbrev_np(i), bare) == 0)
                        return i;
        for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++)
                if (strcmp(aliases[i].name, bare) == 0)
                        return aliases[i].number;
        if (strcmp(bare, "RTMIN") == 0)
                return SIGRTMIN;
        return strcmp(bare, "RTMAX") == 0 ? SIGRTMAX : -1;
}

char *signal_name_to_string(int number)
{
        if (number == SIGRTMIN)
                return g_strdup("SIGRTMIN");
        if (number == SIGRTMAX)
                return g_strdup("SIGRTMAX");
        if (number == SIGPOLL)
                return g_strdup("SIGPOLL");
        if (has_name(number))
                return g_strconcat("SIG", sigabbrev_np(number), NULL);
        return g_strdup_printf("signal %d", number);
}
