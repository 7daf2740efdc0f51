/* Helpers: when they are started again, how they are ended, and the token that a host gets. */

#include "daemon/helper.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "daemon/start-token.h"

typedef struct Stage {
        sd_event *event;
        sigset_t mask;
        Helper *helper;
        const char *script;
        int n_starts, n_ended, n_failed, n_rested, n_gone;
} Stage;

static int prepare(ChildSetup *setup, void *userdata)
{
        static char *environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };
        static char *arguments[] = { (char *)"sh", (char *)"-c", NULL, NULL };
        Stage *stage = userdata;

        stage->n_starts++;
        arguments[2] = (char *)stage->script;
        setup->arguments = arguments;
        setup->environment = environment;
        return 0;
}

static void on_ended(void *userdata)
{
        ((Stage *)userdata)->n_ended++;
}

static void on_failed(unsigned times, void *userdata)
{
        Stage *stage = userdata;

        g_assert_cmpuint(times, ==, helper_failures(stage->helper));
        g_assert_true(helper_is_resting(stage->helper));
        stage->n_failed++;
}

static void on_rested(void *userdata)
{
        ((Stage *)userdata)->n_rested++;
}

static void on_gone(void *userdata)
{
        ((Stage *)userdata)->n_gone++;
}

static void stage_open(Stage *stage, const char *script, bool on_demand)
{
        HelperPlan plan = {
                .name = "helper",
                .file = "/bin/sh",
                .signal_mask = &stage->mask,
                .log_level = LOG_LEVEL_DEBUG,
                .prepare = prepare,
                .on_ended = on_ended,
                .on_failed = on_failed,
                .on_rested = on_demand ? on_rested : NULL,
                .userdata = stage,
        };

        *stage = (Stage){ .script = script };
        sigemptyset(&stage->mask);
        g_assert_cmpint(sd_event_new(&stage->event), >=, 0);
        stage->helper = helper_new(stage->event, &plan);
}

static void stage_close(Stage *stage)
{
        helper_free(stage->helper);
        sd_event_unref(stage->event);
}

static void run_until(const Stage *stage, const int *counter, int count)
{
        while (*counter < count)
                g_assert_cmpint(sd_event_run(stage->event, 60000000), >, 0);
}

static void test_kept_up(void)
{
        Stage stage;

        stage_open(&stage, "exit 0", false);
        helper_start(stage.helper);
        helper_start(stage.helper);
        run_until(&stage, &stage.n_starts, 3);
        g_assert_cmpint(stage.n_ended, ==, 2);
        stage_close(&stage);
}

/* Each time it is for somebody else to say whether it is needed. */
static void test_on_demand(void)
{
        Stage stage;

        stage_open(&stage, "exit 0", true);
        helper_start(stage.helper);
        run_until(&stage, &stage.n_rested, 1);
        g_assert_cmpint(stage.n_starts, ==, 1);
        g_assert_false(helper_is_running(stage.helper));
        stage.script = "exit 1";
        helper_start(stage.helper);
        run_until(&stage, &stage.n_ended, 2);
        /* It rests still. */
        helper_start(stage.helper);
        g_assert_cmpint(stage.n_starts, ==, 2);
        run_until(&stage, &stage.n_rested, 2);
        stage_close(&stage);
}

/* An end that was asked for, or without an error, is none. */
static void test_failures(void)
{
        Stage stage;

        stage_open(&stage, "exit 1", false);
        helper_start(stage.helper);
        run_until(&stage, &stage.n_failed, 2);
        g_assert_cmpuint(helper_failures(stage.helper), ==, 2);
        stage.script = "exec sleep 1000";
        run_until(&stage, &stage.n_starts, 3);
        g_assert_cmpuint(helper_failures(stage.helper), ==, 2);
        g_assert_false(helper_is_resting(stage.helper));
        helper_end(stage.helper);
        run_until(&stage, &stage.n_ended, 3);
        g_assert_cmpuint(helper_failures(stage.helper), ==, 0);
        g_assert_cmpint(stage.n_failed, ==, 2);
        stage_close(&stage);
        stage_open(&stage, "exit 0", true);
        helper_start(stage.helper);
        run_until(&stage, &stage.n_rested, 1);
        g_assert_cmpint(stage.n_failed, ==, 0);
        stage_close(&stage);
}

static void test_end(void)
{
        Stage stage;

        stage_open(&stage, "exec sleep 1000", true);
        helper_end(stage.helper);
        helper_start(stage.helper);
        helper_end(stage.helper);
        helper_end(stage.helper);
        run_until(&stage, &stage.n_ended, 1);
        /* At once, since nothing is wrong with it. */
        g_assert_cmpint(stage.n_rested, ==, 1);
        stage_close(&stage);
}

static void test_end_by_force(void)
{
        Stage stage;

        stage_open(&stage, "trap '' TERM; while :; do sleep 0.1; done", true);
        helper_start(stage.helper);
        helper_end(stage.helper);
        run_until(&stage, &stage.n_rested, 1);
        stage_close(&stage);
}

static void test_retire(void)
{
        Stage stage;

        stage_open(&stage, "exec sleep 1000", false);
        helper_start(stage.helper);
        helper_retire(stage.helper, on_gone, &stage);
        g_assert_cmpint(stage.n_gone, ==, 0);
        run_until(&stage, &stage.n_gone, 1);
        g_assert_cmpint(stage.n_starts, ==, 1);
        helper_start(stage.helper);
        g_assert_cmpint(stage.n_starts, ==, 1);
        helper_retire(stage.helper, on_gone, &stage);
        g_assert_cmpint(stage.n_gone, ==, 2);
        stage_close(&stage);
}

static void test_token(void)
{
        StartToken token, other;
        char text[64] = "";

        start_token_init(&token);
        g_assert_false(start_token_is(&token, ""));
        g_assert_cmpint(start_token_make(&token), ==, 0);
        g_assert_cmpint(read(token.fd, text, sizeof text - 1), ==, 32);
        g_assert_true(start_token_is(&token, text));
        start_token_release(&token);
        g_assert_cmpint(token.fd, ==, -1);
        g_assert_false(start_token_is(&token, ""));
        g_assert_false(start_token_is(&token, "0"));
        text[31] ^= 1;
        g_assert_false(start_token_is(&token, text));
        text[31] ^= 1;
        start_token_init(&other);
        g_assert_cmpint(start_token_make(&other), ==, 0);
        g_assert_false(start_token_is(&other, text));
        start_token_release(&other);
        start_token_forget(&token);
        g_assert_false(start_token_is(&token, text));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/helper/kept-up", test_kept_up);
        g_test_add_func("/helper/on-demand", test_on_demand);
        g_test_add_func("/helper/failures", test_failures);
        g_test_add_func("/helper/end", test_end);
        g_test_add_func("/helper/end-by-force", test_end_by_force);
        g_test_add_func("/helper/retire", test_retire);
        g_test_add_func("/start-token/is", test_token);
        return g_test_run();
}
