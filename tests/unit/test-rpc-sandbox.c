/* The rpc-host in its sandbox: what it needs, and what no host may. */

#include "tools/rpc-host/privileges.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "tests/unit/sandbox-fixture.h"
#include "tools/rpc-host/xmlrpc-reader.h"

static int listening = -1, client = -1;

/* What was there before: a socket that listens, and somebody who waits at it. */
static void prepare(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof address;

        listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        g_assert_cmpint(bind(listening, (struct sockaddr *)&address, size), ==, 0);
        g_assert_cmpint(listen(listening, 1), ==, 0);
        g_assert_cmpint(getsockname(listening, (struct sockaddr *)&address, &size), ==, 0);
        g_assert_cmpint(connect(client, (struct sockaddr *)&address, size), ==, 0);
}

static int serve(void)
{
        struct epoll_event event = { .events = EPOLLIN };
        int loop = epoll_create1(EPOLL_CLOEXEC), fd;
        char byte = 0;

        if (epoll_ctl(loop, EPOLL_CTL_ADD, listening, &event) < 0 ||
                        epoll_wait(loop, &event, 1, -1) != 1)
                return 1;
        fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 || send(fd, "x", 1, MSG_NOSIGNAL) != 1)
                return 2;
        return recv(client, &byte, 1, 0) == 1 && byte == 'x' ? 0 : 3;
}

static void test_serves(void)
{
        prepare();
        sandbox_fixture_assert(serve, 0);
        close(listening);
        close(client);
}

/* Programs are told about in local time. */
static int tell_time(void)
{
        const time_t summer = 1719835200;
        struct tm local;

        return localtime_r(&summer, &local) && local.tm_hour == 14 ? 0 : 1;
}

static void test_tells_time(void)
{
        g_setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", true);
        sandbox_fixture_assert(tell_time, 0);
        g_unsetenv("TZ");
}

static int read_latin1(void)
{
        static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?><methodCall>"
                                   "<methodName>\xe4</methodName></methodCall>";
        g_autoptr(GPtrArray) params = NULL;
        g_autofree char *method = NULL;

        if (!xmlrpc_read_call(text, strlen(text), &method, &params, NULL))
                return 1;
        return strcmp(method, "\xc3\xa4") == 0 ? 0 : 2;
}

static void test_reads_latin1(void)
{
        sandbox_fixture_assert(read_latin1, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        sandbox_fixture_add(privileges_give_up);
        g_test_add_func("/sandbox/serves", test_serves);
        g_test_add_func("/sandbox/tells-time", test_tells_time);
        g_test_add_func("/sandbox/reads-latin1", test_reads_latin1);
        return g_test_run();
}
