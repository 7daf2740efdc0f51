/* libyaml composes a document in a time that grows with the square of its nesting, and with the
 * number of its anchors times that of its aliases: a file of a few megabytes could keep it busy for
 * hours. Its events come in a time that does not, so they are counted before. */

#include "daemon/config/yaml-bounds.h"

#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "daemon/config/place.h"

#define MAX_COMPARISONS 100000000 /* of names of anchors */

typedef struct BoundsCheck {
        const char *file;
        unsigned depth;
        uint64_t n_values, n_anchors, n_aliases;
} BoundsCheck;

static void count(BoundsCheck *check, const yaml_event_t *event)
{
        switch (event->type) {
        case YAML_ALIAS_EVENT:
                check->n_aliases++;
                return;
        case YAML_SCALAR_EVENT:
                check->n_values++;
                check->n_anchors += event->data.scalar.anchor != NULL;
                return;
        case YAML_SEQUENCE_START_EVENT:
                check->n_values++;
                check->n_anchors += event->data.sequence_start.anchor != NULL;
                check->depth++;
                return;
        case YAML_MAPPING_START_EVENT:
                check->n_values++;
                check->n_anchors += event->data.mapping_start.anchor != NULL;
                check->depth++;
                return;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
                check->depth--;
                return;
        default:
                return;
        }
}

static bool check_event(BoundsCheck *check, const yaml_event_t *event, GError **error)
{
        const Place place = { check->file, event->start_mark.line + 1,
                event->start_mark.column + 1 };

        count(check, event);
        if (check->depth > YAML_MAX_DEPTH)
                return place_error(error, place, CONFIG_ERROR_SYNTAX,
                                "lists and maps are nested more than %d deep", YAML_MAX_DEPTH);
        if (check->n_values > YAML_MAX_VALUES)
                return place_error(error, place, CONFIG_ERROR_SYNTAX,
                                "the file has more than %d values", YAML_MAX_VALUES);
        if (check->n_anchors * (check->n_anchors + check->n_aliases) > MAX_COMPARISONS)
                return place_error(error, place, CONFIG_ERROR_SYNTAX,
                                "there are too many anchors and aliases up to here: %" G_GUINT64_FORMAT
                                " and %" G_GUINT64_FORMAT,
                                check->n_anchors, check->n_aliases);
        return true;
}

static bool check_events(BoundsCheck *check, yaml_parser_t *parser, GError **error)
{
        bool done = false, ended = false;

        while (!ended) {
                yaml_event_t event;

                /* The composer will come to the same place and tell. */
                if (!yaml_parser_parse(parser, &event))
                        return true;
                ended = event.type == YAML_STREAM_END_EVENT;
                done = check_event(check, &event, error);
                yaml_event_delete(&event);
                if (!done)
                        return false;
        }
        return true;
}

bool yaml_check_bounds(const char *file, const char *text, GError **error)
{
        BoundsCheck check = { .file = file };
        yaml_parser_t parser;
        bool done;

        if (!yaml_parser_initialize(&parser))
                g_error("no memory for a YAML parser");
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
        done = check_events(&check, &parser, error);
        yaml_parser_delete(&parser);
        return done;
}
