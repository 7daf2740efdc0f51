/* Values with line ends go in the form with a length before them, all others in the plain one,
 * which can be read in a trace. */

#include "daemon/output/journal-message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bus/cleanup.h"

void journal_message_add(GString *message, const char *field, const char *value, size_t size)
{
        uint64_t length = GUINT64_TO_LE((uint64_t)size);

        g_string_append(message, field);
        if (memchr(value, '\n', size)) {
                g_string_append_c(message, '\n');
                g_string_append_len(message, (const char *)&length, sizeof length);
        } else
                g_string_append_c(message, '=');
        g_string_append_len(message, value, size);
        g_string_append_c(message, '\n');
}

void journal_message_add_text(GString *message, const char *field, const char *value)
{
        journal_message_add(message, field, value, strlen(value));
}

static int write_all(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, data, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                data += n;
                size -= n;
        }
        return 0;
}

static int send_as_file(Datagram *journal, const void *message, size_t size)
{
        const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
        autofd fd = memfd_create("busvisor-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        int r;

        if (fd < 0)
                return -errno;
        r = write_all(fd, message, size);
        if (r < 0)
                return r;
        if (fcntl(fd, F_ADD_SEALS, seals) < 0)
                return -errno;
        return datagram_send_descriptor(journal, fd);
}

int journal_message_send(Datagram *journal, const void *message, size_t size)
{
        int r = datagram_send(journal, message, size);

        return r == -EMSGSIZE ? send_as_file(journal, message, size) : r;
}
