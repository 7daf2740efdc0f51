/* YAML: what becomes of each kind of value, and what is refused where. */

#include "daemon/config/yaml.h"

#include <string.h>

static Sections *parse(const char *text)
{
        Sections *sections = sections_new();
        unsigned file = sections_add_file(sections, "/x.yaml");
        g_autoptr(GError) error = NULL;

        g_assert_true(yaml_parse(text, sections, file, &error));
        g_assert_no_error(error);
        return sections;
}

static const Setting *get(const Sections *sections, const char *section, const char *key)
{
        g_assert_nonnull(sections_find(sections, section));
        return sections_get(sections, sections_find(sections, section), key);
}

static void check_refused(const char *text, const char *place, const char *word)
{
        g_autoptr(Sections) sections = sections_new();
        g_autoptr(GError) error = NULL;
        unsigned file = sections_add_file(sections, "/x.yaml");

        g_assert_false(yaml_parse(text, sections, file, &error));
        g_assert_true(g_str_has_prefix(error->message, place));
        g_assert_nonnull(strstr(error->message, word));
        g_assert_null(strchr(error->message, '\n'));
}

static void test_scalars(void)
{
        g_autoptr(Sections) sections = parse("supervisord: {identifier: web1, nodaemon: yes}\n"
                                             "programs:\n"
                                             "  web:\n"
                                             "    command: a b\n"
                                             "    umask: \"022\"\n"
                                             "    stdout_logfile: null\n"
                                             "    numprocs: \"%(ENV_N)s\"\n");

        g_assert_cmpstr(get(sections, "supervisord", "identifier")->text, ==, "web1");
        g_assert_cmpstr(get(sections, "supervisord", "nodaemon")->text, ==, "yes");
        g_assert_cmpstr(get(sections, "program:web", "umask")->text, ==, "022");
        g_assert_cmpstr(get(sections, "program:web", "stdout_logfile")->text, ==, "NONE");
        g_assert_cmpstr(get(sections, "program:web", "numprocs")->text, ==, "%(ENV_N)s");
        g_assert_cmpuint(get(sections, "program:web", "command")->place.line, ==, 4);
        g_assert_cmpuint(get(sections, "program:web", "command")->place.column, ==, 14);
}

static void test_lists_and_maps(void)
{
        g_autoptr(Sections) sections =
                        parse("programs: {web: {command: [a, b c], exitcodes: [0, 2],\n"
                              "                 environment: {PORT: 80, A: \"x,y\"}}}\n"
                              "groups: {g: {programs: [web, other]}}\n"
                              "eventlisteners: {l: {command: x, events: [TICK_5, TICK_60]}}\n"
                              "include: [a.yaml, b.conf]\n");
        const Setting *command = get(sections, "program:web", "command");
        const Setting *environment = get(sections, "program:web", "environment");

        g_assert_cmpint(command->shape, ==, SETTING_LIST);
        g_assert_cmpstr(command->items[1], ==, "b c");
        g_assert_cmpint(environment->shape, ==, SETTING_MAP);
        g_assert_cmpstr(environment->items[0], ==, "PORT");
        g_assert_cmpstr(environment->items[3], ==, "x,y");
        g_assert_cmpstr(get(sections, "program:web", "exitcodes")->text, ==, "0,2");
        g_assert_cmpstr(get(sections, "group:g", "programs")->text, ==, "web,other");
        g_assert_cmpstr(get(sections, "eventlistener:l", "events")->text, ==, "TICK_5,TICK_60");
        g_assert_cmpstr(get(sections, "include", "files")->items[1], ==, "b.conf");
}

static void test_anchors(void)
{
        g_autoptr(Sections) sections =
                        parse("programs: {a: &x {command: c}, b: *x}\nsupervisord:\ngroups: ~\n");

        g_assert_cmpstr(get(sections, "program:b", "command")->text, ==, "c");
        g_assert_nonnull(sections_find(sections, "supervisord"));
}

