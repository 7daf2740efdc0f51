/* Diff: pairs of configurations, and what lies between them. */

#include "daemon/config/diff.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "daemon/config/load.h"

#define HEAD "[supervisord]\nlogfile=/tmp/main.log\npidfile=/tmp/pid\n"

static Config *load(const char *text)
{
        g_autofree char *path = NULL;
        g_autoptr(GError) error = NULL;
        Config *config = NULL;
        int fd = g_file_open_tmp("busvisor-diff-XXXXXX.conf", &path, &error);

        g_assert_no_error(error);
        close(fd);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        config_load(path, NULL, &config, &error);
        g_assert_no_error(error);
        g_unlink(path);
        return config;
}

/* "kind group:process options; …" */
static char *describe(const GPtrArray *changes)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < changes->len; i++) {
                const Change *change = changes->pdata[i];
                g_autofree char *options = g_strjoinv(",", change->options);

                g_string_append_printf(text, "%s%s %s", i > 0 ? "; " : "",
                                change_kind_to_string(change->kind), change->group);
                if (*change->process)
                        g_string_append_printf(text, ":%s", change->process);
                if (*options)
                        g_string_append_printf(text, " %s", options);
        }
        return g_string_free(text, false);
}

static void check(const char *before, const char *after, const char *wanted)
{
        g_autofree char *old_text = g_strconcat(HEAD, before, NULL);
        g_autofree char *new_text = g_strconcat(HEAD, after, NULL);
        g_autoptr(Config) running = load(old_text);
        g_autoptr(Config) fresh = load(new_text);
        g_autoptr(GPtrArray) changes = config_diff(running, fresh);
        g_autofree char *found = describe(changes);

        g_assert_cmpstr(found, ==, wanted);
}

#define CAT  "[program:cat]\ncommand=/bin/cat\n"
#define POOL "[eventlistener:pool]\ncommand=/bin/cat\nevents=TICK_5\n"
#define MANY "[program:many]\ncommand=/bin/cat\nprocess_name=m%(process_num)d\nnumprocs="
#define FCGI "[fcgi-program:f]\ncommand=/bin/cat\nsocket=tcp://localhost:"
#define SITE "[group:site]\nprograms=f\n"

static void test_nothing(void)
{
        check("", "", "");
        check(CAT POOL, POOL CAT, "");
        check(CAT "environment=A=\"1\",B=\"2\"\n", CAT "environment=B=\"2\",A=\"1\"\n", "");
        check(CAT, CAT "startsecs=1\nstopsignal=TERM\npriority=999\nexitcodes=0\n", "");
        check(CAT "; a comment\n", CAT, "");
}

static void test_groups(void)
{
        check("", CAT, "group-added cat");
        check(CAT, "", "group-removed cat");
        check(CAT, POOL, "group-removed cat; group-added pool");
        check(CAT, CAT "[group:site]\nprograms=cat\n", "group-removed cat; group-added site");
        /* The same name, but another kind. */
        check("[program:pool]\ncommand=/bin/cat\n", POOL, "group-removed pool; group-added pool");
}

static void test_processes(void)
{
        check(MANY "1", MANY "3", "process-added many:m1; process-added many:m2");
        check(MANY "3", MANY "1", "process-removed many:m1; process-removed many:m2");
        check(MANY "2\nnumprocs_start=0", MANY "2\nnumprocs_start=1",
                        "process-removed many:m0; process-added many:m2");
        check(MANY "2\nenvironment=A=\"%(process_num)d\"",
                        MANY "2\nenvironment=A=\"%(process_num)03d\"",
                        "process-restart many:m0 environment; "
                        "process-restart many:m1 environment");
}

static void test_restart(void)
{
        check(CAT, "[program:cat]\ncommand=/bin/cat -u\n", "process-restart cat:cat command");
        check(CAT, CAT "environment=A=\"1\"\n", "process-restart cat:cat environment");
        check(CAT "environment=A=\"1\"\n", CAT "environment=A=\"2\"\n",
                        "process-restart cat:cat environment");
        check(CAT, CAT "directory=/\numask=077\nredirect_stderr=true\n",
                        "process-restart cat:cat directory,umask,redirect_stderr,stderr_logfile");
        check(CAT, CAT "user=root\n", "process-restart cat:cat user");
        check(CAT, CAT "stdout_events_enabled=true\nstderr_capture_maxbytes=1MB\n",
                        "process-restart cat:cat stdout_events_enabled,stderr_capture_maxbytes");
        /* What is live too comes along. */
        check(CAT, CAT "directory=/\nstartsecs=5\n", "process-restart cat:cat directory,startsecs");
        /* From the environment of all. */
        check(CAT, "environment=X=\"1\"\n" CAT, "process-restart cat:cat environment");
}

