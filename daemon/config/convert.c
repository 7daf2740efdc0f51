/* Works on the sections as they were read and not on a Config, so that formats such as %(here)s
 * stay what they are, and a file for another machine can be converted on this one.
 *
 * Sections of one kind stand together in YAML. Nothing depends on the order of the kinds, and
 * within a kind it is kept. */

#include "daemon/config/convert.h"

#include <string.h>

#include "daemon/config/environment.h"
#include "daemon/config/inherit.h"
#include "daemon/config/ini.h"
#include "daemon/config/options.h"
#include "daemon/config/section.h"
#include "daemon/config/source.h"
#include "daemon/config/text.h"
#include "daemon/config/yaml-writer.h"

typedef struct Conversion {
        const Sections *sections;
        Config *config; /* for notices */
        YamlWriter *writer;
} Conversion;

static void add_list(YamlWriter *writer, char *const *items)
{
        yaml_writer_begin_list(writer);
        for (; *items; items++)
                yaml_writer_add_text(writer, *items);
        yaml_writer_end_list(writer);
}

/* An empty item could not be one of a list. */
static bool is_clean_list(char *const *items)
{
        for (; *items; items++)
                if (!**items)
                        return false;
        return true;
}

static void write_list(YamlWriter *writer, const char *text)
{
        g_auto(GStrv) items = text_split_list(text);

        if (is_clean_list(items))
                add_list(writer, items);
        else
                yaml_writer_add_text(writer, text);
}

static void write_numbers(YamlWriter *writer, const char *text)
{
        g_auto(GStrv) items = text_split_list(text);

        yaml_writer_begin_list(writer);
        for (char **item = items; *item; item++)
                yaml_writer_add_plain(writer, *item);
        yaml_writer_end_list(writer);
}

/* The text is worked out as a whole and then split, a map the other way round. It becomes a map
 * only where that is the same; in [supervisord], where a text is worked out twice, without percent
 * signs. */
static void write_environment(YamlWriter *writer, const char *text, SectionKind kind)
{
        g_auto(GStrv) items = NULL;

        if ((kind == SECTION_SUPERVISORD && strstr(text, "%%")) ||
                        !environment_split(text, &items)) {
                yaml_writer_add_text(writer, text);
                return;
        }
        yaml_writer_begin_map(writer);
        for (char **item = items; *item; item++)
                yaml_writer_add_text(writer, *item);
        yaml_writer_end_map(writer);
}

static void write_value(
                YamlWriter *writer, const Option *option, const char *text, SectionKind kind)
{
        switch (option ? option->type : OPTION_STRING) {
        case OPTION_BOOLEAN:
        case OPTION_INTEGER:
        case OPTION_SECONDS:
        case OPTION_BYTES:
        case OPTION_OCTAL:
        case OPTION_AUTORESTART:
                if (*text)
                        yaml_writer_add_plain(writer, text);
                else
                        yaml_writer_add_text(writer, text);
                return;
        case OPTION_EXIT_CODES:
                if (strspn(text, "0123456789, ") == strlen(text) && !strstr(text, ",,"))
                        write_numbers(writer, text);
                else
                        yaml_writer_add_text(writer, text);
                return;
        case OPTION_FLAGS:
        case OPTION_LIST:
        case OPTION_EVENTS:
                write_list(writer, text);
                return;
        case OPTION_ENVIRONMENT:
                write_environment(writer, text, kind);
                return;
        default:
                yaml_writer_add_text(writer, text);
        }
}

static void tell_left_out(const Conversion *conversion, Place place, const char *section,
                const char *key, const char *why)
{
        g_autofree char *prefix = place_to_prefix(place);

        config_notice(conversion->config, LOG_LEVEL_WARN, "%s[%s]%s%s is left out: %s", prefix,
                        section, key ? " " : "", key ? key : "", why);
}

static void write_setting(const Conversion *conversion, SectionKind kind, const Setting *setting)
{
        yaml_writer_add_text(conversion->writer, setting->key);
        write_value(conversion->writer, option_find(kind, setting->key), setting->text, kind);
}

/* Does the key of [DEFAULT] have to be said in each section? Where it cannot be a default of the
 * kind, and where a default would be added to and not replaced. */
