/* A section borrows the settings that it inherits and copies nothing: an error in one is told where
 * it was written, %(here)s is the folder of that file, and ten thousand programs with the same
 * defaults cost ten thousand pointers. */

#include "daemon/config/inherit.h"

#include <string.h>

#include "bus/nearest-word.h"

#define MAX_DEPTH 32

typedef struct Inheritance {
        Sections *sections;
        GHashTable *depths; /* Section to the number of programs from it down; 0 = in work */
} Inheritance;

bool inherit_adds_up(const char *key)
{
        return strcmp(key, "environment") == 0 || strcmp(key, "environment_file") == 0;
}

/* Takes over all that the other one has, by itself or inherited. */
static void take_settings(Section *section, const Section *from)
{
        GHashTableIter iter;
        void *key, *value;

        for (unsigned i = 0; i < section->settings->len; i++) {
                Setting *own = section->settings->pdata[i];

                if (inherit_adds_up(own->key) && !own->below)
                        own->below = g_hash_table_lookup(from->by_key, own->key);
        }
        g_hash_table_iter_init(&iter, from->by_key);
        while (g_hash_table_iter_next(&iter, &key, &value))
                if (!g_hash_table_contains(section->by_key, key))
                        g_hash_table_insert(section->by_key, key, value);
}

static void take_defaults(const Sections *sections, Section *section, SectionKind kind)
{
        const Section *of_file = sections_find_defaults(sections, kind, section->file);
        const Section *of_main = sections_find_defaults(sections, kind, 0);

        if (of_file)
                take_settings(section, of_file);
        if (of_main && of_main != of_file)
                take_settings(section, of_main);
}

/* Nobody inherits this one: every program says it for itself. */
static const Setting *find_extends(const Section *section, SectionKind kind)
{
        if (!option_find(kind, "extends"))
                return NULL;
        for (unsigned i = 0; i < section->settings->len; i++) {
                const Setting *setting = section->settings->pdata[i];

                if (strcmp(setting->key, "extends") == 0)
                        return setting;
        }
        return NULL;
}

static const char *nearest_section(const Sections *sections, SectionKind kind, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        for (unsigned i = 0; i < sections->sections->len; i++) {
                const Section *section = sections->sections->pdata[i];
                const char *found;

                if (section_kind_from_header(section->name, &found) == kind)
                        g_ptr_array_add(names, (char *)found);
        }
        return nearest_word(name, (const char *const *)names->pdata, names->len);
}

/* One of the same kind, else a program. */
static Section *find_base(const Inheritance *inheritance, const Section *section, SectionKind kind,
                const Setting *extends, GError **error)
{
        const char *name = extends->text, *nearest;
        g_autofree char *same = g_strconcat(section_info(kind)->header, name, NULL);
        g_autofree char *program = g_strconcat(section_info(SECTION_PROGRAM)->header, name, NULL);
        Section *base = sections_find(inheritance->sections, same);

        if (!base)
                base = sections_find(inheritance->sections, program);
        if (base)
                return base;
        nearest = nearest_section(inheritance->sections, kind, name);
        place_error(error, extends->place, CONFIG_ERROR_VALUE,
                        "[%s] extends: there is no '%s'%s%s%s", section->name, name,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
        return NULL;
}

static unsigned inherit(Inheritance *inheritance, Section *section, unsigned level, GError **error);

static unsigned tell_long_chain(const Section *section, const Setting *extends, GError **error)
{
        place_error(error, extends->place, CONFIG_ERROR_VALUE,
                        "[%s] extends: a chain of more than %d programs", section->name, MAX_DEPTH);
        return 0;
}

static unsigned inherit_from(Inheritance *inheritance, Section *section, SectionKind kind,
                const Setting *extends, unsigned level, GError **error)
{
        Section *base = find_base(inheritance, section, kind, extends, error);
        unsigned depth;

        if (!base)
                return 0;
        if (level >= MAX_DEPTH)
                return tell_long_chain(section, extends, error);
        depth = inherit(inheritance, base, level + 1, error);
        if (depth >= MAX_DEPTH)
                return tell_long_chain(section, extends, error);
        if (depth == 0)
                return 0;
        take_settings(section, base);
        return depth + 1;
}

/* The number of programs from this one down, itself included; 0 on failure. */
static unsigned inherit(Inheritance *inheritance, Section *section, unsigned level, GError **error)
{
        SectionKind kind = section->kind;
        const Setting *extends = find_extends(section, kind);
        unsigned depth = 1;
        void *known;

        if (g_hash_table_lookup_extended(inheritance->depths, section, NULL, &known)) {
                if (!known)
                        place_error(error, extends->place, CONFIG_ERROR_VALUE,
                                        "[%s] extends: the program extends itself", section->name);
                return GPOINTER_TO_UINT(known);
        }
        g_hash_table_insert(inheritance->depths, section, NULL);
        if (extends)
                depth = inherit_from(inheritance, section, kind, extends, level, error);
        if (depth == 0)
                return 0;
        take_defaults(inheritance->sections, section, kind);
        g_hash_table_insert(inheritance->depths, section, GUINT_TO_POINTER(depth));
        return depth;
}

bool inherit_settings(Sections *sections, GError **error)
{
        g_autoptr(GHashTable) depths = g_hash_table_new(NULL, NULL);
        Inheritance inheritance = { sections, depths };

        for (unsigned i = 0; i < sections->sections->len; i++) {
                Section *section = sections->sections->pdata[i];

                if (section->kind != _SECTION_KIND_INVALID &&
                                inherit(&inheritance, section, 1, error) == 0)
                        return false;
        }
        return true;
}
