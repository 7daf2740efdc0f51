/* Section: configuration files as sections of keys, before anybody asks what the keys mean.
 *
 * The common form that the INI and the YAML reader make. Sections and keys of several files merge;
 * the last one that sets a key wins. Section names are those of INI headers ("program:web"). */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/options.h"
#include "daemon/config/place.h"

typedef enum SettingShape {
        SETTING_TEXT,
        SETTING_LIST, /* exact items */
        SETTING_MAP,  /* items are name, value, name, value, … */
} SettingShape;

typedef struct Setting Setting;
struct Setting {
        char *key;
        SettingShape shape;
        char *text;    /* SETTING_TEXT */
        char **items;  /* SETTING_LIST, SETTING_MAP */
        unsigned file; /* number of the reading it came from */
        Place place;
        const Setting *below; /* what this adds to, for keys that add up; borrowed, may be NULL */
};

typedef struct Section {
        char *name;
        SectionKind kind;    /* by its name */
        unsigned file;       /* number of the reading that made it first */
        Place place;         /* of its first header */
        GPtrArray *settings; /* of Setting: its own, in the order in which keys appeared first */
        GHashTable *by_key;  /* char * to Setting *, both borrowed: its own, and what it inherits */
} Section;

typedef struct Sections {
        GPtrArray *files;    /* of char *: absolute paths in the order of reading */
        GPtrArray *sections; /* of Section, in the order in which they appeared first */
        GHashTable *by_name; /* char * to Section *, both borrowed from sections */
        Section *defaults;   /* [DEFAULT]: what every section has besides */
        GHashTable *kind_defaults[_SECTION_KIND_MAX]; /* file number to Section; NULL = none */
} Sections;

Sections *sections_new(void);
Sections *sections_free(Sections *sections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sections, sections_free)

/* May be NULL. */
Section *sections_find(const Sections *sections, const char *name);
/* What the section says about the key or inherits, or else [DEFAULT]; NULL when neither does. */
const Setting *sections_get(const Sections *sections, const Section *section, const char *key);
/* The defaults that a file has for all sections of a kind; may be NULL. */
const Section *sections_find_defaults(const Sections *sections, SectionKind kind, unsigned file);
/* The folder that %(here)s means for a setting once files are included: that of its own file, or,
 * where it comes from [DEFAULT], of the later one of both. g_free. */
char *sections_here(const Sections *sections, const Section *section, const Setting *setting);

/* Every file that is read gets a number here first. The path is copied. */
unsigned sections_add_file(Sections *sections, const char *path);
/* The path of a reading, for places. */
const char *sections_file(const Sections *sections, unsigned file);
/* The defaults of a file for a kind, made where there are none yet. */
Section *sections_open_defaults(Sections *sections, SectionKind kind, unsigned file, Place place);
/* Finds or makes the section. "DEFAULT" is special only to INI, which asks for it by itself. */
Section *sections_open(Sections *sections, const char *name, unsigned file, Place place);

/* The setting of this key, made or emptied; the caller fills in text or items. *ret_again tells
 * whether the same reading had set it already. */
Setting *section_set(
                Section *section, const char *key, unsigned file, Place place, bool *ret_again);
