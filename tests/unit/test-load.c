/* Load: whole files, with what they include, to a Config. */

#include "bus/names.h"
#include "tests/unit/config-fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_defaults(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder, "[supervisord]\n");

        g_assert_cmpstr(config->supervisord.identifier, ==, "supervisor");
        g_assert_cmpstr(config->supervisord.bus, ==, "auto");
        g_assert_cmpstr(config->supervisord.bus_name, ==, "org.busvisor1");
        g_assert_true(g_path_is_absolute(config->supervisord.logfile));
        g_assert_true(g_str_has_suffix(config->supervisord.pidfile, "/supervisord.pid"));
        g_assert_cmpint(config->supervisord.umask, ==, 022);
        g_assert_true(config->supervisord.uid == (uid_t)-1);
        g_assert_cmpuint(config->groups->len, ==, 0);
}

static void test_numprocs(Folder *folder, const void *data)
{
        g_autoptr(Config) config =
                        load_ini(folder, "[supervisord]\nenvironment=G=\"g\",B=\"g\"\n"
                                         "[program:w]\n"
                                         "command=/bin/w %(process_num)02d %(ENV_OWN)s\n"
                                         "numprocs=2\nnumprocs_start=9\n"
                                         "process_name=%(program_name)s_%(process_num)d\n"
                                         "environment=B=\"p\",OWN=\"%(process_num)d\"\n");
        const ProcessConfig *ten = process_at(config, 0, 0), *nine = process_at(config, 0, 1);

        g_assert_cmpstr(ten->name, ==, "w_10"); /* by name, not by number */
        g_assert_cmpstr(ten->command, ==, "/bin/w 10 10");
        g_assert_cmpstr(nine->command, ==, "/bin/w 09 9");
        g_assert_cmpstr(g_hash_table_lookup(nine->environment, "G"), ==, "g");
        g_assert_cmpstr(g_hash_table_lookup(nine->environment, "B"), ==, "p");
        g_assert_cmpstr(nine->group, ==, "w");
}

static void test_groups(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[program:b]\ncommand=x %(group_name)s\npriority=5\n"
                        "[program:a]\ncommand=x\n"
                        "[program:z]\ncommand=x\npriority=1\n"
                        "[group:g]\nprograms=a,b\n"
                        "[eventlistener:l]\ncommand=x\nevents=tick_60,PROCESS_STATE,TICK_60\n");
        const GroupConfig *pool = group_at(config, 0);

        g_assert_cmpuint(config->groups->len, ==, 3);
        g_assert_cmpstr(pool->name, ==, "l"); /* priority -1 */
        g_assert_cmpint(process_at(config, 0, 0)->priority, ==, 999);
        g_assert_cmpstr(pool->event_names[0], ==, "PROCESS_STATE");
        g_assert_null(pool->event_names[2]);
        g_assert_true(pool->filter.types & event_type_bit(EVENT_PROCESS_STATE_EXITED));
        g_assert_cmpstr(group_at(config, 1)->name, ==, "z");
        g_assert_cmpstr(process_at(config, 2, 0)->name, ==, "b");
        g_assert_cmpstr(process_at(config, 2, 0)->command, ==, "x g");
        g_assert_cmpuint(process_at(config, 2, 0)->position, ==, 1);
}

static void test_same_names(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[program:a]\ncommand=x\nprocess_name=same\n"
                        "[program:b]\ncommand=y\nprocess_name=same\n"
                        "[group:g]\nprograms=a,b\n"
                        "[eventlistener:g]\ncommand=x\nevents=TICK\npriority=1000\n");

        g_assert_cmpuint(config->groups->len, ==, 1);
        g_assert_cmpint(group_at(config, 0)->kind, ==, GROUP_PROGRAM);
        g_assert_cmpuint(group_at(config, 0)->processes->len, ==, 1);
        g_assert_cmpstr(process_at(config, 0, 0)->command, ==, "y");
        g_assert_true(has_notice(config, "'same'"));
        g_assert_true(has_notice(config, "'g'"));
}

