/* The cleaning matches names as Supervisor does but takes the identifier as text, not as a regular
 * expression, so that no identifier can make it delete what is not ours. */

#include "daemon/output/auto-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"

#define RANDOM_LETTERS 8
#define ATTEMPTS       100

static void random_letters(char *text)
{
        static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

        for (int i = 0; i < RANDOM_LETTERS; i++)
                text[i] = letters[g_random_int_range(0, sizeof letters - 1)];
        text[RANDOM_LETTERS] = '\0';
}

char *auto_log_create(const char *folder, const char *process, const char *channel,
                const char *identifier)
{
        char random[RANDOM_LETTERS + 1];

        for (int i = 0; i < ATTEMPTS; i++) {
                g_autofree char *name = NULL;
                g_autofree char *path = NULL;
                autofd fd = -1;

                random_letters(random);
                name = g_strdup_printf("%s-%s---%s-%s.log", process, channel, identifier, random);
                g_strdelimit(name, "/", '_');
                path = g_build_filename(folder, name, NULL);
                fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
                if (fd >= 0)
                        return g_steal_pointer(&path);
                if (errno != EEXIST)
                        return NULL;
        }
        return NULL;
}

/* ".log" or ".log.N", with no blank between the identifier and it. */
static bool is_left_over(const char *name, const char *identifier)
{
        g_autofree char *mark = g_strdup_printf("---%s-", identifier);
        const char *after = strstr(name, mark);
        const char *end;

        if (!after)
                return false;
        after += strlen(mark);
        end = strstr(after, ".log");
        if (!end || strcspn(after, " \t\n") < (size_t)(end - after))
                return false;
        end += strlen(".log");
        if (*end == '.')
                end++;
        return strspn(end, "0123456789") == strlen(end);
}

void auto_log_clean(const char *folder, const char *identifier)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        if (!dir)
                return;
        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = NULL;

                if (!is_left_over(name, identifier))
                        continue;
                path = g_build_filename(folder, name, NULL);
                if (unlink(path) < 0)
                        log_warn("cannot delete the old log %s: %s", path, g_strerror(errno));
        }
}