static bool belongs_into_sections(SectionKind kind, const char *key)
{
        return !section_info(kind)->yaml_many || inherit_adds_up(key);
}

static void write_shared_settings(
                const Conversion *conversion, SectionKind kind, const Section *section)
{
        const GPtrArray *shared = conversion->sections->defaults->settings;

        for (unsigned i = 0; i < shared->len; i++) {
                const Setting *setting = shared->pdata[i];

                if (!g_hash_table_contains(section->by_key, setting->key) &&
                                option_find(kind, setting->key) &&
                                belongs_into_sections(kind, setting->key))
                        write_setting(conversion, kind, setting);
        }
}

static void write_section(const Conversion *conversion, SectionKind kind, const Section *section)
{
        yaml_writer_begin_map(conversion->writer);
        for (unsigned i = 0; i < section->settings->len; i++) {
                const Setting *setting = section->settings->pdata[i];

                if (option_find(kind, setting->key) || section_info(kind)->free_keys)
                        write_setting(conversion, kind, setting);
                else
                        tell_left_out(conversion, setting->place, section->name, setting->key,
                                        "YAML has known keys only");
        }
        write_shared_settings(conversion, kind, section);
        yaml_writer_end_map(conversion->writer);
}

/* The sections of a kind that have a name, or the one that has none; may be empty. */
static GPtrArray *find_sections(const Conversion *conversion, SectionKind kind, bool named)
{
        const GPtrArray *all = conversion->sections->sections;
        GPtrArray *found = g_ptr_array_new();

        for (unsigned i = 0; i < all->len; i++) {
                Section *section = all->pdata[i];

                if (section->kind == kind &&
                                named == (strcmp(section->name, section_info(kind)->header) != 0))
                        g_ptr_array_add(found, section);
        }
        return found;
}

/* Of [unix_http_server:two] it is two, but [unix_http_server2] keeps its header as its name. */
static const char *name_of(const Section *section, SectionKind kind)
{
        const SectionInfo *info = section_info(kind);
        const char *name = section->name + strlen(info->header);

        if (!info->any_prefix)
                return name;
        return *name == ':' && !g_str_has_prefix(name + 1, info->header) ? name + 1 : section->name;
}

static void write_named(const Conversion *conversion, SectionKind kind)
{
        g_autoptr(GPtrArray) found = find_sections(conversion, kind, true);

        if (found->len == 0)
                return;
        yaml_writer_add_text(conversion->writer, section_info(kind)->yaml_many);
        yaml_writer_begin_map(conversion->writer);
        for (unsigned i = 0; i < found->len; i++) {
                yaml_writer_add_text(conversion->writer, name_of(found->pdata[i], kind));
                write_section(conversion, kind, found->pdata[i]);
        }
        yaml_writer_end_map(conversion->writer);
}

static void write_unnamed(const Conversion *conversion, SectionKind kind)
{
        const char *header = section_info(kind)->header;
        const Section *section = sections_find(conversion->sections, header);

        if (!section)
                return;
        yaml_writer_add_text(conversion->writer, header);
        write_section(conversion, kind, section);
}

/* Of several servers the first UNIX socket is the one that programs are told of. */
static void write_kind(const Conversion *conversion, SectionKind kind)
{
        const GPtrArray *all = conversion->sections->sections;
        const Section *first = NULL;

        for (unsigned i = 0; i < all->len && !first; i++) {
                const Section *section = all->pdata[i];

                if (section->kind == kind)
                        first = section;
        }
        if (!first)
                return;
        if (section_info(kind)->yaml && strcmp(first->name, section_info(kind)->header) == 0) {
                write_unnamed(conversion, kind);
                write_named(conversion, kind);
                return;
        }
        write_named(conversion, kind);
        if (section_info(kind)->yaml)
                write_unnamed(conversion, kind);
}

/* The settings of [DEFAULT] that all sections of the kind can have as their defaults. */
static GPtrArray *find_defaults(const Conversion *conversion, SectionKind kind)
{
        const GPtrArray *shared = conversion->sections->defaults->settings;
        GPtrArray *found = g_ptr_array_new();

        for (unsigned i = 0; i < shared->len; i++) {
                Setting *setting = shared->pdata[i];

                if (option_find(kind, setting->key) && !belongs_into_sections(kind, setting->key))
                        g_ptr_array_add(found, setting);
        }
        return found;
}

