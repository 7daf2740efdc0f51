/* Dump and sample: both are made from the option table and say all of it. */

#include "daemon/config/dump.h"

#include <glib/gstdio.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config/load.h"
#include "daemon/config/options.h"
#include "daemon/config/sample.h"

static char *write_temporary(const char *text)
{
        char *path = NULL;
        int fd = g_file_open_tmp("busvisor-XXXXXX.conf", &path, NULL);

        g_assert_cmpint(fd, >=, 0);
        g_assert_true(g_close(fd, NULL));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

static Config *load(const char *text)
{
        g_autofree char *path = write_temporary(text);
        g_autoptr(GError) error = NULL;
        Config *config = NULL;

        config_load(path, NULL, &config, &error);
        g_remove(path);
        g_assert_no_error(error);
        return config;
}

static struct json_object *dump(const Config *config)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        struct json_object *object;

        config_dump(config, stream);
        fclose(stream);
        object = json_tokener_parse(text);
        free(text);
        g_assert_nonnull(object);
        return object;
}

static struct json_object *member(struct json_object *object, const char *name)
{
        struct json_object *found = NULL;

        g_assert_true(json_object_object_get_ex(object, name, &found));
        return found;
}

static void check_member(struct json_object *object, const char *name, const char *expected)
{
        g_assert_cmpstr(json_object_to_json_string_ext(
                                        member(object, name), JSON_C_TO_STRING_NOSLASHESCAPE),
                        ==, expected);
}

static void test_process(void)
{
        g_autoptr(Config) config = load("[supervisord]\numask=077\nenvironment=A=1\n"
                                        "[program:p]\ncommand=/bin/x 'a b'\nstopsignal=HUP\n"
                                        "umask=002\nautorestart=unexpected\nuser=root\n"
                                        "pdeathsig=KILL\nexit_policy=essential\n"
                                        "stdout_logfile_prefix=name\n");
        struct json_object *all = dump(config);
        struct json_object *group = json_object_array_get_idx(member(all, "groups"), 0);
        struct json_object *process = json_object_array_get_idx(member(group, "processes"), 0);

        check_member(member(all, "supervisord"), "umask", "\"077\"");
        check_member(member(all, "supervisord"), "serverurl", "null");
        check_member(group, "type", "\"program\"");
        check_member(process, "namespec", "\"p\"");
        check_member(process, "argv", "[\"/bin/x\",\"a b\"]");
        check_member(process, "argv_error", "null");
        check_member(process, "stopsignal", "1");
        check_member(process, "stopsignal_name", "\"SIGHUP\"");
        check_member(process, "umask", "\"02\"");
        check_member(process, "uid", "0");
        check_member(process, "autorestart", "\"unexpected\"");
        check_member(process, "environment", "{\"A\":\"1\"}");
        check_member(process, "stdout_logfile", "\"AUTO\"");
        check_member(process, "pdeathsig", "9");
        check_member(process, "exit_policy", "\"essential\"");
        check_member(process, "stdout_logfile_prefix", "[\"name\"]");
        json_object_put(all);
}

static void test_every_process_option(void)
{
        g_autoptr(Config) config = load("[supervisord]\n[program:p]\ncommand='\n");
        struct json_object *all = dump(config);
        struct json_object *group = json_object_array_get_idx(member(all, "groups"), 0);
        struct json_object *process = json_object_array_get_idx(member(group, "processes"), 0);

        for (size_t i = 0; i < n_options; i++)
                if (options[i].target == TARGET_PROCESS)
                        member(process, options[i].name);
        check_member(process, "argv", "null");
        g_assert_nonnull(member(process, "argv_error"));
        json_object_put(all);
}

static void test_servers_and_pools(void)
{
        g_autoptr(Config) config = load("[supervisord]\n[unix_http_server:u]\nfile=/run/x\n"
                                        "[inet_http_server]\nport=h:9001\n"
                                        "[eventlistener:l]\ncommand=x\nevents=TICK\n"
                                        "[fcgi-program:f]\ncommand=x\nsocket=unix:///run/f\n");
        struct json_object *all = dump(config);
        struct json_object *inet = json_object_array_get_idx(member(all, "http_servers"), 0);
        struct json_object *local = json_object_array_get_idx(member(all, "http_servers"), 1);
        struct json_object *pool = json_object_array_get_idx(member(all, "groups"), 0);
        struct json_object *fcgi = json_object_array_get_idx(member(all, "groups"), 1);

        check_member(inet, "family", "\"inet\"");
        check_member(inet, "port", "9001");
        check_member(inet, "name", "null");
        check_member(local, "name", "\"u\"");
        check_member(local, "chown", "[-1,-1]");
        check_member(local, "chmod", "\"0700\"");
        check_member(pool, "events", "[\"TICK\"]");
        check_member(pool, "buffer_size", "10");
        check_member(pool, "filter_processes", "[]");
        g_assert_cmpuint(json_object_array_length(member(pool, "processes")), ==, 1);
        check_member(fcgi, "socket",
                        "{\"url\":\"unix:///run/f\",\"backlog\":null,\"owner\":null,"
                        "\"mode\":\"0700\"}");
        json_object_put(all);
}

/* The sample is a file that loads as it is, and names every option. */
static void test_sample(void)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);

        config_print_sample(stream);
        fclose(stream);
        for (size_t i = 0; i < n_options; i++) {
                g_autofree char *line = g_strdup_printf("\n;%s=", options[i].name);

                g_assert_nonnull(strstr(text, line));
        }
        config_free(load(text));
        free(text);
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/dump/process", test_process);
        g_test_add_func("/dump/every-process-option", test_every_process_option);
        g_test_add_func("/dump/servers-and-pools", test_servers_and_pools);
        g_test_add_func("/dump/sample", test_sample);
        return g_test_run();
}
