/* The URL of a server on this machine says nothing that is needed: the daemon is found on its bus,
 * by its configuration file where one is given. */

#include "tools/ctl/classic.h"

#include <getopt.h>
#include <string.h>

#include "tools/ctl/failure.h"

static const struct option options[] = {
        { "configuration", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },
        { "history_file", required_argument, NULL, 'r' },
        { "interactive", no_argument, NULL, 'i' },
        { "password", required_argument, NULL, 'p' },
        { "serverurl", required_argument, NULL, 's' },
        { "username", required_argument, NULL, 'u' },
        { 0 },
};

bool classic_is_called(const char *program)
{
        const char *slash = program ? strrchr(program, '/') : NULL;

        return g_strcmp0(slash ? slash + 1 : program, "supervisorctl") == 0;
}

/* Of "HOST:PORT/…" or "[ADDRESS]:PORT". */
static bool is_local_host(const char *host)
{
        static const char *const names[] = { "", "localhost", "[::1]", "0.0.0.0" };
        const char *behind = *host == '[' ? strchr(host, ']') : NULL;
        g_autofree char *name =
                        g_strndup(host, behind ? (size_t)(behind + 1 - host) : strcspn(host, ":/"));

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_ascii_strcasecmp(name, names[i]) == 0)
                        return true;
        return g_str_has_prefix(name, "127.");
}

static bool check_url(const char *url, GError **error)
{
        const char *host = strstr(url, "://");

        if (!host) {
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "-s '%s' is no URL: it begins with unix:// or http://", url);
                return false;
        }
        if (g_str_has_prefix(url, "unix://") || is_local_host(host + strlen("://")))
                return true;
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "-s %s is not on this machine, and busvisord is spoken to on its own; run "
                        "it there: ssh HOST supervisorctl ..., or here: busvisorctl --host HOST ...",
                        url);
        return false;
}

static bool add_option(GPtrArray *line, int option, const char *value, GError **error)
{
        switch (option) {
        case 'c':
        case 'r':
                g_ptr_array_add(line, g_strdup_printf("-%c", option));
                g_ptr_array_add(line, g_strdup(value));
                return true;
        case 'h':
        case 'i':
                g_ptr_array_add(line, g_strdup(option == 'h' ? "--help" : "--interactive"));
                return true;
        case 's':
                return check_url(value, error);
        case 'u':
        case 'p':
                return true;
        default:
                g_set_error(error, FAILURE, FAILURE_USAGE,
                                "an option that supervisorctl does not have, or one without its "
                                "value (try --help)");
                return false;
        }
}

char **classic_arguments(int argc, char *const *argv, GError **error)
{
        g_autoptr(GPtrArray) line = g_ptr_array_new_with_free_func(g_free);
        int option;

        optind = 0; /* GNU: from the beginning, and with "+" as the first character */
        opterr = 0;
        g_ptr_array_add(line, g_strdup(argv[0]));
        while ((option = getopt_long(argc, argv, "+c:hir:s:u:p:", options, NULL)) != -1) {
                if (option == '?' && g_strcmp0(argv[optind - 1], "-?") == 0)
                        option = 'h';
                if (!add_option(line, option, optarg, error))
                        return NULL;
        }
        g_ptr_array_add(line, g_strdup("--"));
        for (int i = optind; i < argc; i++)
                g_ptr_array_add(line, g_strdup(argv[i]));
        g_ptr_array_add(line, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&line), false);
}
