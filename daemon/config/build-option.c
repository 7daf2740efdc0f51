/* Supervisor works out values when it uses them, each with the names that its code has at hand
 * there. Those accidents are its interface; they are kept as three nested scopes (environment,
 * common, named), to which program sections add their own.
 *
 * Two values are worked out twice by the released Supervisor, log files and [supervisord]
 * environment, so that a percent sign took four. Here the second time is left out where it would
 * fail, which gives
 * "%%" and "%%%%" the same meaning and leaves every file valid that was. */

#include "daemon/config/build-option.h"

#include <string.h>
#include <sys/utsname.h>

#include "daemon/config/assign.h"

Build *build_new(const Sections *sections, Config *config)
{
        Build *build = g_new0(Build, 1);
        g_auto(GStrv) variables = g_get_environ();
        g_autofree char *here = g_path_get_dirname(config->file);
        struct utsname system;

        build->sections = sections;
        build->config = config;
        build->replace_here = sections_find(sections, "include") != NULL;
        build->environment = expansions_new(NULL);
        build->common = expansions_new(build->environment);
        build->named = expansions_new(build->common);
        build->environment_files = g_hash_table_new_full(
                        g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
        build->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (char **variable = variables; *variable; variable++) {
                const char *equals = strchr(*variable, '=');
                g_autofree char *name = equals ? g_strndup(*variable, equals - *variable) : NULL;

                if (name)
                        expansions_set_variable(build->environment, name, equals + 1);
        }
        expansions_set(build->common, "here", here);
        expansions_set(build->named, "host_node_name", uname(&system) == 0 ? system.nodename : "");
        return build;
}

Build *build_free(Build *build)
{
        if (!build)
                return NULL;
        g_hash_table_unref(build->environment_files);
        g_hash_table_unref(build->told);
        expansions_free(build->named);
        expansions_free(build->common);
        expansions_free(build->environment);
        g_free(build);
        return NULL;
}

Place build_place(const Build *build, const Section *section, const char *key)
{
        const Setting *setting = key ? sections_get(build->sections, section, key) : NULL;

        return setting ? setting->place : section->place;
}

bool build_error(const Build *build, const Section *section, const char *key, GError **error,
                const char *format, ...)
{
        g_autofree char *message = NULL;
        va_list arguments;

        va_start(arguments, format);
        message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        return place_error(error, build_place(build, section, key), CONFIG_ERROR_VALUE, "[%s] %s",
                        section->name, message);
}

void build_notice(const Build *build, const Section *section, const char *key, LogLevel level,
                const char *format, ...)
{
        g_autofree char *prefix = place_to_prefix(build_place(build, section, key));
        g_autofree char *message = NULL;
        char *notice;
        va_list arguments;

        va_start(arguments, format);
        message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        notice = g_strdup_printf("%s[%s] %s", prefix, section->name, message);
        if (g_hash_table_contains(build->told, notice)) {
                g_free(notice);
                return;
        }
        config_notice(build->config, level, "%s", notice);
        g_hash_table_add(build->told, notice);
}

/* %(here)s becomes the folder, unless its percent sign is itself written as %%. */
static char *replace_here(const char *text, const char *folder)
{
        static const char name[] = "%(here)s";
        g_auto(GStrv) parts = g_strsplit(folder, "%", -1);
        g_autofree char *escaped = g_strjoinv("%%", parts);
        GString *out = g_string_new(NULL);

        while (*text) {
                if (g_str_has_prefix(text, name)) {
                        g_string_append(out, escaped);
                        text += strlen(name);
                } else {
                        size_t length = g_str_has_prefix(text, "%%") ? 2 : 1;

                        g_string_append_len(out, text, length);
                        text += length;
                }
        }
        return g_string_free(out, FALSE);
}

/* The text with %(here)s replaced; NULL where there is nothing to replace. */
static char *raw_text(const Build *build, const Section *section, const Setting *setting,
                const char *text)
{
        g_autofree char *here = NULL;

        if (!build->replace_here || !strstr(text, "%(here)s"))
                return NULL;
        here = sections_here(build->sections, section, setting);
        return replace_here(text, here);
}

static bool expand_text(const Build *build, const Section *section, const Setting *setting,
                const char *text, const Expansions *names, char **ret, GError **error)
{
        g_autofree char *raw = raw_text(build, section, setting, text);
        bool nameless = false;

        if (!expand(raw ? raw : text, names, ret, &nameless, error))
                return place_prefix_error(
                                error, setting->place, "[%s] %s: ", section->name, setting->key);
        if (nameless)
                build_notice(build, section, setting->key, LOG_LEVEL_WARN,
                                "%s: a %%s without a name stays as it is; write %%%%s for that",
                                setting->key);
        return true;
}

bool build_text(const Build *build, const Section *section, const Setting *setting,
                const Expansions *names, char **ret, GError **error)
{
        g_assert(setting->shape == SETTING_TEXT);
        return expand_text(build, section, setting, setting->text, names, ret, error);
}

static bool is_worked_out_twice(const Option *option)
{
        return option->type == OPTION_LOGFILE ||
               (option->type == OPTION_ENVIRONMENT && option->target == TARGET_SUPERVISORD);
}

static bool build_from_text(const Build *build, const Section *section, const Option *option,
                const Setting *setting, const Expansions *names, void *structure, GError **error)
{
        g_autofree char *text = NULL, *again = NULL;

        if (!build_text(build, section, setting, names, &text, error))
                return false;
        if (is_worked_out_twice(option) && expand(text, names, &again, NULL, NULL)) {
                g_free(text);
                text = g_steal_pointer(&again);
        }
        return assign_text(option, structure, text, error) ||
               place_prefix_error(error, setting->place, "[%s] %s: ", section->name, option->name);
}

static bool expand_items(const Build *build, const Section *section, const Setting *setting,
                const Expansions *names, char ***ret, GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

        for (char **item = setting->items; *item; item++) {
                char *text = NULL;

                if (!expand_text(build, section, setting, *item, names, &text, error))
                        return false;
                g_ptr_array_add(items, text);
        }
        g_ptr_array_add(items, NULL);
        *ret = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
        return true;
}

static bool build_from_items(const Build *build, const Section *section, const Option *option,
                const Setting *setting, const Expansions *names, void *structure, GError **error)
{
        g_auto(GStrv) items = NULL;

        if (!expand_items(build, section, setting, names, &items, error))
                return false;
        return assign_items(option, structure, items, error) ||
               place_prefix_error(error, setting->place, "[%s] %s: ", section->name, option->name);
}

static bool build_default(
                const Option *option, const Expansions *names, void *structure, GError **error)
{
        g_autofree char *text = NULL;

        if (!option->default_text)
                return true;
        if (!strchr(option->default_text, '%'))
                return assign_text(option, structure, option->default_text, error);
        return expand(option->default_text, names, &text, NULL, error) &&
               assign_text(option, structure, text, error);
}

/* What the setting adds to comes first. */
static bool build_setting(const Build *build, const Section *section, const Option *option,
                const Setting *setting, const Expansions *names, void *structure, GError **error)
{
        if (setting->below && !build_setting(build, section, option, setting->below, names,
                                              structure, error))
                return false;
        if (setting->shape == SETTING_TEXT)
                return build_from_text(build, section, option, setting, names, structure, error);
        return build_from_items(build, section, option, setting, names, structure, error);
}

bool build_option(const Build *build, const Section *section, const Option *option,
                const Expansions *names, void *structure, GError **error)
{
        const Setting *setting = sections_get(build->sections, section, option->name);

        if (setting)
                return build_setting(build, section, option, setting, names, structure, error);
        return build_default(option, names, structure, error) ||
               place_prefix_error(error, section->place, "[%s] %s: ", section->name, option->name);
}

bool build_options(const Build *build, const Section *section, SectionKind kind,
                OptionTarget target, bool per_process, const Expansions *names, void *structure,
                GError **error)
{
        for (size_t i = 0; i < n_options; i++) {
                const Option *option = &options[i];

                if (option->target == target && option->per_process == per_process &&
                                (option->sections & SECTION_BIT(kind)) &&
                                option->type != OPTION_ENVIRONMENT &&
                                !build_option(build, section, option, names, structure, error))
                        return false;
        }
        return true;
}

bool build_include_patterns(const Sections *sections, const Section *include, Config *config,
                char ***ret, GError **error)
{
        g_autoptr(Build) build = build_new(sections, config);
        const Setting *files = sections_get(sections, include, "files");
        g_autofree char *text = NULL;

        if (!files)
                return build_error(build, include, NULL, error,
                                "has no files; write files = conf.d/*.conf");
        if (files->shape == SETTING_LIST)
                return expand_items(build, include, files, build->named, ret, error);
        if (!build_text(build, include, files, build->named, &text, error))
                return false;
        *ret = g_regex_split_simple("\\s+", text, 0, 0);
        return true;
}
