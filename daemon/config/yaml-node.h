/* YAML node: the nodes of a composed document, met one by one.
 *
 * Knows maps with their merge keys (<<), lists of words, and where each stands, but nothing of
 * sections and options. What a file of bounded size can unfold to has a bound too. */
#pragma once

#include <stdbool.h>
#include <yaml.h>

#include <glib.h>

typedef struct YamlNodes {
        yaml_document_t *document; /* borrowed */
        const char *file;          /* for places; borrowed */
        unsigned n_met;            /* nodes so far, each as often as it is met */
} YamlNodes;

/* Is told of a pair of a map; false, with the error set, ends the reading. */
typedef bool (*YamlPairReader)(void *data, const char *key, const yaml_node_t *key_node,
                yaml_node_t *value, GError **error);

/* Sets an error at the node. Always false. */
bool yaml_node_error(const YamlNodes *nodes, const yaml_node_t *node, GError **error,
                const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The text of a scalar; borrowed. */
const char *yaml_node_text(const yaml_node_t *node);
/* Written without quotes? */
bool yaml_node_is_plain(const yaml_node_t *node);
bool yaml_node_is_null(const yaml_node_t *node);
/* "a list", "a map", …, for errors. */
const char *yaml_node_kind(const yaml_node_t *node);

/* The first node; NULL in *ret when the document is empty. */
bool yaml_nodes_root(YamlNodes *nodes, yaml_node_t **ret, GError **error);
/* Calls read for each pair of a map, then for those of the maps that it merges and that it has not
 * itself. Keys are words, each once. what is the name of the map in errors. */
bool yaml_nodes_read_map(YamlNodes *nodes, yaml_node_t *map, const char *what, YamlPairReader read,
                void *data, GError **error);
/* The texts of a list, NULL-terminated; g_strfreev. */
bool yaml_nodes_read_list(YamlNodes *nodes, const char *what, const yaml_node_t *list, char ***ret,
                GError **error);
/* What is wanted where nothing else can be. */
#define YAML_SINGLE "a single value"
/* Is this a single value and not nothing? Else an error that tells what is wanted. */
bool yaml_nodes_check_scalar(const YamlNodes *nodes, const char *what, const char *wanted,
                const yaml_node_t *node, GError **error);
