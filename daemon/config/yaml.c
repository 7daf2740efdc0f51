/* The whole document is composed by libyaml and then walked, as it has no surprises left then.
 *
 * The walk ends in the same sections that the INI reader makes. Types are checked here, by how a
 * value is written; what it means is the builder's business, for both. */

#include "daemon/config/yaml.h"

#include <string.h>
#include <yaml.h>

#include "bus/nearest-word.h"
#include "daemon/config/options.h"
#include "daemon/config/yaml-bounds.h"
#include "daemon/config/yaml-node.h"

/* Top-level keys that begin so are a place for anchors, and for other programs. */
#define FOREIGN_PREFIX "x-"

typedef struct YamlReader {
        YamlNodes nodes;
        Sections *sections;
        unsigned file;
} YamlReader;

static Place place_of(const YamlReader *reader, const yaml_mark_t *mark)
{
        return (Place){ reader->nodes.file, mark->line + 1, mark->column + 1 };
}

typedef struct Variables {
        YamlReader *reader;
        GPtrArray *items; /* name, value, name, value, … */
} Variables;

static bool read_variable(void *data, const char *key, const yaml_node_t *key_node,
                yaml_node_t *value, GError **error)
{
        Variables *variables = data;

        if (!yaml_nodes_check_scalar(&variables->reader->nodes, key, YAML_SINGLE, value, error))
                return false;
        g_ptr_array_add(variables->items, g_strdup(key));
        g_ptr_array_add(variables->items, g_strdup(yaml_node_text(value)));
        return true;
}

static bool set_map(YamlReader *reader, const Option *option, Setting *setting, yaml_node_t *value,
                GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
        Variables variables = { reader, items };

        if (!yaml_nodes_read_map(
                            &reader->nodes, value, option->name, read_variable, &variables, error))
                return false;
        g_ptr_array_add(items, NULL);
        setting->shape = SETTING_MAP;
        setting->items = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
        return true;
}

/* In the common form a list is its items with commas between them; only a command stays a list. */
static bool set_list(YamlReader *reader, const Option *option, Setting *setting, yaml_node_t *value,
                GError **error)
{
        g_auto(GStrv) items = NULL;

        if (!yaml_nodes_read_list(&reader->nodes, option->name, value, &items, error))
                return false;
        if (option->type == OPTION_COMMAND) {
                setting->shape = SETTING_LIST;
                setting->items = g_steal_pointer(&items);
                return true;
        }
        for (char **item = items; *item; item++)
                if (!**item || strchr(*item, ','))
                        return yaml_node_error(&reader->nodes, value, error,
                                        "%s: '%s' cannot be an item; each item is one word",
                                        option->name, *item);
        setting->text = g_strjoinv(",", items);
        return true;
}

static bool wants_list(const Option *option)
{
        return option->type == OPTION_LIST || option->type == OPTION_EVENTS ||
               option->type == OPTION_FLAGS || option->type == OPTION_EXIT_CODES ||
               option->type == OPTION_COMMAND;
}

static const char *wanted_shape(const Option *option)
{
        if (option->type == OPTION_ENVIRONMENT)
                return "a map or a text";
        return wants_list(option) ? "a list or a text" : YAML_SINGLE;
}

/* What a value has to look like when it is no text: the words for it, or NULL for types that are.
 */
static const char *wanted_form(OptionType type)
{
        switch (type) {
        case OPTION_BOOLEAN:
                return "true or false";
        case OPTION_INTEGER:
        case OPTION_SECONDS:
                return "a number";
        default:
                return NULL;
        }
}

/* A quoted text is no number and no truth, unless it is a format that becomes one. Sizes and octal
 * numbers are texts to YAML anyway, and "0755" is how the careful write them. */
static bool check_form(YamlReader *reader, const Option *option, yaml_node_t *value, GError **error)
{
        const char *wanted = wanted_form(option->type);

        if (!wanted || yaml_node_is_plain(value) || strchr(yaml_node_text(value), '%'))
                return true;
        return yaml_node_error(&reader->nodes, value, error,
                        "%s: %s is wanted, and \"%s\" is a text; take the quotes away",
                        option->name, wanted, yaml_node_text(value));
}

static bool set_scalar(YamlReader *reader, const Option *option, Setting *setting,
                yaml_node_t *value, GError **error)
{
        if (option->type == OPTION_LOGFILE && yaml_node_is_null(value)) {
                setting->text = g_strdup("NONE");
                return true;
        }
        if (!yaml_nodes_check_scalar(
                            &reader->nodes, option->name, wanted_shape(option), value, error) ||
                        !check_form(reader, option, value, error))
                return false;
        setting->text = g_strdup(yaml_node_text(value));
        return true;
}

