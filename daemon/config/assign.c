/* One function for each type, in a table, so that a new type is one function and one row. Fields
 * are reached by the offsets in the option table; the type says what stands there. */

#include "daemon/config/assign.h"

#include <string.h>

#include "daemon/config/environment.h"
#include "daemon/config/place.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

typedef bool (*Assign)(
                const Option *option, const char *text, void *field, void *also, GError **error);

static void replace_string(char **field, char *text)
{
        g_free(*field);
        *field = text;
}

static bool is_in_bounds(const Option *option, int64_t number, GError **error)
{
        if (option->minimum == 0 && option->maximum == 0)
                return true;
        if (number < option->minimum)
                return value_error(error,
                                "%" G_GINT64_FORMAT " is too small, the least is %" G_GINT64_FORMAT,
                                number, option->minimum);
        if (number > option->maximum)
                return value_error(error,
                                "%" G_GINT64_FORMAT " is too large, the most is %" G_GINT64_FORMAT,
                                number, option->maximum);
        return true;
}

static bool assign_string(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        replace_string(field, g_strdup(text));
        return true;
}

static bool assign_boolean(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_boolean(text, field, error);
}

static bool assign_integer(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        int64_t number;

        if (!value_integer(text, &number, error) || !is_in_bounds(option, number, error))
                return false;
        *(int64_t *)field = number;
        return true;
}

static bool assign_seconds(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_seconds(text, field, error);
}

static bool assign_duration(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_duration(text, field, error);
}

static bool assign_choice(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_choice(text, option->choices, field, error);
}

static bool assign_flags(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_flags(text, option->choices, field, error);
}

static bool assign_bytes(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_bytes(text, field, error);
}

static bool assign_octal(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_octal(text, field, error);
}

static bool assign_log_level(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_log_level(text, field, error);
}

static bool assign_signal(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_signal(text, field, error);
}

static bool assign_exit_codes(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        GArray **codes = field, *read;

        if (!value_exit_codes(text, &read, error))
                return false;
        g_clear_pointer(codes, g_array_unref);
        *codes = read;
        return true;
}

static bool assign_autorestart(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_autorestart(text, field, error);
}

static bool assign_user(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        if (!value_user(text, also, error))
                return false;
        replace_string(field, g_strdup(text));
        return true;
}

static bool assign_owner(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return value_owner(text, field, also, error);
}

static bool assign_directory(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *path;

        if (!value_directory(text, &path, error))
                return false;
        replace_string(field, path);
        return true;
}

static bool assign_path(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *path;

        if (!value_path(text, &path, error))
                return false;
        replace_string(field, path);
        return true;
}

static bool assign_absolute(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        g_autofree char *stripped = text_strip(text);

        replace_string(field, value_absolute_path(stripped));
        return true;
}

static bool assign_logfile(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *path;

        if (!value_logfile(text, &path, error))
                return false;
        replace_string(field, path);
        return true;
}

static bool assign_address(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *host;

        if (!value_address(text, &host, also, error))
                return false;
        replace_string(field, host);
        return true;
}

static bool assign_bus(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *bus;

        if (!value_bus(text, &bus, error))
                return false;
        replace_string(field, bus);
        return true;
}

static bool assign_state(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        char *state;

        if (!value_state(text, &state, error))
                return false;
        replace_string(field, state);
        return true;
}

/* A command is kept as it is: how it splits is found out when it is started. */
static bool assign_command(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        replace_string(field, g_strdup(text));
        g_clear_pointer((char ***)also, g_strfreev);
        return true;
}

static GHashTable *table_of(void *field)
{
        GHashTable **table = field;

        if (!*table)
                *table = environment_new();
        return *table;
}

static bool assign_environment(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        return environment_parse(text, table_of(field), error);
}

static void replace_list(char ***field, char **list)
{
        g_strfreev(*field);
        *field = list;
}

static bool assign_list(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        replace_list(field, text_split_list(text));
        return true;
}

