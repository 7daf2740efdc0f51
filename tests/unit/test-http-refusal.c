/* HTTP refusal: what who connects is answered, without being read, and how many at a time. */

#include "daemon/http-refusal.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/cleanup.h"

#define N_CLIENTS (HTTP_REFUSAL_MAX + 20)

typedef struct Stage {
        sd_event *event;
        HttpRefusal *refusal;
        int listening;
        struct sockaddr_un address;
        socklen_t size;
} Stage;

/* At an address of no folder, which the kernel chooses. */
static void stage_open(Stage *stage)
{
        *stage = (Stage){ .address = { .sun_family = AF_UNIX }, .size = sizeof stage->address };
        stage->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        g_assert_cmpint(bind(stage->listening, (struct sockaddr *)&stage->address,
                                        sizeof(sa_family_t)),
                        ==, 0);
        g_assert_cmpint(listen(stage->listening, 1024), ==, 0);
        g_assert_cmpint(getsockname(stage->listening, (struct sockaddr *)&stage->address,
                                        &stage->size),
                        ==, 0);
        g_assert_cmpint(sd_event_new(&stage->event), >=, 0);
        stage->refusal = http_refusal_new(stage->event, "nobody is there");
}

static void stage_close(Stage *stage)
{
        http_refusal_free(stage->refusal);
        sd_event_unref(stage->event);
        fd_close(stage->listening);
}

static int stage_connect(const Stage *stage)
{
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        g_assert_cmpint(connect(fd, (const struct sockaddr *)&stage->address, stage->size), ==, 0);
        return fd;
}

/* What has come so far; NULL = nothing. */
static char *receive(int fd)
{
        char text[1024];
        ssize_t size = recv(fd, text, sizeof text, MSG_DONTWAIT);

        return size < 0 ? NULL : g_strndup(text, size);
}

static void run_until_answered(const Stage *stage, int fd)
{
        char byte;

        while (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
                g_assert_cmpint(sd_event_run(stage->event, 60000000), >, 0);
}

static void test_answer(void)
{
        Stage stage;
        g_autofree char *text = NULL;
        g_autofree char *rest = NULL;
        const char *body;
        autofd fd = -1;

        stage_open(&stage);
        http_refusal_add(stage.refusal, stage.listening);
        fd = stage_connect(&stage);
        run_until_answered(&stage, fd);
        text = receive(fd);
        g_assert_true(g_str_has_prefix(text, "HTTP/1.1 503 nobody is there\r\nServer: busvisor/"));
        body = strstr(text, "\r\n\r\n");
        g_assert_nonnull(body);
        g_assert_true(g_str_has_prefix(body + 4, "nobody is there; "));
        rest = receive(fd);
        g_assert_cmpstr(rest, ==, "");
        /* It can still say what it has come for. */
        g_assert_cmpint(send(fd, "GET / HTTP/1.1\r\n", 16, MSG_NOSIGNAL), ==, 16);
        stage_close(&stage);
        g_assert_cmpint(send(fd, "\r\n", 2, MSG_NOSIGNAL), <, 0);
}

static void test_cleared(void)
{
        Stage stage;
        autofd first = -1, second = -1;

        stage_open(&stage);
        http_refusal_add(stage.refusal, stage.listening);
        first = stage_connect(&stage);
        run_until_answered(&stage, first);
        http_refusal_clear(stage.refusal);
        second = stage_connect(&stage);
        g_assert_cmpint(sd_event_run(stage.event, 0), >=, 0);
        g_assert_null(receive(second));
        http_refusal_add(stage.refusal, stage.listening);
        run_until_answered(&stage, second);
        stage_close(&stage);
}

static unsigned count_answered(const int *clients)
{
        unsigned n = 0;

        for (int i = 0; i < N_CLIENTS; i++) {
                char byte;

                if (recv(clients[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
                        n++;
        }
        return n;
}

/* The last ones are answered when the first ones have been let go. */
static void test_many(void)
{
        Stage stage;
        int clients[N_CLIENTS];

        stage_open(&stage);
        for (int i = 0; i < N_CLIENTS; i++)
                clients[i] = stage_connect(&stage);
        http_refusal_add(stage.refusal, stage.listening);
        run_until_answered(&stage, clients[0]);
        g_assert_cmpuint(count_answered(clients), <=, HTTP_REFUSAL_MAX);
        g_assert_cmpint(send(clients[0], "x", 1, MSG_NOSIGNAL), ==, 1);
        run_until_answered(&stage, clients[N_CLIENTS - 1]);
        g_assert_cmpuint(count_answered(clients), ==, N_CLIENTS);
        g_assert_cmpint(send(clients[0], "x", 1, MSG_NOSIGNAL), <, 0);
        for (int i = 0; i < N_CLIENTS; i++)
                fd_close(clients[i]);
        stage_close(&stage);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/http-refusal/answer", test_answer);
        g_test_add_func("/http-refusal/cleared", test_cleared);
        g_test_add_func("/http-refusal/many", test_many);
        return g_test_run();
}