static bool set_value(YamlReader *reader, const Option *option, Setting *setting,
                yaml_node_t *value, GError **error)
{
        if (option->type == OPTION_ENVIRONMENT && value->type == YAML_MAPPING_NODE)
                return set_map(reader, option, setting, value, error);
        if (wants_list(option) && value->type == YAML_SEQUENCE_NODE)
                return set_list(reader, option, setting, value, error);
        return set_scalar(reader, option, setting, value, error);
}

/* What a map of options is read into. */
typedef struct SectionTarget {
        YamlReader *reader;
        SectionKind kind;
        Section *section;
        bool is_defaults;
} SectionTarget;

static bool check_known(const SectionTarget *target, const char *key, const yaml_node_t *key_node,
                GError **error)
{
        const char *nearest;

        if (target->is_defaults && strcmp(key, "extends") == 0)
                return yaml_node_error(&target->reader->nodes, key_node, error,
                                "[%s] extends: stands in a program, not in defaults",
                                target->section->name);
        if (option_find(target->kind, key) || section_info(target->kind)->free_keys)
                return true;
        nearest = option_nearest(target->kind, key);
        return yaml_node_error(&target->reader->nodes, key_node, error,
                        "[%s] has no key '%s'%s%s%s", target->section->name, key,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

static bool read_option(void *data, const char *key, const yaml_node_t *key_node,
                yaml_node_t *value, GError **error)
{
        static const Option foreign = { .name = "a key of its own", .type = OPTION_STRING };
        const SectionTarget *target = data;
        YamlReader *reader = target->reader;
        const Option *option = option_find(target->kind, key);
        Setting *setting;
        bool again;

        if (!check_known(target, key, key_node, error))
                return false;
        setting = section_set(target->section, key, reader->file,
                        place_of(reader, &value->start_mark), &again);
        return set_value(reader, option ? option : &foreign, setting, value, error);
}

static bool read_options(SectionTarget *target, yaml_node_t *value, GError **error)
{
        return yaml_node_is_null(value) ||
               yaml_nodes_read_map(&target->reader->nodes, value, target->section->name,
                               read_option, target, error);
}

static bool read_section(YamlReader *reader, SectionKind kind, const char *header,
                const yaml_node_t *key_node, yaml_node_t *value, GError **error)
{
        SectionTarget target = { .reader = reader, .kind = kind };

        target.section = sections_open(reader->sections, header, reader->file,
                        place_of(reader, &key_node->start_mark));
        return read_options(&target, value, error);
}

/* The sections of one kind, by name. */
typedef struct NamedSections {
        YamlReader *reader;
        SectionKind kind;
} NamedSections;

/* In INI everything that begins like "unix_http_server" is a server. A name that does so is the
 * whole header, so that [unix_http_server2] can be written too. */
static char *header_of(const SectionInfo *info, const char *name)
{
        if (!info->any_prefix)
                return g_strconcat(info->header, name, NULL);
        if (g_str_has_prefix(name, info->header))
                return g_strdup(name);
        return g_strconcat(info->header, ":", name, NULL);
}

static bool read_named_section(void *data, const char *key, const yaml_node_t *key_node,
                yaml_node_t *value, GError **error)
{
        const NamedSections *named = data;
        g_autofree char *header = header_of(section_info(named->kind), key);

        return read_section(named->reader, named->kind, header, key_node, value, error);
}

static bool read_named_sections(
                YamlReader *reader, SectionKind kind, yaml_node_t *value, GError **error)
{
        NamedSections named = { reader, kind };

        return yaml_node_is_null(value) ||
               yaml_nodes_read_map(&reader->nodes, value, section_info(kind)->yaml_many,
                               read_named_section, &named, error);
}

/* The common form has the patterns as the files of [include]. */
static bool read_include(
                YamlReader *reader, const yaml_node_t *key_node, yaml_node_t *value, GError **error)
{
        Place place = place_of(reader, &key_node->start_mark);
        g_auto(GStrv) items = NULL;
        Setting *setting;
        bool again;

        if (reader->file > 0)
                return yaml_node_error(&reader->nodes, key_node, error,
                                "include: only the main file can include others");
        if (value->type != YAML_SEQUENCE_NODE)
                return yaml_node_error(&reader->nodes, value, error,
                                "include: a list of files is wanted, and this is %s",
                                yaml_node_kind(value));
        if (!yaml_nodes_read_list(&reader->nodes, "include", value, &items, error))
                return false;
        setting = section_set(sections_open(reader->sections, "include", reader->file, place),
                        "files", reader->file, place, &again);
        setting->shape = SETTING_LIST;
        setting->items = g_steal_pointer(&items);
        return true;
}

static bool tell_unknown(YamlReader *reader, const yaml_node_t *key_node, const char *what,
                const char *const *known, size_t n_known, GError **error)
{
        const char *key = yaml_node_text(key_node), *nearest = nearest_word(key, known, n_known);

        return yaml_node_error(&reader->nodes, key_node, error, "there %s '%s'%s%s%s", what, key,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

static bool read_defaults_of_kind(void *data, const char *key, const yaml_node_t *key_node,
                yaml_node_t *value, GError **error)
{
        YamlReader *reader = data;
        const char *known[_SECTION_KIND_MAX] = {};

        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                const char *name = section_info(kind)->yaml_many;
                SectionTarget target = { .reader = reader, .kind = kind, .is_defaults = true };

                known[kind] = name;
                if (g_strcmp0(key, name) != 0)
                        continue;
                target.section = sections_open_defaults(reader->sections, kind, reader->file,
                                place_of(reader, &key_node->start_mark));
                return read_options(&target, value, error);
        }
        return tell_unknown(
                        reader, key_node, "are no defaults for", known, _SECTION_KIND_MAX, error);
}

static bool tell_unknown_section(YamlReader *reader, const yaml_node_t *key_node, GError **error)
{
        const char *known[2 * _SECTION_KIND_MAX + 2] = { "include", "defaults" };

        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                known[2 * kind + 2] = section_info(kind)->yaml;
                known[2 * kind + 3] = section_info(kind)->yaml_many;
        }
        return tell_unknown(reader, key_node, "is no section", known, G_N_ELEMENTS(known), error);
}

static bool read_top(void *data, const char *key, const yaml_node_t *key_node, yaml_node_t *value,
                GError **error)
{
        YamlReader *reader = data;

        if (g_str_has_prefix(key, FOREIGN_PREFIX))
                return true;
        if (strcmp(key, "include") == 0)
                return read_include(reader, key_node, value, error);
        if (strcmp(key, "defaults") == 0)
                return yaml_node_is_null(value) ||
                       yaml_nodes_read_map(&reader->nodes, value, key, read_defaults_of_kind,
                                       reader, error);
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                const SectionInfo *info = section_info(kind);

                if (g_strcmp0(key, info->yaml) == 0)
                        return read_section(reader, kind, info->header, key_node, value, error);
                if (g_strcmp0(key, info->yaml_many) == 0)
                        return read_named_sections(reader, kind, value, error);
        }
        return tell_unknown_section(reader, key_node, error);
}

static bool parser_error(YamlReader *reader, const yaml_parser_t *parser, GError **error)
{
        const char *problem = parser->problem ? parser->problem : "this is no YAML";

        if (parser->error == YAML_READER_ERROR)
                return place_error(error, (Place){ reader->nodes.file }, CONFIG_ERROR_SYNTAX, "%s",
                                problem);
        return place_error(error, place_of(reader, &parser->problem_mark), CONFIG_ERROR_SYNTAX,
                        "%s%s%s", problem, parser->context ? " " : "",
                        parser->context ? parser->context : "");
}

static bool read_document(YamlReader *reader, GError **error)
{
        yaml_node_t *root;

        if (!yaml_nodes_root(&reader->nodes, &root, error))
                return false;
        return !root || yaml_node_is_null(root) ||
               yaml_nodes_read_map(&reader->nodes, root, "the file", read_top, reader, error);
}

/* A second document would be passed over, so it is an error. */
static bool check_end(YamlReader *reader, yaml_parser_t *parser, GError **error)
{
        yaml_document_t second;
        yaml_node_t *root;
        bool ended;

        if (!yaml_parser_load(parser, &second))
                return parser_error(reader, parser, error);
        root = yaml_document_get_root_node(&second);
        ended = !root || yaml_node_error(&reader->nodes, root, error,
                                         "a second document begins here; a file has one");
        yaml_document_delete(&second);
        return ended;
}

bool yaml_parse(const char *text, Sections *sections, unsigned file, GError **error)
{
        yaml_document_t document;
        yaml_parser_t parser;
        YamlReader reader = { .nodes = { .document = &document,
                                              .file = sections_file(sections, file) },
                .sections = sections,
                .file = file };
        bool done;

        if (!yaml_check_bounds(reader.nodes.file, text, error))
                return false;
        if (!yaml_parser_initialize(&parser))
                g_error("no memory for a YAML parser");
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
        if (yaml_parser_load(&parser, &document)) {
                done = read_document(&reader, error) &&
                       (!yaml_document_get_root_node(&document) ||
                                       check_end(&reader, &parser, error));
                yaml_document_delete(&document);
        } else {
                done = parser_error(&reader, &parser, error);
        }
        yaml_parser_delete(&parser);
        return done;
}
