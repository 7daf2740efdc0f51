/* Writes in exact portions: each argument is one, and the next one comes when somebody has read it,
 * so that what reads gets it by itself. "1:text\n" goes to stdout, "2:" to stderr, "1*20:" is
 * twenty portions with a number before each; escapes are those of C. */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

/* What does not tell, like a file, has nothing to wait for. */
static void wait_until_read(int fd)
{
        int waiting;

        while (ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0)
                usleep(1000);
}

static void write_portion(int fd, const char *bytes, size_t size)
{
        size_t done = 0;

        while (done < size) {
                ssize_t n = write(fd, bytes + done, size - done);

                if (n < 0)
                        abort();
                done += n;
        }
        wait_until_read(fd);
}

static bool say(const char *argument)
{
        g_autoptr(GString) portion = g_string_new(NULL);
        char *end;
        int fd = strtol(argument, &end, 10);
        bool numbered = *end == '*';
        int count = numbered ? strtol(end + 1, &end, 10) : 1;
        g_autofree char *text = NULL;

        if (*end != ':' || fd < 1 || fd > 2)
                return false;
        text = g_strcompress(end + 1);
        for (int i = 1; i <= count; i++) {
                g_string_truncate(portion, 0);
                if (numbered)
                        g_string_append_printf(portion, "%d ", i);
                g_string_append(portion, text);
                write_portion(fd, portion->str, portion->len);
        }
        return true;
}

int main(int argc, char *argv[])
{
        for (int i = 1; i < argc; i++)
                if (!say(argv[i])) {
                        fprintf(stderr, "writer: wrong argument %s\n", argv[i]);
                        return EXIT_FAILURE;
                }
        return EXIT_SUCCESS;
}
