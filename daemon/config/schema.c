/* Made from the option table: each type of option is one form that a value can have, written here
 * as the JSON that it is. What the YAML reader refuses the schema refuses too, as far as one value
 * by itself can tell; a text with a percent sign may become anything, so it always passes.
 *
 * Draft 7 is what editors know best. No key is required: a program can have it from another one or
 * from the defaults. */

#include "daemon/config/schema.h"

#include <string.h>

#include <json-c/json.h>

#include <glib.h>

#include "bus/event.h"
#include "daemon/config/options.h"
#include "daemon/output/main-log.h"

#define FORMATTED "{\"type\":\"string\",\"pattern\":\"%\"}"
#define SCALAR    "{\"type\":[\"string\",\"number\",\"boolean\"]}"
#define WORD      "{\"type\":[\"string\",\"number\"]}"
#define WORDS     "{\"type\":\"array\",\"items\":" SCALAR "}"
#define VARIABLES "{\"type\":\"object\",\"additionalProperties\":" SCALAR "}"

#define ANY_CASE_BOOLEAN                                                                           \
        "\"^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$|%\""

typedef struct json_object Json;

/* The first of several is what bounds are put into. */
static const char *const forms[_OPTION_TYPE_MAX] = {
        [OPTION_STRING] = SCALAR,
        [OPTION_BOOLEAN] = "{\"anyOf\":[{\"type\":\"boolean\"},{\"enum\":[0,1]},"
                           "{\"type\":\"string\",\"pattern\":" ANY_CASE_BOOLEAN "}]}",
        [OPTION_INTEGER] = "{\"anyOf\":[{\"type\":\"integer\"}," FORMATTED "]}",
        [OPTION_SECONDS] = "{\"anyOf\":[{\"type\":\"number\",\"minimum\":0}," FORMATTED "]}",
        [OPTION_DURATION] = "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},{\"type\":\"string\","
                            "\"pattern\":\"^ *[0-9_]+[SMHDWsmhdw]? *$|%\"}]}",
        [OPTION_BYTES] = "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\",\"pattern\":"
                         "\"^[+-]?[0-9_]+( *[KkMmGg][Bb])?$|%\"}]}",
        [OPTION_OCTAL] = "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\",\"pattern\":"
                         "\"^[+-]?(0[oO])?[0-7_]+$|%\"}]}",
        [OPTION_LOG_LEVEL] = "{\"anyOf\":[{\"enum\":[]},"
                             "{\"type\":\"string\",\"pattern\":\"[A-Z%]\"}]}",
        [OPTION_SIGNAL] = WORD,
        [OPTION_EXIT_CODES] = "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"array\",\"items\":"
                              "{\"type\":\"integer\",\"minimum\":0,\"maximum\":255}},"
                              "{\"type\":\"string\"}]}",
        [OPTION_AUTORESTART] = "{\"anyOf\":[{\"enum\":[true,false,\"unexpected\",0,1]},"
                               "{\"type\":\"string\"}]}",
        [OPTION_USER] = WORD,
        [OPTION_OWNER] = WORD,
        [OPTION_DIRECTORY] = WORD,
        [OPTION_PATH] = WORD,
        [OPTION_ABSOLUTE] = WORD,
        [OPTION_LOGFILE] = "{\"type\":[\"string\",\"number\",\"boolean\",\"null\"]}",
        [OPTION_ADDRESS] = WORD,
        [OPTION_NAME] = WORD,
        [OPTION_BUS] = WORD,
        [OPTION_STATE] = WORD,
        [OPTION_COMMAND] = "{\"anyOf\":[{\"type\":\"string\"},"
                           "{\"type\":\"array\",\"minItems\":1,\"items\":" SCALAR "}]}",
        [OPTION_ENVIRONMENT] = "{\"anyOf\":[" VARIABLES ",{\"type\":\"string\"}]}",
        [OPTION_CHOICE] = "{\"anyOf\":[{\"enum\":[]},"
                          "{\"type\":\"string\",\"pattern\":\"[A-Z%]\"}]}",
        [OPTION_FLAGS] = "{\"anyOf\":[{\"type\":\"array\",\"items\":{\"anyOf\":[{\"enum\":[]},"
                         "{\"type\":\"string\",\"pattern\":\"[A-Z%]\"}]}},{\"type\":\"string\"}]}",
        [OPTION_LIST] = "{\"anyOf\":[" WORDS ",{\"type\":\"string\"}]}",
        [OPTION_EVENTS] = "{\"anyOf\":[{\"type\":\"array\",\"items\":{\"anyOf\":[{\"enum\":[]},"
                          "{\"type\":\"string\",\"pattern\":\"[a-z%]\"}]}},{\"type\":\"string\"}]}",
};

static Json *parse(const char *text)
{
        Json *object = json_tokener_parse(text);

        g_assert(object);
        return object;
}

static Json *member(Json *object, const char *name)
{
        return json_object_object_get(object, name);
}

/* The first alternative of a form. */
static Json *first_of(Json *form)
{
        return json_object_array_get_idx(member(form, "anyOf"), 0);
}