static void test_channels(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[program:a]\ncommand=x\nstdout_logfile=syslog\nredirect_stderr=true\n"
                        "stderr_logfile=/dev/null\n"
                        "[program:b]\ncommand=x\nstdout_logfile=/tmp/%%%%s\n"
                        "stderr_logfile=/tmp/50%%\n"
                        "[program:c]\ncommand=x\nstdout_logfile=Journal\n"
                        "stdout_logfile_prefix=name\nstderr_journal=true\n"
                        "stderr_logfile_rotate_every=1h\nstderr_logfile_format=json\n");

        g_assert_null(process_at(config, 0, 0)->output.logfile);
        g_assert_true(process_at(config, 0, 0)->output.syslog);
        g_assert_null(process_at(config, 0, 0)->error.logfile);
        g_assert_true(has_notice(config, "stdout_syslog=true"));
        g_assert_true(has_notice(config, "stderr_logfile has no effect"));
        g_assert_cmpstr(process_at(config, 1, 0)->output.logfile, ==, "/tmp/%s");
        g_assert_cmpstr(process_at(config, 1, 0)->error.logfile, ==, "/tmp/50%");
        g_assert_null(process_at(config, 2, 0)->output.logfile);
        g_assert_true(process_at(config, 2, 0)->output.journal);
        g_assert_cmpuint(process_at(config, 2, 0)->output.prefix, ==, LOG_PREFIX_NAME);
        g_assert_cmpstr(process_at(config, 2, 0)->error.logfile, ==, "AUTO");
        g_assert_true(process_at(config, 2, 0)->error.journal);
        g_assert_cmpint(process_at(config, 2, 0)->error.rotate_every, ==, 3600);
        g_assert_cmpint(process_at(config, 2, 0)->error.format, ==, LOG_FORMAT_JSON);
}

static void test_http_servers(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[unix_http_server]\nfile=%(here)s/a/../s.sock\nchown=root:root\n"
                        "[inet_http_server:two]\nport=*:9001\nusername=u\npassword=p\n");
        const HttpServerConfig *inet = config->http_servers->pdata[0];
        const HttpServerConfig *local = config->http_servers->pdata[1];
        g_autofree char *path = g_build_filename(folder->path, "s.sock", NULL);
        g_autofree char *url = config_server_url(config);
        g_autofree char *expected_url = g_strconcat("unix://", path, NULL);

        g_assert_cmpstr(inet->section, ==, "inet_http_server:two");
        g_assert_cmpint(inet->port, ==, 9001);
        g_assert_null(inet->file);
        g_assert_cmpstr(local->file, ==, path);
        g_assert_cmpint(local->chmod, ==, 0700);
        g_assert_cmpuint(local->owner_gid, ==, 0);
        g_assert_cmpstr(url, ==, expected_url);
}

static const SocketConfig *socket_at(const Config *config, unsigned index)
{
        return group_at(config, index)->sockets->pdata[0];
}

static void test_fcgi(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[fcgi-program:a]\ncommand=x\nsocket=tcp://LocalHost:9000\n"
                        "socket_backlog=7\n"
                        "[fcgi-program:b]\ncommand=x\nsocket=unix:///run/../%(program_name)s\n"
                        "socket_owner=0:0\n"
                        "[fcgi-program:c]\ncommand=x\nsocket=unix:///c\nuser=nobody\n"
                        "numprocs=0\n");

        g_assert_cmpint(socket_at(config, 2)->uid, ==, getuid() == 65534 ? -1 : 65534);
        g_assert_cmpstr(socket_at(config, 0)->url, ==, "tcp://localhost:9000");
        g_assert_cmpint(socket_at(config, 0)->backlog, ==, 7);
        g_assert_cmpint(socket_at(config, 0)->mode, ==, -1);
        g_assert_cmpstr(socket_at(config, 1)->url, ==, "unix:///b");
        g_assert_cmpint(socket_at(config, 1)->mode, ==, 0700);
        g_assert_cmpint(socket_at(config, 1)->uid, ==, 0);
        g_assert_cmpint(socket_at(config, 1)->gid, ==, 0);
}

