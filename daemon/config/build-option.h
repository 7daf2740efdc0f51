/* Build option: what a section says about one option, expanded and put into its structure.
 *
 * Also knows which names can be used in which values: each scope of names is made here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "daemon/config/config.h"
#include "daemon/config/expand.h"
#include "daemon/config/options.h"
#include "daemon/config/section.h"

/* What has been made so far, as it has a bound. */
typedef struct BuildCounts {
        uint64_t n_processes;
        uint64_t n_variables; /* of all processes */
} BuildCounts;

typedef struct Build {
        const Sections *sections;
        Config *config;
        bool replace_here;       /* %(here)s is that of each file, because there is an [include] */
        Expansions *environment; /* ENV_X: the daemon's, then those of [supervisord] too */
        Expansions *common;      /* here, and these */
        Expansions *named;       /* host_node_name, and these */
        GHashTable *environment_files; /* path to variables, of the files read so far */
        BuildCounts *counts;
        GHashTable *told; /* set of char *: notices given, for many processes share a section */
} Build;

/* Both arguments are borrowed. */
Build *build_new(const Sections *sections, Config *config);
Build *build_free(Build *build);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Build, build_free)

/* The text of a setting with all names worked out; the setting is a text. g_free. */
bool build_text(const Build *build, const Section *section, const Setting *setting,
                const Expansions *names, char **ret, GError **error);
/* Puts the setting of the option, else its default, else nothing, into the structure. */
bool build_option(const Build *build, const Section *section, const Option *option,
                const Expansions *names, void *structure, GError **error);
/* Likewise all options of the kind and target that are, or are not, worked out for each process.
 * The environment is left out: it has to be there before the others can use its names. */
bool build_options(const Build *build, const Section *section, SectionKind kind,
                OptionTarget target, bool per_process, const Expansions *names, void *structure,
                GError **error);

/* The patterns of [include], while only the main file has been read. g_strfreev. */
bool build_include_patterns(const Sections *sections, const Section *include, Config *config,
                char ***ret, GError **error);

/* Where the section sets the key, or else where it begins. */
Place build_place(const Build *build, const Section *section, const char *key);
/* Sets an error at the key (or, where key is NULL, the section): "FILE:LINE: [SECTION] …". Always
 * false. */
bool build_error(const Build *build, const Section *section, const char *key, GError **error,
                const char *format, ...) G_GNUC_PRINTF(5, 6);
/* A notice there, likewise; the same one is given once. */
void build_notice(const Build *build, const Section *section, const char *key, LogLevel level,
                const char *format, ...) G_GNUC_PRINTF(5, 6);