static int compare_strings(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Upper case, sorted, each name once. */
static char **sorted_event_names(const char *text)
{
        g_autofree char *upper = g_utf8_strup(text, -1);
        char **names = text_split_list(upper);
        size_t count = g_strv_length(names), kept = 0;

        qsort(names, count, sizeof *names, compare_strings);
        for (size_t i = 0; i < count; i++)
                if (kept > 0 && strcmp(names[i], names[kept - 1]) == 0)
                        g_free(names[i]);
                else
                        names[kept++] = names[i];
        names[kept] = NULL;
        return names;
}

static bool assign_events(
                const Option *option, const char *text, void *field, void *also, GError **error)
{
        g_auto(GStrv) names = sorted_event_names(text);
        const char *unknown, *nearest;

        if (!names[0])
                return value_error(error, "no event type is named; write for example "
                                          "PROCESS_STATE or TICK_60");
        if (!event_type_set_from_strings((const char *const *)names, also, &unknown)) {
                nearest = event_type_nearest(unknown);
                return value_error(error, "there is no event type '%s'%s%s%s", unknown,
                                nearest ? "; did you mean " : "", nearest ? nearest : "",
                                nearest ? "?" : "");
        }
        replace_list(field, g_steal_pointer(&names));
        return true;
}

static const Assign assigns[_OPTION_TYPE_MAX] = {
        [OPTION_STRING] = assign_string,
        [OPTION_BOOLEAN] = assign_boolean,
        [OPTION_INTEGER] = assign_integer,
        [OPTION_SECONDS] = assign_seconds,
        [OPTION_DURATION] = assign_duration,
        [OPTION_BYTES] = assign_bytes,
        [OPTION_OCTAL] = assign_octal,
        [OPTION_LOG_LEVEL] = assign_log_level,
        [OPTION_SIGNAL] = assign_signal,
        [OPTION_EXIT_CODES] = assign_exit_codes,
        [OPTION_AUTORESTART] = assign_autorestart,
        [OPTION_USER] = assign_user,
        [OPTION_OWNER] = assign_owner,
        [OPTION_DIRECTORY] = assign_directory,
        [OPTION_PATH] = assign_path,
        [OPTION_ABSOLUTE] = assign_absolute,
        [OPTION_LOGFILE] = assign_logfile,
        [OPTION_ADDRESS] = assign_address,
        [OPTION_NAME] = assign_string,
        [OPTION_BUS] = assign_bus,
        [OPTION_STATE] = assign_state,
        [OPTION_COMMAND] = assign_command,
        [OPTION_ENVIRONMENT] = assign_environment,
        [OPTION_CHOICE] = assign_choice,
        [OPTION_FLAGS] = assign_flags,
        [OPTION_LIST] = assign_list,
        [OPTION_EVENTS] = assign_events,
};

bool assign_text(const Option *option, void *structure, const char *text, GError **error)
{
        char *base = structure;

        g_assert(option->target != TARGET_NONE);
        return assigns[option->type](
                        option, text, base + option->offset, base + option->also, error);
}

/* The list beside it is what is run; the text is for people, and splits into the same. */
static bool assign_arguments(char **command, char ***list, char *const *items, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);

        if (!items[0])
                return value_error(error, "the list is empty; its first item is the program");
        for (char *const *item = items; *item; item++) {
                g_autofree char *quoted = g_shell_quote(*item);
                bool plain = **item && !strpbrk(*item, " \t\r\n'\"\\");

                g_string_append_printf(
                                text, "%s%s", text->len > 0 ? " " : "", plain ? *item : quoted);
        }
        replace_string(command, g_strdup(text->str));
        replace_list(list, g_strdupv((char **)items));
        return true;
}

bool assign_items(const Option *option, void *structure, char *const *items, GError **error)
{
        char *base = structure;

        if (option->type == OPTION_COMMAND)
                return assign_arguments((char **)(void *)(base + option->offset),
                                (char ***)(void *)(base + option->also), items, error);
        g_assert(option->type == OPTION_ENVIRONMENT);
        for (; items[0]; items += 2)
                g_hash_table_replace(table_of(base + option->offset), g_strdup(items[0]),
                                g_strdup(items[1]));
        return true;
}