static void test_fcgi_in_group(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n"
                        "[program:a]\ncommand=x\n"
                        "[fcgi-program:b]\ncommand=x\nsocket=unix:///run/%(program_name)s\n"
                        "numprocs=2\nprocess_name=b%(process_num)d\n"
                        "[fcgi-program:c]\ncommand=x\n"
                        "[group:g]\nprograms=a,b,c\n");

        g_assert_cmpuint(group_at(config, 0)->sockets->len, ==, 1);
        g_assert_null(process_at(config, 0, 0)->socket);
        g_assert_true(process_at(config, 0, 1)->socket == socket_at(config, 0));
        g_assert_true(process_at(config, 0, 2)->socket == socket_at(config, 0));
        g_assert_null(process_at(config, 0, 3)->socket);
        g_assert_cmpstr(socket_at(config, 0)->program, ==, "b");
        g_assert_cmpstr(socket_at(config, 0)->url, ==, "unix:///run/b");
        g_assert_true(has_notice(config, "has no socket, and is an ordinary program"));
}

static void test_include(Folder *folder, const void *data)
{
        put_file(folder, "d/1.conf",
                        "[program:one]\ncommand=%(here)s\n[supervisord]\nidentifier=inc\n");
        put_file(folder, "d/2.conf", "[program:one]\nstartsecs=5\n");
        put_file(folder, "e/4.conf", "[program:other]\ncommand=%(here)s\n");
        put_file(folder, "d/.3.conf", "broken");
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\nidentifier=main\n"
                        "[include]\nfiles = d/*.conf\n  none/*.conf\n  ./d/../e/*.conf\n"
                        "[program:main]\ncommand=%(here)s %%(here)s\npriority=1\n");
        g_autofree char *below = g_build_filename(folder->path, "d", NULL);
        g_autofree char *beside = g_build_filename(folder->path, "e", NULL);
        g_autofree char *main_command = g_strconcat(folder->path, " %(here)s", NULL);

        g_assert_cmpstr(config->supervisord.identifier, ==, "inc");
        g_assert_cmpstr(process_at(config, 0, 0)->command, ==, main_command);
        g_assert_cmpstr(process_at(config, 1, 0)->command, ==, below);
        g_assert_cmpint(process_at(config, 1, 0)->startsecs, ==, 5);
        g_assert_cmpstr(process_at(config, 2, 0)->command, ==, beside);
        g_assert_true(has_notice(config, "No file matches via include"));
        g_assert_true(has_notice(config, "2.conf"));
}

static void test_include_errors(Folder *folder, const void *data)
{
        g_autofree char *broken = write_file(folder, "broken.conf", "[x]\nword\n");
        g_autofree char *place = g_strconcat(broken, ":2: ", NULL);
        g_autofree char *message =
                        error_of(folder, "x.conf", "[supervisord]\n[include]\nfiles=broken.conf\n");

        g_assert_true(g_str_has_prefix(message, place));
        check_error(folder, "[supervisord]\n[include]\n", 2, "files");
}

/* Two percent signs and four both make one. */
static void test_environment_of_supervisord(Folder *folder, const void *data)
{
        g_autoptr(Config) four = load_ini(folder, "[supervisord]\nenvironment=A=\"1%%%%\"\n"
                                                  "[program:a]\ncommand=x %(ENV_A)s\n");
        g_autoptr(Config) two = load_ini(folder, "[supervisord]\nenvironment=A=\"2%%\"\n"
                                                 "[program:a]\ncommand=x %(ENV_A)s\n");

        g_assert_cmpstr(process_at(four, 0, 0)->command, ==, "x 1%");
        g_assert_cmpstr(process_at(two, 0, 0)->command, ==, "x 2%");
        g_assert_cmpstr(g_hash_table_lookup(process_at(two, 0, 0)->environment, "A"), ==, "2%");
}

static void test_lone_percent_s(Folder *folder, const void *data)
{
        g_autoptr(Config) config =
                        load_ini(folder, "[supervisord]\n[program:a]\ncommand=date +%s\n");

        g_assert_cmpstr(process_at(config, 0, 0)->command, ==, "date +%s");
        g_assert_true(has_notice(config, "x.conf:3: [program:a] command"));
}

