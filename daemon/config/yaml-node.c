/* Anchors are nodes that are met several times. That is how a bomb is made (a list of ten times a
 * list of ten times …), so what counts is how many nodes are met, not how many are there.
 *
 * Merging is done where a map is read, and not by changing the document, as a node that is met
 * twice may be merged by one and not by the other. A map can merge itself through its own anchor,
 * hence the bound on how deep it goes. */

#include "daemon/config/yaml-node.h"

#include <string.h>

#include "daemon/config/place.h"
#include "daemon/config/yaml-bounds.h"

#define MAX_MERGE_DEPTH 20

/* A map with all that it merges, being collected. */
typedef struct MapWalk {
        YamlNodes *nodes;
        const char *what;
        GPtrArray *pairs; /* key, value, key, value, …; borrowed */
        GHashTable *seen; /* text of a key to the number of the map that has it */
        unsigned n_maps;
} MapWalk;

bool yaml_node_error(const YamlNodes *nodes, const yaml_node_t *node, GError **error,
                const char *format, ...)
{
        const Place place = { nodes->file, node->start_mark.line + 1, node->start_mark.column + 1 };
        va_list arguments;

        va_start(arguments, format);
        place_error_valist(error, place, CONFIG_ERROR_SYNTAX, format, arguments);
        va_end(arguments);
        return false;
}

const char *yaml_node_text(const yaml_node_t *node)
{
        return (const char *)node->data.scalar.value;
}

