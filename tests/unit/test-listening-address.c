/* Listening addresses: what is known without asking, and that nobody waits for who does not answer.
 *
 * The resolver is one of our own, which notes where it is called. */

#include "daemon/process/listening-address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#define LONG  600000
#define SHORT 10

static pid_t own_pid;

static struct addrinfo *make(const char *address, const char *port)
{
        struct addrinfo *info = g_new0(struct addrinfo, 1);
        struct sockaddr_in *place = g_new0(struct sockaddr_in, 1);

        place->sin_family = AF_INET;
        place->sin_port = htons((uint16_t)atoi(port));
        g_assert_cmpint(inet_pton(AF_INET, address, &place->sin_addr), ==, 1);
        info->ai_addr = (struct sockaddr *)place;
        info->ai_addrlen = sizeof *place;
        return info;
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **ret)
{
        struct in_addr address;

        if (hints->ai_flags & AI_NUMERICHOST) {
                if (host && inet_pton(AF_INET, host, &address) != 1)
                        return EAI_NONAME;
                *ret = make(host ? host : "0.0.0.0", port);
                return 0;
        }
        /* A name must not be looked up here. */
        if (getpid() == own_pid)
                abort();
        if (strcmp(host, "known") == 0) {
                *ret = make("127.0.0.5", port);
                return 0;
        }
        if (strcmp(host, "deaf") == 0)
                for (;;)
                        pause();
        if (strcmp(host, "deadly") == 0)
                raise(SIGKILL);
        return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *list)
{
        g_free(list->ai_addr);
        g_free(list);
}

/* "127.0.0.1:80", or the number of the error. */
static char *find(const char *host, int patience_msec)
{
        struct sockaddr_storage address;
        socklen_t size = 0;
        char text[INET_ADDRSTRLEN];
        const struct sockaddr_in *place = (const struct sockaddr_in *)&address;
        int r = listening_address_find(host, "80", AF_INET, patience_msec, &address, &size);

        if (r != 0)
                return g_strdup_printf("%d", r);
        g_assert_cmpuint(size, ==, sizeof *place);
        g_assert_cmpint(ntohs(place->sin_port), ==, 80);
        return g_strdup(inet_ntop(AF_INET, &place->sin_addr, text, sizeof text));
}

static void check(const char *host, int patience_msec, const char *expected)
{
        g_autofree char *found = find(host, patience_msec);

        g_assert_cmpstr(found, ==, expected);
        /* Nobody is left behind. */
        g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
}

static void test_known(void)
{
        check("", 0, "0.0.0.0");
        check("127.0.0.3", 0, "127.0.0.3");
        check("localhost", 0, "127.0.0.1");
        check("LocalHost", 0, "127.0.0.1");
}

static void check_error(const char *host, int patience_msec, int error)
{
        g_autofree char *expected = g_strdup_printf("%d", error);

        check(host, patience_msec, expected);
}

static void test_looked_up(void)
{
        check("known", LONG, "127.0.0.5");
        check_error("nobody", LONG, EAI_FAIL);
        check_error("deadly", LONG, EAI_AGAIN);
        check_error("deaf", SHORT, EAI_AGAIN);
        check_error("deaf", 0, EAI_AGAIN);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        own_pid = getpid();
        g_test_add_func("/listening-address/known", test_known);
        g_test_add_func("/listening-address/looked-up", test_looked_up);
        return g_test_run();
}
