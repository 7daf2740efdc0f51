/* A shell is opened by a person: what stands in the file and cannot be worked out here is shown as
 * it is, rather than keeping the shell from opening. */

#include "tools/ctl/shell-settings.h"

#include <string.h>

#include "tools/ctl/conf-value.h"
#include "tools/ctl/identifier.h"
#include "tools/ctl/output.h"

#define SECTION "supervisorctl"

static const char *value_of_expression(const char *name, const char *here)
{
        if (strcmp(name, "here") == 0)
                return here;
        if (strcmp(name, "host_node_name") == 0)
                return g_get_host_name();
        if (g_str_has_prefix(name, "ENV_"))
                return g_getenv(name + strlen("ENV_"));
        return NULL;
}

char *shell_settings_expand(const char *text, const char *here)
{
        GString *expanded = g_string_new(NULL);

        while (*text) {
                const char *end = g_str_has_prefix(text, "%(") ? strstr(text, ")s") : NULL;
                g_autofree char *name = end ? g_strndup(text + 2, end - text - 2) : NULL;
                const char *value = name ? value_of_expression(name, here) : NULL;

                if (value) {
                        g_string_append(expanded, value);
                        text = end + strlen(")s");
                } else {
                        g_string_append_c(expanded, *text++);
                }
        }
        return g_string_free(expanded, false);
}

static char *expanded_path(const char *path, const char *here)
{
        g_autofree char *expanded = shell_settings_expand(path, here);

        if (g_str_has_prefix(expanded, "~/"))
                return g_build_filename(g_get_home_dir(), expanded + 2, NULL);
        return g_canonicalize_filename(expanded, NULL);
}

static bool read_file(ShellSettings *settings, const char *path, GError **error)
{
        g_autofree char *text = conf_value_read_file(path, error);
        g_autofree char *absolute = g_canonicalize_filename(path, NULL);
        g_autofree char *here = g_path_get_dirname(absolute);
        bool is_yaml = conf_value_is_yaml(path);
        g_autofree char *prompt = NULL;
        g_autofree char *history = NULL;

        if (!text)
                return false;
        prompt = conf_value_find(text, is_yaml, SECTION, "prompt");
        history = conf_value_find(text, is_yaml, SECTION, "history_file");
        if (prompt)
                settings->prompt = shell_settings_expand(prompt, here);
        if (history && *history)
                settings->history_file = expanded_path(history, here);
        return true;
}

/* A relative XDG_STATE_HOME counts as unset, which GLib takes care of. */
static char *default_history_file(void)
{
        return g_build_filename(g_get_user_state_dir(), "busvisor", "history", NULL);
}

bool shell_settings_init(ShellSettings *settings, const Arguments *arguments, GError **error)
{
        ShellSettings own = { 0 };
        g_autofree char *printable = NULL;

        if (arguments->configuration && !read_file(&own, arguments->configuration, error))
                return false;
        if (!own.prompt)
                own.prompt = g_strdup(
                                arguments->identifier ? arguments->identifier : IDENTIFIER_DEFAULT);
        if (arguments->history_file) {
                g_free(own.history_file);
                own.history_file = g_strdup(arguments->history_file);
        }
        if (!own.history_file)
                own.history_file = default_history_file();
        printable = output_printable(own.prompt);
        g_free(own.prompt);
        own.prompt = g_strconcat(printable, "> ", NULL);
        *settings = own;
        return true;
}

void shell_settings_clear(ShellSettings *settings)
{
        g_free(settings->prompt);
        g_free(settings->history_file);
        *settings = (ShellSettings){ 0 };
}