bool yaml_node_is_plain(const yaml_node_t *node)
{
        return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool yaml_node_is_null(const yaml_node_t *node)
{
        static const char *const words[] = { "", "~", "null", "Null", "NULL" };

        for (size_t i = 0; i < G_N_ELEMENTS(words) && yaml_node_is_plain(node); i++)
                if (strcmp(yaml_node_text(node), words[i]) == 0)
                        return true;
        return false;
}

const char *yaml_node_kind(const yaml_node_t *node)
{
        if (yaml_node_is_null(node))
                return "nothing";
        return node->type == YAML_SEQUENCE_NODE  ? "a list"
               : node->type == YAML_MAPPING_NODE ? "a map"
                                                 : YAML_SINGLE;
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
static yaml_node_t *get_node(YamlNodes *nodes, int number, GError **error)
{
        yaml_node_t *node = yaml_document_get_node(nodes->document, number);

        if (++nodes->n_met > YAML_MAX_VALUES) {
                yaml_node_error(nodes, node, error, "the file unfolds to more than %d values",
                                YAML_MAX_VALUES);
                return NULL;
        }
        if (has_own_tag(node)) {
                yaml_node_error(nodes, node, error,
                                "the tag '%s' has no meaning here; leave it out",
                                (const char *)node->tag);
                return NULL;
        }
        if (node->type == YAML_SCALAR_NODE &&
                        strlen(yaml_node_text(node)) != node->data.scalar.length) {
                yaml_node_error(nodes, node, error, "there is a NUL character here");
                return NULL;
        }
        return node;
}

bool yaml_nodes_root(YamlNodes *nodes, yaml_node_t **ret, GError **error)
{
        yaml_node_t *root = yaml_document_get_root_node(nodes->document);

        if (root && !(root = get_node(nodes, 1, error)))
                return false;
        *ret = root;
        return true;
}

static bool check_map(const MapWalk *walk, const yaml_node_t *map, GError **error)
{
        return map->type == YAML_MAPPING_NODE ||
               yaml_node_error(walk->nodes, map, error, "%s: a map is wanted, and this is %s",
                               walk->what, yaml_node_kind(map));
}

static bool is_merge_key(const yaml_node_t *key)
{
        return yaml_node_is_plain(key) && strcmp(yaml_node_text(key), "<<") == 0;
}

/* What a map further out has already is passed over; the same map cannot have a key twice. */
static bool add_pair(MapWalk *walk, unsigned number, yaml_node_t *key, yaml_node_t *value,
                GError **error)
{
        const char *text = yaml_node_text(key);
        unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(walk->seen, text));

        if (before == number)
                return yaml_node_error(walk->nodes, key, error, "%s: '%s' is there twice",
                                walk->what, text);
        if (before > 0)
                return true;
        g_hash_table_insert(walk->seen, (char *)text, GUINT_TO_POINTER(number));
        g_ptr_array_add(walk->pairs, key);
        g_ptr_array_add(walk->pairs, value);
        return true;
}

static bool collect_map(MapWalk *walk, yaml_node_t *map, unsigned depth, GError **error);

static bool merge_list(MapWalk *walk, const yaml_node_t *list, unsigned depth, GError **error)
{
        for (yaml_node_item_t *item = list->data.sequence.items.start;
                        item < list->data.sequence.items.top; item++) {
                yaml_node_t *map = get_node(walk->nodes, *item, error);

                if (!map || !collect_map(walk, map, depth, error))
                        return false;
        }
        return true;
}

static bool merge(MapWalk *walk, yaml_node_t *value, unsigned depth, GError **error)
{
        if (depth > MAX_MERGE_DEPTH)
                return yaml_node_error(walk->nodes, value, error,
                                "%s: << goes more than %d deep; does it merge itself?", walk->what,
                                MAX_MERGE_DEPTH);
        if (value->type == YAML_SEQUENCE_NODE)
                return merge_list(walk, value, depth, error);
        return collect_map(walk, value, depth, error);
}

/* A pair of the map; what is to be merged becomes *merged instead. */
static bool collect_pair(MapWalk *walk, unsigned number, const yaml_node_pair_t *pair,
                yaml_node_t **merged, GError **error)
{
        yaml_node_t *key = get_node(walk->nodes, pair->key, error);
        yaml_node_t *value = key ? get_node(walk->nodes, pair->value, error) : NULL;

        if (!value)
                return false;
        if (key->type != YAML_SCALAR_NODE)
                return yaml_node_error(walk->nodes, key, error,
                                "%s: a key has to be a word, and this is %s", walk->what,
                                yaml_node_kind(key));
        if (!is_merge_key(key))
                return add_pair(walk, number, key, value, error);
        if (*merged)
                return yaml_node_error(walk->nodes, key, error,
                                "%s: << is there twice; it takes a list of maps", walk->what);
        *merged = value;
        return true;
}

/* The map's own pairs come before what it merges, wherever << stands. */
static bool collect_map(MapWalk *walk, yaml_node_t *map, unsigned depth, GError **error)
{
        unsigned number = ++walk->n_maps;
        yaml_node_t *merged = NULL;

        if (!check_map(walk, map, error))
                return false;
        for (yaml_node_pair_t *pair = map->data.mapping.pairs.start;
                        pair < map->data.mapping.pairs.top; pair++)
                if (!collect_pair(walk, number, pair, &merged, error))
                        return false;
        return !merged || merge(walk, merged, depth + 1, error);
}

static bool collect(
                MapWalk *walk, yaml_node_t *map, YamlPairReader read, void *data, GError **error)
{
        if (!collect_map(walk, map, 0, error))
                return false;
        for (unsigned i = 0; i < walk->pairs->len; i += 2) {
                const yaml_node_t *key = walk->pairs->pdata[i];

                if (!read(data, yaml_node_text(key), key, walk->pairs->pdata[i + 1], error))
                        return false;
        }
        return true;
}

bool yaml_nodes_read_map(YamlNodes *nodes, yaml_node_t *map, const char *what, YamlPairReader read,
                void *data, GError **error)
{
        g_autoptr(GPtrArray) pairs = g_ptr_array_new();
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        MapWalk walk = { .nodes = nodes, .what = what, .pairs = pairs, .seen = seen };

        return collect(&walk, map, read, data, error);
}

bool yaml_nodes_check_scalar(const YamlNodes *nodes, const char *what, const char *wanted,
                const yaml_node_t *node, GError **error)
{
        if (node->type == YAML_SCALAR_NODE && !yaml_node_is_null(node))
                return true;
        return yaml_node_error(nodes, node, error, "%s: %s is wanted, and this is %s", what, wanted,
                        yaml_node_kind(node));
}

bool yaml_nodes_read_list(YamlNodes *nodes, const char *what, const yaml_node_t *list, char ***ret,
                GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

        for (yaml_node_item_t *item = list->data.sequence.items.start;
                        item < list->data.sequence.items.top; item++) {
                yaml_node_t *node = get_node(nodes, *item, error);

                if (!node || !yaml_nodes_check_scalar(nodes, what, YAML_SINGLE, node, error))
                        return false;
                g_ptr_array_add(items, g_strdup(yaml_node_text(node)));
        }
        g_ptr_array_add(items, NULL);
        *ret = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
        return true;
}