static void write_defaults(const Conversion *conversion)
{
        if (conversion->sections->defaults->settings->len == 0)
                return;
        yaml_writer_add_text(conversion->writer, "defaults");
        yaml_writer_begin_map(conversion->writer);
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++) {
                g_autoptr(GPtrArray) found = find_defaults(conversion, kind);

                if (found->len == 0)
                        continue;
                yaml_writer_add_text(conversion->writer, section_info(kind)->yaml_many);
                yaml_writer_begin_map(conversion->writer);
                for (unsigned i = 0; i < found->len; i++)
                        write_setting(conversion, kind, found->pdata[i]);
                yaml_writer_end_map(conversion->writer);
        }
        yaml_writer_end_map(conversion->writer);
}

static void write_include(const Conversion *conversion)
{
        const Section *section = sections_find(conversion->sections, "include");
        const Setting *files =
                        section ? sections_get(conversion->sections, section, "files") : NULL;
        g_auto(GStrv) patterns = files ? g_regex_split_simple("\\s+", files->text, 0, 0) : NULL;

        if (!patterns)
                return;
        yaml_writer_add_text(conversion->writer, "include");
        yaml_writer_begin_list(conversion->writer);
        for (char **pattern = patterns; *pattern; pattern++)
                if (**pattern)
                        yaml_writer_add_text(conversion->writer, *pattern);
        yaml_writer_end_list(conversion->writer);
}

static void tell_strange_sections(const Conversion *conversion)
{
        const GPtrArray *all = conversion->sections->sections;

        for (unsigned i = 0; i < all->len; i++) {
                const Section *section = all->pdata[i];

                if (section->kind == _SECTION_KIND_INVALID)
                        tell_left_out(conversion, section->place, section->name, NULL,
                                        "YAML has known sections only");
        }
}

/* An included file stays INI, where a default of YAML would be added to and not replaced. */
static void tell_out_of_reach(const Conversion *conversion)
{
        const GPtrArray *shared = conversion->sections->defaults->settings;

        for (unsigned i = 0; i < shared->len; i++) {
                const Setting *setting = shared->pdata[i];

                if (inherit_adds_up(setting->key) && sections_find(conversion->sections, "include"))
                        tell_left_out(conversion, setting->place, "DEFAULT", setting->key,
                                        "in included files; it is in the sections of this one");
        }
}

static char *write_document(const Conversion *conversion)
{
        yaml_writer_begin_map(conversion->writer);
        write_defaults(conversion);
        for (SectionKind kind = 0; kind < _SECTION_KIND_MAX; kind++)
                if (kind != SECTION_INCLUDE)
                        write_kind(conversion, kind);
        write_include(conversion);
        yaml_writer_end_map(conversion->writer);
        tell_strange_sections(conversion);
        tell_out_of_reach(conversion);
        return yaml_writer_finish(conversion->writer);
}

bool config_convert_text(
                const char *path, const char *text, Config *config, char **ret, GError **error)
{
        g_autoptr(Sections) sections = sections_new();
        g_autoptr(YamlWriter) writer = NULL;
        unsigned number = sections_add_file(sections, path);

        if (!ini_parse(text, sections, number, config, error))
                return false;
        /* [supervisord] may be in an included file, and [DEFAULT] is for it too. */
        if (sections->defaults->settings->len > 0 && sections_find(sections, "include"))
                sections_open(sections, "supervisord", number, (Place){ path });
        writer = yaml_writer_new();
        *ret = write_document(&(Conversion){ sections, config, writer });
        return true;
}

bool config_convert(const char *file, Config *config, char **ret, GError **error)
{
        g_autofree char *path = g_canonicalize_filename(file, NULL);
        g_autofree char *text = NULL;

        if (source_is_yaml(path))
                return place_error(error, (Place){ path }, CONFIG_ERROR_FILE, "is YAML already");
        return source_read(path, &text, error) &&
               config_convert_text(path, text, config, ret, error);
}