static void test_errors(Folder *folder, const void *data)
{
        check_error(folder, "[supervisord]\n[program:a]\n", 2, "command");
        check_error(folder, "[supervisord]\n[program:a b]\ncommand=x\n", 2, "a b");
        check_error(folder, "[supervisord]\n[program:a]\ncommand=x\nnumprocs=2\n", 2,
                        "process_num");
        check_error(folder, "[supervisord]\n[program:a]\ncommand=x\nstartsecs=x\n", 4, "startsecs");
        check_error(folder, "[supervisord]\n[program:a]\ncommand=%(no)s\n", 3, "%(no)");
        check_error(folder, "[supervisord]\n[program:a]\ncommand=x\nstopasgroup=1\nkillasgroup=0\n",
                        5, "killasgroup");
        check_error(folder, "[supervisord]\n[program:a]\ncommand=x\nuser=no-such\n", 4, "no-such");
        check_error(folder, "[supervisord]\n[group:g]\nprograms=a\n", 3, "'a'");
        check_error(folder, "[supervisord]\n[eventlistener:l]\ncommand=x\n", 2, "events");
        check_error(folder, "[supervisord]\n[eventlistener:l]\ncommand=x\nevents=TICK_61\n", 4,
                        "TICK_60");
        check_error(folder,
                        "[supervisord]\n[eventlistener:l]\ncommand=x\nevents=TICK\n"
                        "redirect_stderr=true\n",
                        5, "redirect_stderr");
        check_error(folder,
                        "[supervisord]\n[eventlistener:l]\ncommand=x\nevents=TICK\n"
                        "result_handler=my:handler\n",
                        5, "my:handler");
        check_error(folder,
                        "[supervisord]\n[eventlistener:l]\ncommand=x\nevents=TICK\n"
                        "result_handler=supervisor_stdout:other\n",
                        5, "answer OK or FAIL");
        check_error(folder, "[supervisord]\n[inet_http_server]\nport=1\nusername=x\n", 4, "both");
        check_error(folder, "[supervisord]\n[unix_http_server]\n", 2, "file");
        check_error(folder, "[supervisord]\n[fcgi-program:f]\ncommand=x\n", 2, "socket");
        check_error(folder,
                        "[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=tcp://h:1\n"
                        "socket_mode=0700\n",
                        4, "UNIX");
        check_error(folder, "[supervisord]\nx=\xff\n", 2, "UTF-8");
        check_error(folder, "[supervisord]\n[rpcinterface:supervisor]\n", 2, "factory");
        check_error(folder,
                        "[supervisord]\n[DEFAULT]\nx=%(no)s\n[rpcinterface:supervisor]\n"
                        "supervisor.rpcinterface_factory=a:b\n",
                        3, "%(no)");
}

static void test_notices(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "\xef\xbb\xbf[supervisord]\nlogfiel=x\n"
                        "[progrm:x]\n"
                        "[rpcinterface:other]\nsupervisor.rpcinterface_factory=a:b\n"
                        "[ctlplugin:c]\nsupervisor.ctl_factory=a:b\n");

        g_assert_true(has_notice(config, "did you mean logfile?"));
        g_assert_true(has_notice(config, "did you mean [program:]?"));
        g_assert_true(has_notice(config, "'a:b'"));
        g_assert_true(has_notice(config, "[ctlplugin:c]"));
}

static unsigned count_notices(const Config *config, const char *word)
{
        unsigned count = 0;

        for (unsigned i = 0; i < config->notices->len; i++)
                count += strstr(((ConfigNotice *)config->notices->pdata[i])->text, word) != NULL;
        return count;
}

static void test_notice_once(Folder *folder, const void *data)
{
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n[program:a]\ncommand=date +%s\nnumprocs=5\n"
                        "process_name=a%(process_num)d\n");

        g_assert_cmpuint(count_notices(config, "a %s without a name"), ==, 1);
}

static void test_error_is_one_line(Folder *folder, const void *data)
{
        check_error(folder, "[supervisord]\nminfds=1\n  2\n", 2, "'1 2'");
}

