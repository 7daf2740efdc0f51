/* The cleaning matches names as Supervisor does but takes the identifier as text, not as a regular
 * expression, so that no identifier can make it delete what is not ours. Files of other users are
 * theirs, in a folder for all: what they use cannot be known. */

#include "daemon/output/auto-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "daemon/output/main-log.h"
#include "daemon/output/rotation.h"

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

/* Of the log itself, "" or ".N"; of a compressed one, ".N.gz"; of one that was being made,
 * ".gz.tmp".
 */
static bool is_of_backup(const char *end)
{
        size_t digits;

        if (*end != '.')
                return *end == '\0';
        digits = strspn(end + 1, "0123456789");
        for (int i = 0; i < _LOG_COMPRESSION_MAX; i++) {
                const char *suffix = rotation_suffix(i);
                g_autofree char *temporary = g_strdup_printf("%s.tmp", suffix);

                if (digits > 0 && strcmp(end + 1 + digits, suffix) == 0)
                        return true;
                if (*suffix && strcmp(end, temporary) == 0)
                        return true;
        }
        return false;
}

/* With no blank between the identifier and ".log". */
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
        return is_of_backup(end + strlen(".log"));
}

void auto_log_clean(const char *folder, const char *identifier)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        struct stat status;
        const char *name;

        if (!dir)
                return;
        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = NULL;

                if (!is_left_over(name, identifier))
                        continue;
                path = g_build_filename(folder, name, NULL);
                if (lstat(path, &status) < 0 || status.st_uid != geteuid())
                        continue;
                if (unlink(path) < 0)
                        log_warn("cannot delete the old log %s: %s", path, g_strerror(errno));
        }
}
