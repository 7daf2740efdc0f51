/* Supervisor passes over what it does not know in silence, and so a slip of the hand loses a
 * setting. It has to stay allowed, for files carry keys of other programs; but it is said. */

#include "daemon/config/strays.h"

#define MAX_TOLD 100 /* the log is no place for a file that is none of ours */

static bool is_known_anywhere(const char *key)
{
        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++)
                if (option_find(kind, key))
                        return true;
        return false;
}

static void tell_key(const Build *build, const Section *section, SectionKind kind, const char *key)
{
        const char *nearest = option_nearest(kind, key);

        build_notice(build, section, key, LOG_LEVEL_WARN, "there is no key '%s'%s%s%s", key,
                        nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
}

static unsigned tell_keys(
                const Build *build, const Section *section, SectionKind kind, unsigned most)
{
        unsigned told = 0;

        if (section_info(kind)->free_keys)
                return 0;
        for (unsigned i = 0; i < section->settings->len && told < most; i++) {
                const Setting *setting = section->settings->pdata[i];

                if (option_find(kind, setting->key))
                        continue;
                tell_key(build, section, kind, setting->key);
                told++;
        }
        return told;
}

static void tell_section(const Build *build, const Section *section)
{
        const char *nearest = section_nearest_header(section->name);

        build_notice(build, section, NULL, LOG_LEVEL_WARN, "is no section of ours%s%s%s",
                        nearest ? "; did you mean [" : "", nearest ? nearest : "",
                        nearest ? "]?" : "");
}

static void tell_defaults(const Build *build)
{
        const Section *defaults = build->sections->defaults;

        for (unsigned i = 0; i < defaults->settings->len; i++) {
                const Setting *setting = defaults->settings->pdata[i];

                if (!is_known_anywhere(setting->key))
                        build_notice(build, defaults, setting->key, LOG_LEVEL_WARN,
                                        "no section has a key '%s'", setting->key);
        }
}

void strays_tell(const Build *build)
{
        const GPtrArray *all = build->sections->sections;
        unsigned told = 0;

        for (unsigned i = 0; i < all->len && told < MAX_TOLD; i++) {
                const Section *section = all->pdata[i];
                SectionKind kind = section->kind;

                if (kind != _SECTION_KIND_INVALID) {
                        told += tell_keys(build, section, kind, MAX_TOLD - told);
                        continue;
                }
                tell_section(build, section);
                told++;
        }
        tell_defaults(build);
}
