/* The whole document is composed by libyaml and then walked, as it has no surprises left then:
 * anchors are nodes that are met twice. That is also how a bomb is made (a list of ten times a list
 * of ten times …), so the walk counts the nodes that it meets, not the ones that are there.
 *
 * The walk ends in the same sections that the INI reader makes. Types are checked here, by how a
 * value is written; what it means is the builder's business, for both. */

#include "daemon/config/yaml.h"

#include <string.h>
#include <yaml.h>

#include "daemon/config/options.h"

#define MAX_NODES 1000000

typedef struct YamlReader {
        yaml_document_t *document;
        Sections *sections;
        unsigned file;
        unsigned n_nodes; /* met so far */
} YamlReader;

typedef bool (*PairReader)(YamlReader *reader, const char *key, yaml_node_t *key_node,
                yaml_node_t *value, void *data, GError **error);

static Place place_of(const YamlReader *reader, const yaml_mark_t *mark)
{
        return (Place){ sections_file(reader->sections, reader->file), mark->line + 1,
                mark->column + 1 };
}

static bool yaml_error(YamlReader *reader, const yaml_node_t *node, GError **error,
                const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool yaml_error(YamlReader *reader, const yaml_node_t *node, GError **error,
                const char *format, ...)
{
        g_autofree char *message = NULL;
        va_list arguments;

        va_start(arguments, format);
        message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        return place_error(error, place_of(reader, &node->start_mark), CONFIG_ERROR_SYNTAX, "%s",
                        message);
}

static const char *text_of(const yaml_node_t *node)
{
        return (const char *)node->data.scalar.value;
}

static bool is_plain(const yaml_node_t *node)
{
        return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const yaml_node_t *node)
{
        static const char *const words[] = { "", "~", "null", "Null", "NULL" };

        for (size_t i = 0; i < G_N_ELEMENTS(words) && is_plain(node); i++)
                if (strcmp(text_of(node), words[i]) == 0)
                        return true;
        return false;
}

static const char *kind_of(const yaml_node_t *node)
{
        if (is_null(node))
                return "nothing";
        return node->type == YAML_SEQUENCE_NODE  ? "a list"
               : node->type == YAML_MAPPING_NODE ? "a map"
                                                 : "a single value";
}

static bool has_own_tag(const yaml_node_t *node)
{
        static const char *const usual[] = { YAML_DEFAULT_SCALAR_TAG, YAML_DEFAULT_SEQUENCE_TAG,
                YAML_DEFAULT_MAPPING_TAG };

        for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
                if (strcmp((const char *)node->tag, usual[i]) == 0)
                        return false;
        return true;
}

/* Every node is met through here. */
static yaml_node_t *get_node(YamlReader *reader, int number, GError **error)
{
        yaml_node_t *node = yaml_document_get_node(reader->document, number);

        if (++reader->n_nodes > MAX_NODES) {
                yaml_error(reader, node, error, "the file unfolds to more than %d values",
                                MAX_NODES);
                return NULL;
        }
        if (has_own_tag(node)) {
                yaml_error(reader, node, error, "the tag '%s' has no meaning here; leave it out",
                                (const char *)node->tag);
                return NULL;
        }
        if (node->type == YAML_SCALAR_NODE && strlen(text_of(node)) != node->data.scalar.length) {
                yaml_error(reader, node, error, "there is a NUL character here");
                return NULL;
        }
        return node;
}

/* Calls read for each pair of a map. Keys are words, each once. */
static bool read_map(YamlReader *reader, yaml_node_t *map, const char *what, PairReader read,
                void *data, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        if (map->type != YAML_MAPPING_NODE)
                return yaml_error(reader, map, error, "%s: a map is wanted, and this is %s", what,
                                kind_of(map));
        for (yaml_node_pair_t *pair = map->data.mapping.pairs.start;
                        pair < map->data.mapping.pairs.top; pair++) {
                yaml_node_t *key = get_node(reader, pair->key, error);
                yaml_node_t *value = key ? get_node(reader, pair->value, error) : NULL;

                if (!value)
                        return false;
                if (key->type != YAML_SCALAR_NODE)
                        return yaml_error(reader, key, error,
                                        "%s: a key has to be a word, and this "
                                        "is %s",
                                        what, kind_of(key));
                if (!g_hash_table_add(seen, (char *)text_of(key)))
                        return yaml_error(reader, key, error, "%s: '%s' is there twice", what,
                                        text_of(key));
                if (!read(reader, text_of(key), key, value, data, error))
                        return false;
        }
        return true;
}

static bool check_scalar(YamlReader *reader, const char *what, yaml_node_t *node, GError **error)
{
        if (node->type == YAML_SCALAR_NODE && !is_null(node))
                return true;
        return yaml_error(reader, node, error, "%s: a single value is wanted, and this is %s", what,
                        kind_of(node));
}

/* Texts of a list. */
static bool read_items(YamlReader *reader, const char *what, yaml_node_t *list, char ***ret,
                GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

        for (yaml_node_item_t *item = list->data.sequence.items.start;
                        item < list->data.sequence.items.top; item++) {
                yaml_node_t *node = get_node(reader, *item, error);

                if (!node || !check_scalar(reader, what, node, error))
                        return false;
                g_ptr_array_add(items, g_strdup(text_of(node)));
        }
        g_ptr_array_add(items, NULL);
        *ret = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
        return true;
}

static bool read_variable(YamlReader *reader, const char *key, yaml_node_t *key_node,
                yaml_node_t *value, void *data, GError **error)
{
        GPtrArray *items = data;

        if (!check_scalar(reader, key, value, error))
                return false;
        g_ptr_array_add(items, g_strdup(key));
        g_ptr_array_add(items, g_strdup(text_of(value)));
        return true;
}

static bool set_map(YamlReader *reader, const Option *option, Setting *setting, yaml_node_t *value,
                GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

        if (!read_map(reader, value, option->name, read_variable, items, error))
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

        if (!read_items(reader, option->name, value, &items, error))
                return false;
        if (option->type == OPTION_COMMAND) {
                setting->shape = SETTING_LIST;
                setting->items = g_steal_pointer(&items);
                return true;
        }
        for (char **item = items; *item; item++)
                if (!**item || strchr(*item, ','))
                        return yaml_error(reader, value, error,
                                        "%s: '%s' cannot be an item; each item is one word",
                                        option->name, *item);
        setting->text = g_strjoinv(",", items);
        return true;
}

static bool wants_list(const Option *option)
{
        return option->type == OPTION_LIST || option->type == OPTION_EVENTS ||
               option->type == OPTION_EXIT_CODES || option->type == OPTION_COMMAND;
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
        case OPTION_OCTAL:
                return "an octal number";
        case OPTION_BYTES:
                return "a size";
        default:
                return NULL;
        }
}

