/* YAML writer: a document of maps, lists and texts, written so that it reads back as the same. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct YamlWriter YamlWriter;

YamlWriter *yaml_writer_new(void);
YamlWriter *yaml_writer_free(YamlWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlWriter, yaml_writer_free)

/* Keys and values of a map in turn, items of a list one by one. */
void yaml_writer_begin_map(YamlWriter *writer);
void yaml_writer_end_map(YamlWriter *writer);
/* On one line. */
void yaml_writer_begin_list(YamlWriter *writer);
void yaml_writer_end_list(YamlWriter *writer);
/* In quotes where YAML would otherwise see something else than a text, a number among it. */
void yaml_writer_add_text(YamlWriter *writer, const char *text);
/* Without quotes wherever that can be. */
void yaml_writer_add_plain(YamlWriter *writer, const char *text);

/* Ends the document. All of it; g_free. */
char *yaml_writer_finish(YamlWriter *writer);
