/* Inherit: what programs have from others, from defaults and from files of variables. */

#include "tests/unit/config-fixture.h"

#include <string.h>

static const char *variable(const ProcessConfig *process, const char *name)
{
        return g_hash_table_lookup(process->environment, name);
}

static void test_extends_and_defaults(Folder *folder, const void *data)
{
        put_file(folder, "d/more.conf", "[program:ini]\ncommand=x\nstartsecs=5\n");
        put_file(folder, "d/more.yaml",
                        "defaults: {programs: {startsecs: 7, directory: \"%(here)s\"}}\n"
                        "programs: {yaml: {command: x, environment: {C: 3}}}\n");
        g_autoptr(Config) config = load(folder, "x.yaml",
                        "include: [d/*]\n"
                        "defaults: {programs: {startsecs: 9, stopwaitsecs: 9,\n"
                        "                      environment: {A: 1, B: 1}}}\n"
                        "programs:\n"
                        "  child: {extends: base, environment: {B: 3}}\n"
                        "  base: {command: \"%(program_name)s\", stopwaitsecs: 8,\n"
                        "         environment: \"B=2,C=2\"}\n");
        const ProcessConfig *base = process_at(config, 0, 0), *child = process_at(config, 1, 0);
        const ProcessConfig *ini = process_at(config, 2, 0), *yaml = process_at(config, 3, 0);
        g_autofree char *below = g_build_filename(folder->path, "d", NULL);

        g_assert_cmpstr(child->command, ==, "child");
        g_assert_cmpint(child->startsecs, ==, 9);
        g_assert_cmpint(child->stopwaitsecs, ==, 8);
        g_assert_cmpstr(variable(child, "A"), ==, "1");
        g_assert_cmpstr(variable(child, "B"), ==, "3");
        g_assert_cmpstr(variable(child, "C"), ==, "2");
        g_assert_cmpstr(variable(base, "B"), ==, "2");
        g_assert_cmpint(ini->startsecs, ==, 5);
        g_assert_cmpint(ini->stopwaitsecs, ==, 9);
        g_assert_cmpint(yaml->startsecs, ==, 7);
        g_assert_cmpint(yaml->stopwaitsecs, ==, 9);
        g_assert_cmpstr(yaml->directory, ==, below);
        g_assert_cmpstr(variable(yaml, "A"), ==, "1");
        g_assert_cmpstr(variable(yaml, "C"), ==, "3");
}

static void check_yaml_error(Folder *folder, const char *text, const char *place, const char *word)
{
        g_autofree char *message = error_of(folder, "x.yaml", text);
        g_autofree char *whole = g_strconcat(folder->path, "/x.yaml:", place, ": ", NULL);

        g_assert_true(g_str_has_prefix(message, whole));
        g_assert_nonnull(strstr(message, word));
}

static char *chain_of_programs(int length)
{
        GString *text = g_string_new("programs:\n  p0: {command: x}\n");

        for (int i = 1; i < length; i++)
                g_string_append_printf(text, "  p%d: {extends: p%d}\n", i, i - 1);
        return g_string_free(text, FALSE);
}

static void test_inheritance_errors(Folder *folder, const void *data)
{
        g_autofree char *long_enough = chain_of_programs(32);
        g_autofree char *too_long = chain_of_programs(33);

        check_yaml_error(folder, "programs: {a: {extends: webb}, web: {command: x}}", "1:25",
                        "did you mean web?");
        check_yaml_error(folder, "programs: {a: {extends: a}}", "1:25", "itself");
        check_yaml_error(folder, "programs: {a: {extends: b}, b: {extends: a}}", "1:25", "itself");
        check_yaml_error(folder,
                        "defaults: {programs: {startsecs: x}}\nprograms: {a: {command: x}}", "1:34",
                        "'x'");
        check_yaml_error(folder, too_long, "34:18", "32 programs");
        config_free(load(folder, "x.yaml", long_enough));
}