/* A quoted text is no number and no truth, unless it is a format that becomes one. */
static bool check_form(YamlReader *reader, const Option *option, yaml_node_t *value, GError **error)
{
        const char *wanted = wanted_form(option->type);

        if (!wanted || is_plain(value) || strchr(text_of(value), '%') ||
                        option->type == OPTION_BYTES)
                return true;
        return yaml_error(reader, value, error,
                        "%s: %s is wanted, and \"%s\" is a text; take the quotes away",
                        option->name, wanted, text_of(value));
}

static bool set_scalar(YamlReader *reader, const Option *option, Setting *setting,
                yaml_node_t *value, GError **error)
{
        if (option->type == OPTION_LOGFILE && is_null(value)) {
                setting->text = g_strdup("NONE");
                return true;
        }
        if (!check_scalar(reader, option->name, value, error) ||
                        !check_form(reader, option, value, error))
                return false;
        setting->text = g_strdup(text_of(value));
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

typedef struct SectionTarget {
        Section *section;
        SectionKind kind;
} SectionTarget;

static bool read_option(YamlReader *reader, const char *key, yaml_node_t *key_node,
                yaml_node_t *value, void *data, GError **error)
{
        const SectionTarget *target = data;
        static const Option foreign = { .name = "a key of its own", .type = OPTION_STRING };
        const Option *option = option_find(target->kind, key);
        const char *nearest = option ? NULL : option_nearest(target->kind, key);
        Setting *setting;
        bool again;

        if (!option && !section_info(target->kind)->free_keys)
                return yaml_error(reader, key_node, error, "[%s] has no key '%s'%s%s%s",
                                target->section->name, key, nearest ? "; did you mean " : "",
                                nearest ? nearest : "", nearest ? "?" : "");
        setting = section_set(target->section, key, reader->file,
                        place_of(reader, &value->start_mark), &again);
        return set_value(reader, option ? option : &foreign, setting, value, error);
}

static bool read_section(YamlReader *reader, SectionKind kind, const char *header,
                yaml_node_t *key_node, yaml_node_t *value, GError **error)
{
        SectionTarget target = { .kind = kind };

        target.section = sections_open(reader->sections, header, reader->file,
                        place_of(reader, &key_node->start_mark));
        return is_null(value) ||
               read_map(reader, value, target.section->name, read_option, &target, error);
}

static bool read_named_section(YamlReader *reader, const char *key, yaml_node_t *key_node,
                yaml_node_t *value, void *data, GError **error)
{
        const SectionKind *kind = data;
        const SectionInfo *info = section_info(*kind);
        bool has_colon = g_str_has_suffix(info->header, ":");
        g_autofree char *header = g_strconcat(info->header, has_colon ? "" : ":", key, NULL);

        return read_section(reader, *kind, header, key_node, value, error);
}

/* The common form has the patterns as the files of [include]. */
static bool read_include(
                YamlReader *reader, yaml_node_t *key_node, yaml_node_t *value, GError **error)
{
        Place place = place_of(reader, &key_node->start_mark);
        g_auto(GStrv) items = NULL;
        Setting *setting;
        bool again;

        if (reader->file > 0)
                return yaml_error(reader, key_node, error,
                                "include: only the main file can include others");
        if (value->type != YAML_SEQUENCE_NODE)
                return yaml_error(reader, value, error,
                                "include: a list of files is wanted, and this is %s",
                                kind_of(value));
        if (!read_items(reader, "include", value, &items, error))
                return false;
        setting = section_set(sections_open(reader->sections, "include", reader->file, place),
                        "files", reader->file, place, &again);
        setting->shape = SETTING_LIST;
        setting->items = g_steal_pointer(&items);
        return true;
}

static bool tell_unknown_section(
                YamlReader *reader, const char *key, yaml_node_t *key_node, GError **error)
{
        const char *known[2 * _SECTION_KIND_MAX + 1] = { "include" };
        const char *nearest;

        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                known[2 * kind + 1] = section_info(kind)->yaml;
                known[2 * kind + 2] = section_info(kind)->yaml_many;
        }
        nearest = nearest_word(key, known, G_N_ELEMENTS(known));
        return yaml_error(reader, key_node, error, "there is no section '%s'%s%s%s", key,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

static bool read_top(YamlReader *reader, const char *key, yaml_node_t *key_node, yaml_node_t *value,
                void *data, GError **error)
{
        if (strcmp(key, "include") == 0)
                return read_include(reader, key_node, value, error);
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                const SectionInfo *info = section_info(kind);

                if (g_strcmp0(key, info->yaml) == 0)
                        return read_section(reader, kind, info->header, key_node, value, error);
                if (g_strcmp0(key, info->yaml_many) == 0)
                        return is_null(value) ||
                               read_map(reader, value, key, read_named_section, &kind, error);
        }
        return tell_unknown_section(reader, key, key_node, error);
}

static bool parser_error(YamlReader *reader, const yaml_parser_t *parser, GError **error)
{
        const char *problem = parser->problem ? parser->problem : "this is no YAML";

        if (parser->error == YAML_READER_ERROR)
                return place_error(error, (Place){ sections_file(reader->sections, reader->file) },
                                CONFIG_ERROR_SYNTAX, "%s", problem);
        return place_error(error, place_of(reader, &parser->problem_mark), CONFIG_ERROR_SYNTAX,
                        "%s%s%s", problem, parser->context ? " " : "",
                        parser->context ? parser->context : "");
}

static bool read_document(YamlReader *reader, GError **error)
{
        yaml_node_t *root = yaml_document_get_root_node(reader->document);

        if (!root)
                return true;
        root = get_node(reader, 1, error);
        if (root && is_null(root))
                return true;
        return root && read_map(reader, root, "the file", read_top, NULL, error);
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
        ended = !root ||
                yaml_error(reader, root, error, "a second document begins here; a file has one");
        yaml_document_delete(&second);
        return ended;
}

bool yaml_parse(const char *text, Sections *sections, unsigned file, GError **error)
{
        yaml_document_t document;
        yaml_parser_t parser;
        YamlReader reader = { .document = &document, .sections = sections, .file = file };
        bool done;

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
