/* Log services that are there, away, slow and new; and what their messages look like. */

#include "daemon/output/datagram.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon/output/journal-message.h"
#include "daemon/output/syslog-message.h"
#include "tests/unit/fixture.h"

/* A socket of a service that does nothing by itself. */
static int service_new(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        strcpy(address.sun_path, path);
        unlink(path);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static void check_message(int service, const char *expected)
{
        char text[512] = "";
        ssize_t n = recv(service, text, sizeof text - 1, 0);

        g_assert_cmpint(n, >=, 0);
        g_assert_cmpstr(text, ==, expected);
}

static void test_delivery(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(Datagram) datagram = datagram_new(path);
        int service;

        g_assert_cmpint(datagram_send(datagram, "lost", 4), ==, -ENOENT);
        g_assert_cmpint(datagram_fd(datagram), ==, -1);
        service = service_new(path);
        g_assert_cmpint(datagram_send(datagram, "one", 3), ==, 0);
        g_assert_cmpint(datagram_send(datagram, "two", 3), ==, 0);
        check_message(service, "one");
        check_message(service, "two");
        close(service);
        g_assert_cmpint(datagram_send(datagram, "lost", 4), ==, -ECONNREFUSED);
        service = service_new(path);
        g_assert_cmpint(datagram_send(datagram, "three", 5), ==, 0);
        check_message(service, "three");
        /* Away and back between two messages: nothing is lost. */
        close(service);
        service = service_new(path);
        g_assert_cmpint(datagram_send(datagram, "four", 4), ==, 0);
        check_message(service, "four");
        close(service);
        fixture_folder_free(folder);
}

static void test_full(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autoptr(Datagram) datagram = datagram_new(path);
        int service = service_new(path);
        int sent = 0, got = 0;
        char byte;

        while (datagram_send(datagram, "x", 1) == 0)
                sent++;
        g_assert_cmpint(sent, >, 0);
        g_assert_cmpint(datagram_send(datagram, "x", 1), ==, -EAGAIN);
        g_assert_cmpint(datagram_fd(datagram), >=, 0);
        while (recv(service, &byte, 1, 0) == 1)
                got++;
        g_assert_cmpint(got, ==, sent);
        g_assert_cmpint(datagram_send(datagram, "x", 1), ==, 0);
        close(service);
        fixture_folder_free(folder);
}

static void test_syslog_message(void)
{
        g_autoptr(GString) message = g_string_new(NULL);
        g_autofree char *expected = NULL;

        setenv("TZ", "UTC", 1);
        tzset();
        syslog_message_begin(message, LOG_INFO, UINT64_C(1769864709042000));
        expected = g_strdup_printf("<14>Jan 31 13:05:09 %s: ", program_invocation_short_name);
        g_assert_cmpstr(message->str, ==, expected);
        g_string_truncate(message, 0);
        syslog_message_begin(message, LOG_ERR, 0);
        g_assert_true(g_str_has_prefix(message->str, "<11>Jan  1 00:00:00 "));
}

static void test_journal_message(void)
{
        static const char expected[] = "PRIORITY=6\nMESSAGE\n\3\0\0\0\0\0\0\0a\nb\nBINARY=\0\377\n";
        g_autoptr(GString) message = g_string_new(NULL);

        journal_message_add_text(message, "PRIORITY", "6");
        journal_message_add_text(message, "MESSAGE", "a\nb");
        journal_message_add(message, "BINARY", "\0\377", 2);
        g_assert_cmpmem(message->str, message->len, expected, sizeof expected - 1);
}

static int receive_descriptor(int service)
{
        union {
                struct cmsghdr head;
                char room[CMSG_SPACE(sizeof(int))];
        } control;
        struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof control };
        int fd;

        g_assert_cmpint(recvmsg(service, &message, MSG_CMSG_CLOEXEC), ==, 0);
        g_assert_nonnull(CMSG_FIRSTHDR(&message));
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        return fd;
}

/* What no message can hold arrives as a file that nobody can change any more. */
static void test_large_journal_message(void)
{
        const size_t size = 1024 * 1024;
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "journal", NULL);
        g_autofree char *entry = g_malloc(size), *got = g_malloc(size + 1);
        g_autoptr(Datagram) journal = datagram_new(path);
        int service = service_new(path);
        int fd;

        memset(entry, 'x', size);
        g_assert_cmpint(datagram_send(journal, entry, size), ==, -EMSGSIZE);
        g_assert_cmpint(journal_message_send(journal, entry, size), ==, 0);
        fd = receive_descriptor(service);
        g_assert_cmpint(pread(fd, got, size + 1, 0), ==, size);
        g_assert_cmpmem(got, size, entry, size);
        g_assert_cmpint(fcntl(fd, F_GET_SEALS), ==,
                        F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
        close(fd);
        g_assert_cmpint(journal_message_send(journal, "A=b\n", 4), ==, 0);
        check_message(service, "A=b\n");
        close(service);
        fixture_folder_free(folder);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/datagram/delivery", test_delivery);
        g_test_add_func("/datagram/full", test_full);
        g_test_add_func("/datagram/syslog-message", test_syslog_message);
        g_test_add_func("/datagram/journal-message", test_journal_message);
        g_test_add_func("/datagram/large-journal-message", test_large_journal_message);
        return g_test_run();
}