static void test_too_many_processes(Folder *folder, const void *data)
{
        check_error(folder,
                        "[supervisord]\n[program:a]\ncommand=x\nnumprocs=100001\n"
                        "process_name=a%(process_num)d\n",
                        4, "100000");
}

/* The name that is in the file is short. */
static void test_expanded_name(Folder *folder, const void *data)
{
        g_autofree char *longest = g_strnfill(BUS_PATH_NAME_MAX, 'x');
        g_autofree char *longer = g_strnfill(BUS_PATH_NAME_MAX + 1, 'x');
        const char *text = "[supervisord]\n[program:a]\ncommand=x\nprocess_name=%(ENV_NAME)s\n";

        g_setenv("NAME", longest, TRUE);
        config_free(load_ini(folder, text));
        g_setenv("NAME", longer, TRUE);
        check_error(folder, text, 4, "more than 10000 bytes");
        g_unsetenv("NAME");
}

static void test_too_much_in_all(Folder *folder, const void *data)
{
        GString *text = g_string_new("[supervisord]\nenvironment=A0=x");

        for (int i = 1; i < 100; i++)
                g_string_append_printf(text, ",A%d=x", i);
        g_string_append(text, "\n[program:a]\ncommand=x\nnumprocs=50001\n"
                              "process_name=%(process_num)d\n");
        check_error(folder, text->str, 3, "5000000 variables");
        g_string_assign(text, "[supervisord]\n");
        for (char name = 'a'; name < 'd'; name++)
                g_string_append_printf(text,
                                "[program:%c]\ncommand=x\nnumprocs=70000\n"
                                "process_name=%%(process_num)d\n",
                                name);
        check_error(folder, text->str, 12, "200000 processes");
        g_string_free(text, TRUE);
}

static void test_include_of_a_pipe(Folder *folder, const void *data)
{
        g_autofree char *pipe = g_build_filename(folder->path, "pipe.conf", NULL);
        g_autoptr(Config) config = NULL;

        g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
        config = load_ini(folder, "[supervisord]\n[include]\nfiles=pipe.conf\n");
        g_assert_true(has_notice(config, "pipe.conf: left out"));
}

static void test_overrides(Folder *folder, const void *data)
{
        g_autofree char *path = write_file(folder, "x.conf", "[supervisord]\nidentifier=file\n");
        g_autoptr(GHashTable) overrides = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(Config) config = NULL;
        g_autoptr(GError) error = NULL;
        Config *refused = NULL;

        g_hash_table_insert(overrides, "identifier", "100%");
        g_hash_table_insert(overrides, "nodaemon", "true");
        g_assert_true(config_load(path, overrides, &config, NULL));
        g_assert_cmpstr(config->supervisord.identifier, ==, "100%");
        g_assert_true(config->supervisord.nodaemon);
        g_hash_table_insert(overrides, "loglevel", "loud");
        g_assert_false(config_load(path, overrides, &refused, &error));
        g_assert_nonnull(strstr(error->message, "loglevel"));
}

static void test_yaml(Folder *folder, const void *data)
{
        put_file(folder, "more.conf", "[program:ini]\ncommand=%(here)s\n");
        g_autoptr(Config) config = load(folder, "x.yaml",
                        "programs:\n"
                        "  web:\n"
                        "    command: [a, \"b c\", \"%(program_name)s\"]\n"
                        "    environment: {PORT: 80}\n"
                        "include: [\"%(here)s/more.conf\"]\n");
        const ProcessConfig *web = process_at(config, 1, 0);

        g_assert_cmpstr(process_at(config, 0, 0)->command, ==, folder->path);
        g_assert_cmpstr(web->command_list[2], ==, "web");
        g_assert_cmpstr(web->command, ==, "a 'b c' web");
        g_assert_cmpstr(g_hash_table_lookup(web->environment, "PORT"), ==, "80");
}

static void test_yaml_errors(Folder *folder, const void *data)
{
        g_autofree char *message = error_of(folder, "x.yaml",
                        "programs:\n  web:\n    command: x\n    startsecs: ten\n");
        g_autofree char *place = g_strconcat(folder->path, "/x.yaml:4:16: ", NULL);

        g_assert_true(g_str_has_prefix(message, place));
}

