/* The line is read lightly, see conf-value.h; for an identifier in any other form there is -i. */

#include "tools/ctl/identifier.h"

#include <string.h>

#include "tools/ctl/conf-value.h"
#include "tools/ctl/failure.h"

char *identifier_from_text(const char *text, bool is_yaml)
{
        char *found = conf_value_find(text, is_yaml, "supervisord", "identifier");

        return found ? found : g_strdup(IDENTIFIER_DEFAULT);
}

bool identifier_is_for_clients(const char *path)
{
        g_autofree char *text = conf_value_read_file(path, NULL);

        return text && !conf_value_is_yaml(path) && !strstr(text, "[supervisord]");
}

char *identifier_from_file(const char *path, GError **error)
{
        g_autofree char *text = conf_value_read_file(path, error);
        g_autofree char *identifier = NULL;

        if (!text)
                return NULL;
        identifier = identifier_from_text(text, conf_value_is_yaml(path));
        if (strchr(identifier, '%')) {
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "%s: identifier '%s' can only be worked out by busvisord; "
                                "say which one it is with -i",
                                path, identifier);
                return NULL;
        }
        return g_steal_pointer(&identifier);
}