static void test_live(void)
{
        check(CAT,
                        CAT "autostart=false\nautorestart=true\nstartsecs=5\nstartretries=1\n"
                            "start_interval=0.5\nexitcodes=0,2\nstopsignal=INT\nstopwaitsecs=1\n"
                            "stopasgroup=true\nkillasgroup=true\n",
                        "process-live cat:cat autostart,autorestart,startsecs,startretries,"
                        "start_interval,exitcodes,stopsignal,stopwaitsecs,stopasgroup,killasgroup");
        check(CAT, CAT "stdout_logfile_maxbytes=1MB\nstderr_logfile_backups=3\n",
                        "process-live cat:cat stdout_logfile_maxbytes,stderr_logfile_backups");
        check(CAT, CAT "priority=5\n", "process-live cat:cat priority; group-live cat priority");
}

static void test_logs(void)
{
        check(CAT, CAT "stdout_logfile=/tmp/x.log\n", "process-restart cat:cat stdout_logfile");
        check(CAT, CAT "stdout_logfile=NONE\n", "process-restart cat:cat stdout_logfile");
        /* As in Supervisor. */
        check(CAT "stdout_logfile=/tmp/x.log\n", CAT, "");
        check(CAT "stderr_logfile=NONE\n", CAT "stderr_logfile=AUTO\n", "");
}

static void test_pools(void)
{
        check(POOL, POOL "buffer_size=99\n", "pool-live pool buffer_size");
        check(POOL, "[eventlistener:pool]\ncommand=/bin/cat\nevents=TICK_60,TICK_5\n",
                        "pool-live pool events");
        check(POOL, POOL "priority=4\n",
                        "process-live pool:pool priority; pool-live pool priority");
}

static void test_sockets(void)
{
        check(FCGI "9000\n", FCGI "9001\n", "process-restart f:f socket");
        check(FCGI "9000\n", FCGI "9000\nsocket_backlog=7\n", "process-restart f:f socket_backlog");
        /* Of a member of a group. */
        check(FCGI "9000\n" SITE, FCGI "9001\n" SITE, "process-restart site:f socket");
        check(FCGI "9000\n" SITE, "[program:f]\ncommand=/bin/cat\n" SITE,
                        "process-restart site:f socket");
}

static void test_daemon(void)
{
        check("", "loglevel=debug\nminfds=100\n", "daemon supervisord loglevel,minfds");
        check("", "[inet_http_server]\nport=9001\n", "daemon inet_http_server");
        check("[inet_http_server]\nport=9001\n", "", "daemon inet_http_server");
        check("[inet_http_server]\nport=9001\n", "[inet_http_server]\nport=localhost:9002\n",
                        "daemon inet_http_server port");
}

/* As the daemon starts them, whatever the order of the file. */
static void test_order(void)
{
        check("[program:b]\ncommand=/bin/cat\n[program:z]\ncommand=/bin/cat\npriority=1\n" CAT,
                        "[program:a]\ncommand=/bin/cat\n[program:c]\ncommand=/bin/cat\npriority=1\n"
                        "[program:cat]\ncommand=/bin/cat -u\n",
                        "group-removed z; group-removed b; process-restart cat:cat command; "
                        "group-added c; group-added a");
}

static void test_reason(void)
{
        Change change = { .kind = CHANGE_PROCESS_RESTART,
                .group = "g",
                .process = "p",
                .options = (char *[]){ "command", "user", NULL } };
        g_autofree char *with = change_reason(&change);
        g_autofree char *without = NULL;

        g_assert_cmpstr(with, ==, "is restarted for: command, user");
        change.kind = CHANGE_GROUP_ADDED;
        change.options = (char *[]){ NULL };
        without = change_reason(&change);
        g_assert_cmpstr(without, ==, "is new");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/diff/nothing", test_nothing);
        g_test_add_func("/diff/groups", test_groups);
        g_test_add_func("/diff/processes", test_processes);
        g_test_add_func("/diff/restart", test_restart);
        g_test_add_func("/diff/live", test_live);
        g_test_add_func("/diff/logs", test_logs);
        g_test_add_func("/diff/pools", test_pools);
        g_test_add_func("/diff/sockets", test_sockets);
        g_test_add_func("/diff/daemon", test_daemon);
        g_test_add_func("/diff/order", test_order);
        g_test_add_func("/diff/reason", test_reason);
        return g_test_run();
}