/* A map's own keys win over those that it merges, the first of several over the later ones. */
static void test_merge_keys(void)
{
        g_autoptr(Sections) sections =
                        parse("x-one: &one {startsecs: 1, priority: 1}\n"
                              "x-two: &two {<<: *one, startsecs: 2, umask: 022}\n"
                              "programs:\n"
                              "  a: {<<: *two, command: x}\n"
                              "  b: {command: x, priority: 9, <<: [*one, *two]}\n"
                              "  c: {command: x, \"environment\": {<<: {A: 1, B: 2}, B: 3}}\n");

        g_assert_cmpstr(get(sections, "program:a", "startsecs")->text, ==, "2");
        g_assert_cmpstr(get(sections, "program:a", "priority")->text, ==, "1");
        g_assert_cmpuint(get(sections, "program:a", "priority")->place.line, ==, 1);
        g_assert_cmpstr(get(sections, "program:b", "startsecs")->text, ==, "1");
        g_assert_cmpstr(get(sections, "program:b", "priority")->text, ==, "9");
        g_assert_cmpstr(get(sections, "program:b", "umask")->text, ==, "022");
        g_assert_cmpstr(get(sections, "program:c", "environment")->items[1], ==, "3");
        g_assert_cmpstr(get(sections, "program:c", "environment")->items[2], ==, "A");
}

static void test_merge_keys_refused(void)
{
        check_refused("programs: {a: &a {<<: *a}}", "/x.yaml:1:15: ", "merge itself");
        check_refused("programs: {a: {<<: 1}}", "/x.yaml:1:20: ", "a map is wanted");
        check_refused("programs: {a: {<<: [1]}}", "/x.yaml:1:21: ", "a map is wanted");
        check_refused("programs: {a: {<<: {}, <<: {}}}", "/x.yaml:1:24: ", "list of maps");
        check_refused("programs: {a: {<<: {comand: x}}}", "/x.yaml:1:21: ", "mean command");
        check_refused("programs: {a: {\"<<\": {}}}", "/x.yaml:1:16: ", "no key '<<'");
}

/* Each map merges the one before ten times over. */
static void test_merge_bomb(void)
{
        g_autoptr(GString) text = g_string_new("x-0: &x0 {}\n");

        for (int i = 1; i < 10; i++) {
                g_string_append_printf(text, "x-%d: &x%d {<<: [", i, i);
                for (int j = 0; j < 10; j++)
                        g_string_append_printf(text, "*x%d%s", i - 1, j < 9 ? ", " : "]}\n");
        }
        g_string_append(text, "programs: {a: *x9}\n");
        check_refused(text->str, "/x.yaml:", "unfolds");
}

static void test_defaults(void)
{
        g_autoptr(Sections) sections = parse("defaults:\n"
                                             "  programs: {startsecs: 3}\n"
                                             "  groups: ~\n"
                                             "programs: {a: {command: x}}\n");
        const Section *defaults = sections_find_defaults(sections, SECTION_PROGRAM, 0);

        g_assert_cmpstr(sections_get(sections, defaults, "startsecs")->text, ==, "3");
        g_assert_null(sections_find_defaults(sections, SECTION_EVENTLISTENER, 0));
        g_assert_null(sections_find_defaults(sections, SECTION_PROGRAM, 1));
        g_assert_null(get(sections, "program:a", "startsecs"));
}

static void test_defaults_refused(void)
{
        check_refused("defaults: {program: {}}", "/x.yaml:1:12: ", "mean programs");
        check_refused("defaults: {supervisord: {}}", "/x.yaml:1:12: ", "no defaults for");
        check_refused("defaults: {programs: {comand: x}}", "/x.yaml:1:23: ", "mean command");
        check_refused("defaults: {programs: {extends: x}}", "/x.yaml:1:23: ", "not in defaults");
        check_refused("defaults: []", "/x.yaml:1:11: ", "a map is wanted");
}

static void test_servers(void)
{
        g_autoptr(Sections) sections = parse("inet_http_server: {port: 9001}\n"
                                             "inet_http_servers: {two: {port: 9002}}\n"
                                             "rpcinterfaces: {x: {any_key: 1}}\n");

        g_assert_cmpstr(get(sections, "inet_http_server:two", "port")->text, ==, "9002");
        g_assert_cmpstr(get(sections, "rpcinterface:x", "any_key")->text, ==, "1");
}