static void add_log_levels(Json *form)
{
        Json *names = member(first_of(form), "enum");

        for (LogLevel level = 0; level < _LOG_LEVEL_MAX; level++)
                json_object_array_add(names, json_object_new_string(log_level_to_string(level)));
}

static void add_events(Json *form)
{
        Json *item = first_of(member(first_of(form), "items"));

        for (EventType type = 0; type < _EVENT_TYPE_MAX; type++)
                json_object_array_add(member(item, "enum"),
                                json_object_new_string(event_type_to_string(type)));
}

/* In YAML "true" without quotes is no text. */
static void add_choice(Json *list, const char *choice)
{
        json_object_array_add(list, json_object_new_string(choice));
        if (strcmp(choice, "true") == 0 || strcmp(choice, "false") == 0)
                json_object_array_add(list, json_object_new_boolean(*choice == 't'));
}

static void add_choices(Json *form, const Option *option)
{
        Json *item = option->type == OPTION_FLAGS ? first_of(member(first_of(form), "items"))
                                                  : first_of(form);

        for (int i = 0; option->choices[i]; i++)
                add_choice(member(item, "enum"), option->choices[i]);
}

static void add_bounds(Json *form, const Option *option)
{
        if (option->minimum == 0 && option->maximum == 0)
                return;
        json_object_object_add(first_of(form), "minimum", json_object_new_int64(option->minimum));
        json_object_object_add(first_of(form), "maximum", json_object_new_int64(option->maximum));
}

/* As it would stand in a YAML file. */
static Json *default_value(const Option *option)
{
        Json *parsed = NULL;

        if (option->type == OPTION_INTEGER || option->type == OPTION_BOOLEAN ||
                        option->type == OPTION_SECONDS)
                parsed = json_tokener_parse(option->default_text);
        return parsed ? parsed : json_object_new_string(option->default_text);
}

static Json *make_option(const Option *option)
{
        Json *form = parse(forms[option->type]);

        if (option->type == OPTION_LOG_LEVEL)
                add_log_levels(form);
        if (option->type == OPTION_EVENTS)
                add_events(form);
        if (option->choices)
                add_choices(form, option);
        if (option->type == OPTION_INTEGER)
                add_bounds(form, option);
        json_object_object_add(form, "description", json_object_new_string(option->help));
        if (option->default_text && *option->default_text)
                json_object_object_add(form, "default", default_value(option));
        return form;
}

/* A section of a kind; it may be left empty. */
static Json *make_section(SectionKind kind)
{
        const SectionInfo *info = section_info(kind);
        Json *section = parse("{\"type\":[\"object\",\"null\"]}"), *options_of = parse("{}");

        for (size_t i = 0; i < n_options; i++)
                if (option_find(kind, options[i].name) == &options[i])
                        json_object_object_add(
                                        options_of, options[i].name, make_option(&options[i]));
        json_object_object_add(section, "description", json_object_new_string(info->help));
        json_object_object_add(section, "properties", options_of);
        if (!info->free_keys)
                json_object_object_add(
                                section, "additionalProperties", json_object_new_boolean(false));
        return section;
}

static Json *make_reference(const char *name)
{
        g_autofree char *text = g_strdup_printf("{\"$ref\":\"#/definitions/%s\"}", name);

        return parse(text);
}

static Json *make_closed_map(void)
{
        return parse("{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,"
                     "\"properties\":{}}");
}

/* A kind is defined under the name that it has in the file, and used from wherever it may stand. */
static void add_kind(SectionKind kind, Json *definitions, Json *top, Json *defaults)
{
        const SectionInfo *info = section_info(kind);
        const char *name = info->yaml ? info->yaml : info->yaml_many;
        Json *many;

        if (!name)
                return;
        json_object_object_add(definitions, name, make_section(kind));
        if (info->yaml)
                json_object_object_add(member(top, "properties"), name, make_reference(name));
        if (!info->yaml_many)
                return;
        many = parse("{\"type\":[\"object\",\"null\"]}");
        json_object_object_add(many, "additionalProperties", make_reference(name));
        json_object_object_add(member(top, "properties"), info->yaml_many, many);
        json_object_object_add(
                        member(defaults, "properties"), info->yaml_many, make_reference(name));
}

void config_print_schema(FILE *stream)
{
        Json *top = make_closed_map(), *defaults = make_closed_map(), *definitions = parse("{}");

        json_object_object_add(top, "$schema",
                        json_object_new_string("http://json-schema.org/draft-07/schema#"));
        json_object_object_add(top, "title", json_object_new_string("busvisor.yaml"));
        json_object_object_add(top, "patternProperties", parse("{\"^x-\":{}}"));
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++)
                add_kind(kind, definitions, top, defaults);
        json_object_object_add(member(top, "properties"), "defaults", defaults);
        json_object_object_add(member(top, "properties"), "include", parse(WORDS));
        json_object_object_add(top, "definitions", definitions);
        fputs(json_object_to_json_string_ext(
                              top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE),
                        stream);
        fputc('\n', stream);
        json_object_put(top);
}