/* A listener can extend a program; what is said in INI counts as well. */
static void test_extends_across(Folder *folder, const void *data)
{
        put_file(folder, "l.yaml", "eventlisteners: {l: {extends: a, events: [TICK]}}");
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\n[include]\nfiles=l.yaml\n"
                        "[program:a]\ncommand=x\nstartsecs=4\n[program:b]\nextends=a\n");

        g_assert_cmpint(process_at(config, 0, 0)->startsecs, ==, 4);
        g_assert_cmpint(group_at(config, 0)->kind, ==, GROUP_EVENTLISTENER);
        g_assert_cmpstr(process_at(config, 2, 0)->command, ==, "x");
}

static void test_environment_files(Folder *folder, const void *data)
{
        put_file(folder, "a.env", "A=a\nB=a\nPERCENT=%(no)s\n");
        put_file(folder, "1.env", "B=one\nC=one\n");
        g_autoptr(Config) config = load_ini(folder,
                        "[supervisord]\nenvironment_file=a.env\nenvironment=D=%(ENV_A)s\n"
                        "[program:a]\ncommand=x %(ENV_C)s %(ENV_A)s\nnumprocs=2\n"
                        "process_name=%(process_num)d\n"
                        "environment_file=-%(here)s/%(process_num)d.env, a.env ,\n"
                        "environment=B=%(ENV_A)s%(ENV_A)s,C=x\n");
        const ProcessConfig *zero = process_at(config, 0, 0), *one = process_at(config, 0, 1);

        g_assert_cmpstr(g_hash_table_lookup(config->supervisord.environment, "D"), ==, "a");
        g_assert_cmpstr(one->command, ==, "x x a");
        g_assert_cmpstr(variable(one, "B"), ==, "aa");
        g_assert_cmpstr(variable(one, "C"), ==, "x");
        g_assert_cmpstr(variable(one, "D"), ==, "a");
        g_assert_cmpstr(variable(zero, "PERCENT"), ==, "%(no)s");
        g_assert_false(has_notice(config, "environment_file"));
}

/* Inherited ones come first; a list does as well as a text. */
static void test_environment_files_add_up(Folder *folder, const void *data)
{
        put_file(folder, "a.env", "A=a\nB=a\n");
        put_file(folder, "b.env", "B=b\n");
        g_autoptr(Config) config = load(folder, "x.yaml",
                        "defaults: {programs: {environment_file: [a.env]}}\n"
                        "programs: {p: {command: x, environment_file: [b.env, -c.env]},\n"
                        "           q: {command: x}}\n");

        g_assert_cmpstr(variable(process_at(config, 0, 0), "A"), ==, "a");
        g_assert_cmpstr(variable(process_at(config, 0, 0), "B"), ==, "b");
        g_assert_cmpstr(variable(process_at(config, 1, 0), "B"), ==, "a");
}

static void test_environment_file_errors(Folder *folder, const void *data)
{
        g_autofree char *broken = write_file(folder, "broken.env", "A=1\n B\n");
        g_autofree char *place = g_strconcat(broken, ":2:2: ", NULL);
        g_autofree char *message = error_of(folder, "x.conf",
                        "[supervisord]\n[program:a]\ncommand=x\nenvironment_file=-broken.env\n");

        g_assert_true(g_str_has_prefix(message, place));
        check_error(folder, "[supervisord]\n[program:a]\ncommand=x\nenvironment_file=none.env\n", 4,
                        "none.env: cannot be read");
        check_error(folder, "[supervisord]\nenvironment_file=.\n", 2, "no ordinary file");
        g_autoptr(Config) config = load_ini(folder, "[supervisord]\nenvironment_file=-.\n");
        g_assert_true(has_notice(config, "no ordinary file"));
}

#define ADD(name, function) CONFIG_FIXTURE_ADD("/inherit/" name, function)

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        ADD("extends-and-defaults", test_extends_and_defaults);
        ADD("errors", test_inheritance_errors);
        ADD("extends-across", test_extends_across);
        ADD("environment-files", test_environment_files);
        ADD("environment-files-add-up", test_environment_files_add_up);
        ADD("environment-file-errors", test_environment_file_errors);
        return g_test_run();
}
