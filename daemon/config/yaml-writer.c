/* libyaml's emitter knows which quotes a text needs in order to be read back as these characters.
 * It does not know which words mean something else than a text, so that is decided here. */

#include "daemon/config/yaml-writer.h"

#include <string.h>
#include <yaml.h>

struct YamlWriter {
        yaml_emitter_t emitter;
        GString *out;
};

static int write_out(void *data, unsigned char *buffer, size_t size)
{
        YamlWriter *writer = data;

        g_string_append_len(writer->out, (const char *)buffer, size);
        return 1;
}

/* What can go wrong here is that there is no memory, or that the calls are in no order. */
static void emit(YamlWriter *writer, yaml_event_t *event, int initialized)
{
        if (!initialized || !yaml_emitter_emit(&writer->emitter, event))
                g_error("cannot write YAML: %s",
                                writer->emitter.problem ? writer->emitter.problem : "no memory");
}

YamlWriter *yaml_writer_new(void)
{
        YamlWriter *writer = g_new0(YamlWriter, 1);
        yaml_event_t event;

        writer->out = g_string_new(NULL);
        if (!yaml_emitter_initialize(&writer->emitter))
                g_error("no memory for a YAML emitter");
        yaml_emitter_set_output(&writer->emitter, write_out, writer);
        yaml_emitter_set_unicode(&writer->emitter, 1);
        yaml_emitter_set_width(&writer->emitter, -1);
        emit(writer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
        emit(writer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
        return writer;
}

YamlWriter *yaml_writer_free(YamlWriter *writer)
{
        if (!writer)
                return NULL;
        yaml_emitter_delete(&writer->emitter);
        g_string_free(writer->out, TRUE);
        g_free(writer);
        return NULL;
}

void yaml_writer_begin_map(YamlWriter *writer)
{
        yaml_event_t event;

        emit(writer, &event,
                        yaml_mapping_start_event_initialize(
                                        &event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void yaml_writer_end_map(YamlWriter *writer)
{
        yaml_event_t event;

        emit(writer, &event, yaml_mapping_end_event_initialize(&event));
}

void yaml_writer_begin_list(YamlWriter *writer)
{
        yaml_event_t event;

        emit(writer, &event,
                        yaml_sequence_start_event_initialize(
                                        &event, NULL, NULL, 1, YAML_FLOW_SEQUENCE_STYLE));
}

void yaml_writer_end_list(YamlWriter *writer)
{
        yaml_event_t event;

        emit(writer, &event, yaml_sequence_end_event_initialize(&event));
}

static void add_scalar(YamlWriter *writer, const char *text, yaml_scalar_style_t style)
{
        yaml_event_t event;

        emit(writer, &event,
                        yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                        strlen(text), 1, 1, style));
}

/* Nothing, a truth, or the beginning of a number, for one version of YAML or the other. */
static bool looks_like_no_text(const char *text)
{
        static const char *const words[] = { "", "~", "<<", "null", "true", "false", "yes", "no",
                "on", "off", "y", "n", ".inf", ".nan" };

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (g_ascii_strcasecmp(text, words[i]) == 0)
                        return true;
        return strchr("+-.0123456789", *text) && strpbrk(text, "0123456789") &&
               text[strspn(text, "+-._:0123456789abcdefABCDEFxXoO")] == '\0';
}

void yaml_writer_add_text(YamlWriter *writer, const char *text)
{
        bool quoted = looks_like_no_text(text) || strpbrk(text, "\n\t");

        add_scalar(writer, text,
                        quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE);
}

void yaml_writer_add_plain(YamlWriter *writer, const char *text)
{
        add_scalar(writer, text, YAML_PLAIN_SCALAR_STYLE);
}

char *yaml_writer_finish(YamlWriter *writer)
{
        yaml_event_t event;

        emit(writer, &event, yaml_document_end_event_initialize(&event, 1));
        emit(writer, &event, yaml_stream_end_event_initialize(&event));
        return g_strdup(writer->out->str);
}