static void test_unreadable(Folder *folder, const void *data)
{
        g_autofree char *missing = g_build_filename(folder->path, "none.conf", NULL);
        g_autofree char *huge = g_build_filename(folder->path, "huge.conf", NULL);
        g_autoptr(GError) error = NULL;
        FILE *file = fopen(huge, "w");
        Config *config = NULL;

        g_assert_nonnull(file);
        g_assert_cmpint(ftruncate(fileno(file), (16 << 20) + 1), ==, 0);
        fclose(file);
        g_assert_false(config_load(missing, NULL, &config, NULL));
        g_assert_false(config_load(folder->path, NULL, &config, NULL));
        g_assert_false(config_load(huge, NULL, &config, &error));
        g_assert_nonnull(strstr(error->message, "16 MiB"));
}

static void test_find_file(Folder *folder, const void *data)
{
        g_autofree char *program = g_build_filename(folder->path, "bin", "busvisord", NULL);
        g_autofree char *expected = write_file(folder, "etc/supervisord.conf", "[supervisord]\n");
        g_autofree char *before = g_get_current_dir();
        g_autofree char *supervisord = g_build_filename(folder->path, "bin", "supervisord", NULL);
        g_autofree char *found = NULL, *found_here = NULL, *found_first = NULL;

        g_assert_cmpint(chdir(folder->path), ==, 0);
        if (!g_file_test("/etc/busvisor/busvisor.yaml", G_FILE_TEST_EXISTS)) {
                g_assert_true(config_find_file(program, &found, NULL));
                g_assert_cmpstr(found, ==, expected);
        }
        put_file(folder, "busvisor.yaml", "");
        g_assert_true(config_find_file(program, &found_here, NULL));
        g_assert_cmpstr(found_here, ==, "busvisor.yaml");
        g_assert_true(config_find_file(supervisord, &found_first, NULL));
        g_assert_cmpstr(found_first, ==, expected);
        g_assert_cmpint(chdir(before), ==, 0);
}

/* argv[0] is only its name then. */
static void test_find_from_path(Folder *folder, const void *data)
{
        g_autofree char *expected = write_file(folder, "etc/supervisord.conf", "[supervisord]\n");
        g_autofree char *program = write_file(folder, "bin/supervisord", "");
        g_autofree char *bin = g_path_get_dirname(program);
        g_autofree char *before = g_strdup(g_getenv("PATH"));
        g_autofree char *path = g_strconcat(bin, ":", before, NULL);
        g_autofree char *found = NULL;

        g_assert_cmpint(chmod(program, 0755), ==, 0);
        g_setenv("PATH", path, true);
        g_assert_true(config_find_file("supervisord", &found, NULL));
        g_setenv("PATH", before, true);
        g_assert_cmpstr(found, ==, expected);
}

#define ADD(name, function) CONFIG_FIXTURE_ADD("/load/" name, function)

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        ADD("defaults", test_defaults);
        ADD("numprocs", test_numprocs);
        ADD("groups", test_groups);
        ADD("same-names", test_same_names);
        ADD("channels", test_channels);
        ADD("http-servers", test_http_servers);
        ADD("fcgi", test_fcgi);
        ADD("fcgi-in-group", test_fcgi_in_group);
        ADD("include", test_include);
        ADD("include-errors", test_include_errors);
        ADD("environment-of-supervisord", test_environment_of_supervisord);
        ADD("lone-percent-s", test_lone_percent_s);
        ADD("errors", test_errors);
        ADD("notices", test_notices);
        ADD("notice-once", test_notice_once);
        ADD("error-is-one-line", test_error_is_one_line);
        ADD("too-many-processes", test_too_many_processes);
        ADD("expanded-name", test_expanded_name);
        ADD("too-much-in-all", test_too_much_in_all);
        ADD("include-of-a-pipe", test_include_of_a_pipe);
        ADD("overrides", test_overrides);
        ADD("yaml", test_yaml);
        ADD("yaml-errors", test_yaml_errors);
        ADD("unreadable", test_unreadable);
        ADD("find-file", test_find_file);
        ADD("find-from-path", test_find_from_path);
        return g_test_run();
}
