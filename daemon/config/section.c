/* Order matters (the order of keys decides which error is told first, the order of sections which
 * of two equal groups wins) and so does speed with ten thousand sections: hence a list with a table
 * beside it, for sections as for keys. */

#include "daemon/config/section.h"

static void setting_free(void *pointer)
{
        Setting *setting = pointer;

        g_free(setting->key);
        g_free(setting->text);
        g_strfreev(setting->items);
        g_free(setting);
}

static Section *section_new(const char *name, unsigned file, Place place)
{
        Section *section = g_new0(Section, 1);

        section->name = g_strdup(name);
        section->kind = section_kind_from_header(name, NULL);
        section->file = file;
        section->place = place;
        section->settings = g_ptr_array_new_with_free_func(setting_free);
        section->by_key = g_hash_table_new(g_str_hash, g_str_equal);
        return section;
}

static void section_free(void *pointer)
{
        Section *section = pointer;

        g_hash_table_unref(section->by_key);
        g_ptr_array_unref(section->settings);
        g_free(section->name);
        g_free(section);
}

Sections *sections_new(void)
{
        Sections *sections = g_new0(Sections, 1);

        sections->files = g_ptr_array_new_with_free_func(g_free);
        sections->sections = g_ptr_array_new_with_free_func(section_free);
        sections->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        sections->defaults = section_new("DEFAULT", 0, (Place){ NULL });
        return sections;
}

Sections *sections_free(Sections *sections)
{
        if (!sections)
                return NULL;
        section_free(sections->defaults);
        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++)
                g_clear_pointer(&sections->kind_defaults[kind], g_hash_table_unref);
        g_hash_table_unref(sections->by_name);
        g_ptr_array_unref(sections->sections);
        g_ptr_array_unref(sections->files);
        g_free(sections);
        return NULL;
}

Section *sections_find(const Sections *sections, const char *name)
{
        return g_hash_table_lookup(sections->by_name, name);
}

const Setting *sections_get(const Sections *sections, const Section *section, const char *key)
{
        const Setting *setting = g_hash_table_lookup(section->by_key, key);

        return setting || sections->defaults->settings->len == 0
                               ? setting
                               : g_hash_table_lookup(sections->defaults->by_key, key);
}

const Section *sections_find_defaults(const Sections *sections, SectionKind kind, unsigned file)
{
        GHashTable *by_file = sections->kind_defaults[kind];

        return by_file ? g_hash_table_lookup(by_file, GUINT_TO_POINTER(file)) : NULL;
}

char *sections_here(const Sections *sections, const Section *section, const Setting *setting)
{
        bool shared = g_hash_table_lookup(sections->defaults->by_key, setting->key) == setting;
        unsigned file = shared ? MAX(setting->file, section->file) : setting->file;
        g_autofree char *folder = g_path_get_dirname(sections_file(sections, file));

        return g_canonicalize_filename(folder, NULL);
}

unsigned sections_add_file(Sections *sections, const char *path)
{
        g_ptr_array_add(sections->files, g_strdup(path));
        return sections->files->len - 1;
}

const char *sections_file(const Sections *sections, unsigned file)
{
        return g_ptr_array_index(sections->files, file);
}

Section *sections_open(Sections *sections, const char *name, unsigned file, Place place)
{
        Section *section = sections_find(sections, name);

        if (section)
                return section;
        section = section_new(name, file, place);
        g_ptr_array_add(sections->sections, section);
        g_hash_table_insert(sections->by_name, section->name, section);
        return section;
}

Section *sections_open_defaults(Sections *sections, SectionKind kind, unsigned file, Place place)
{
        GHashTable **by_file = &sections->kind_defaults[kind];
        g_autofree char *name = g_strconcat("defaults.", section_info(kind)->yaml_many, NULL);
        Section *section;

        if (!*by_file)
                *by_file = g_hash_table_new_full(NULL, NULL, NULL, section_free);
        section = g_hash_table_lookup(*by_file, GUINT_TO_POINTER(file));
        if (!section) {
                section = section_new(name, file, place);
                g_hash_table_insert(*by_file, GUINT_TO_POINTER(file), section);
        }
        return section;
}

Setting *section_set(Section *section, const char *key, unsigned file, Place place, bool *ret_again)
{
        Setting *setting = g_hash_table_lookup(section->by_key, key);

        *ret_again = setting && setting->file == file;
        if (!setting) {
                setting = g_new0(Setting, 1);
                setting->key = g_strdup(key);
                g_ptr_array_add(section->settings, setting);
                g_hash_table_insert(section->by_key, setting->key, setting);
        }
        g_clear_pointer(&setting->text, g_free);
        g_clear_pointer(&setting->items, g_strfreev);
        setting->shape = SETTING_TEXT;
        setting->file = file;
        setting->place = place;
        return setting;
}