static void test_refused(void)
{
        check_refused("programs: {w: {comand: x}}", "/x.yaml:1:16: ", "did you mean command");
        check_refused("program: {}", "/x.yaml:1:1: ", "did you mean programs");
        check_refused("programs: [a]", "/x.yaml:1:11: ", "a map is wanted");
        check_refused("programs: {w: {command: {a: b}}}",
                        "/x.yaml:1:25: ", "command: a list or a text is wanted, and this is a map");
        check_refused("programs: {w: {environment: [a]}}", "/x.yaml:1:29: ",
                        "environment: a map or a text is wanted, and this is a list");
        check_refused("programs: {w: {umask: {a: b}}}",
                        "/x.yaml:1:23: ", "umask: a single value is wanted, and this is a map");
        check_refused("programs: {w: {command: }}", "/x.yaml:1:25: ", "nothing");
        check_refused("programs: {w: {autostart: \"yes\"}}", "/x.yaml:1:27: ", "quotes");
        check_refused("programs: {w: {exitcodes: [[1]]}}", "/x.yaml:1:28: ", "a list");
        check_refused("programs: {w: {exitcodes: [\"1,2\"]}}", "/x.yaml:1:27: ", "1,2");
        check_refused("programs: {w: {}, w: {}}", "/x.yaml:1:19: ", "twice");
        check_refused("programs: {[a]: {}}", "/x.yaml:1:12: ", "a list");
        check_refused("programs: {w: !x {}}", "/x.yaml:1:15: ", "tag");
        check_refused("programs: {w: {command: \"a\\0b\"}}", "/x.yaml:1:25: ", "NUL");
        check_refused("programs: {", "/x.yaml:", "flow");
        check_refused("supervisord: {}\n---\nsupervisord: {}", "/x.yaml:3:1: ", "second");
        check_refused("include: x", "/x.yaml:1:10: ", "list of files");
        check_refused("- a", "/x.yaml:1:1: ", "a list");
}

static void test_circle(void)
{
        check_refused("programs: &a {w: *a}", "/x.yaml:1:15: ", "no key 'w'");
}

/* A thousand programs that are all the same one with a thousand variables. */
static void test_bomb(void)
{
        g_autoptr(GString) text = g_string_new("programs:\n  p0: &p0 {environment: &e {");

        for (int i = 0; i < 1000; i++)
                g_string_append_printf(text, "%sV%d: x", i > 0 ? ", " : "", i);
        g_string_append(text, "}}\n");
        for (int i = 1; i < 1000; i++)
                g_string_append_printf(text, "  p%d: *p0\n", i);
        check_refused(text->str, "/x.yaml:", "unfolds");
}

static char *repeated(const char *first, const char *part, int count)
{
        GString *text = g_string_new(first);

        for (int i = 0; i < count; i++)
                g_string_append(text, part);
        return g_string_free(text, FALSE);
}

/* What libyaml would need hours for. */
static void test_bounds(void)
{
        g_autofree char *deep = repeated("x-a: ", "[", 1000000);
        g_autofree char *many = repeated("x-a:\n", "- b\n", 1000001);
        g_autofree char *anchors = repeated("x-a:\n", "- &a b\n", 100000);
        g_autofree char *aliases = repeated("x-a:\n- &a b\n", "- *a\n", 100000);
        g_autoptr(Sections) sections = NULL;

        check_refused(deep, "/x.yaml:1:105: ", "100 deep");
        check_refused(many, "/x.yaml:", "more than 1000000 values");
        check_refused(anchors, "/x.yaml:10002:3: ", "too many anchors");
        sections = parse(aliases);
}

static void test_second_file_includes_nothing(void)
{
        g_autoptr(Sections) sections = parse("supervisord: {}");
        g_autoptr(GError) error = NULL;
        unsigned file = sections_add_file(sections, "/y.yaml");

        g_assert_false(yaml_parse("include: [x]", sections, file, &error));
        g_assert_true(g_str_has_prefix(error->message, "/y.yaml:1:1: "));
}

int main(int argc, char *argv[])
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/yaml/scalars", test_scalars);
        g_test_add_func("/yaml/lists-and-maps", test_lists_and_maps);
        g_test_add_func("/yaml/anchors", test_anchors);
        g_test_add_func("/yaml/merge-keys", test_merge_keys);
        g_test_add_func("/yaml/merge-keys-refused", test_merge_keys_refused);
        g_test_add_func("/yaml/merge-bomb", test_merge_bomb);
        g_test_add_func("/yaml/defaults", test_defaults);
        g_test_add_func("/yaml/defaults-refused", test_defaults_refused);
        g_test_add_func("/yaml/servers", test_servers);
        g_test_add_func("/yaml/refused", test_refused);
        g_test_add_func("/yaml/circle", test_circle);
        g_test_add_func("/yaml/bomb", test_bomb);
        g_test_add_func("/yaml/bounds", test_bounds);
        g_test_add_func("/yaml/second-file-includes-nothing", test_second_file_includes_nothing);
        return g_test_run();
}
