/* [supervisord] comes first, because its environment can be used in all other sections, and what it
 * sets for every program has to be there when the programs are made. */

#include "daemon/config/build.h"

#include <pwd.h>
#include <string.h>

#include "daemon/config/assign.h"
#include "daemon/config/build-environment.h"
#include "daemon/config/build-group.h"
#include "daemon/config/build-option.h"
#include "daemon/config/strays.h"
#include "daemon/config/value.h"

#define MAIN_RPC_FACTORY "supervisor.rpcinterface:make_main_rpcinterface"

static void make_absolute(char **path)
{
        char *absolute = value_absolute_path(*path);

        g_free(*path);
        *path = absolute;
}

/* The command line is text as in the file, but nothing in it is expanded. */
static bool apply_overrides(
                SupervisordConfig *supervisord, const ConfigOverrides *overrides, GError **error)
{
        GHashTableIter iter;
        void *name, *text;

        if (!overrides)
                return true;
        g_hash_table_iter_init(&iter, (GHashTable *)overrides);
        while (g_hash_table_iter_next(&iter, &name, &text)) {
                const Option *option = option_find(SECTION_SUPERVISORD, name);

                g_assert(option);
                if (!assign_text(option, supervisord, text, error)) {
                        g_prefix_error(error, "command line: %s: ", (const char *)name);
                        return false;
                }
        }
        return true;
}

static void finish_supervisord(SupervisordConfig *supervisord)
{
        struct passwd *entry = supervisord->user ? getpwuid(supervisord->uid) : NULL;

        if (entry)
                supervisord->gid = entry->pw_gid;
        if (strcmp(supervisord->logfile, "syslog") != 0 &&
                        strcmp(supervisord->logfile, "journal") != 0)
                make_absolute(&supervisord->logfile);
        make_absolute(&supervisord->pidfile);
        if (!supervisord->childlogdir)
                supervisord->childlogdir = g_strdup(g_get_tmp_dir());
}

/* Only its environment may use %(host_node_name)s. */
static bool read_supervisord_options(const Build *build, const Section *section,
                SupervisordConfig *supervisord, GError **error)
{
        g_autoptr(Expansions) names = expansions_new(build->named);

        return build_options(build, section, SECTION_SUPERVISORD, TARGET_SUPERVISORD, false,
                               build->common, supervisord, error) &&
               build_environment(build, section, SECTION_SUPERVISORD, names, supervisord, error);
}

static bool build_supervisord(const Build *build, const ConfigOverrides *overrides, GError **error)
{
        SupervisordConfig *supervisord = &build->config->supervisord;
        const Section *section = sections_find(build->sections, "supervisord");

        if (!section)
                return place_error(error, (Place){ build->config->file }, CONFIG_ERROR_SYNTAX,
                                "there is no section [supervisord]; it may be empty, but it has to "
                                "be there");
        if (!read_supervisord_options(build, section, supervisord, error) ||
                        !apply_overrides(supervisord, overrides, error))
                return false;
        supervisord->umask_is_given =
                        sections_get(build->sections, section, "umask") ||
                        (overrides && g_hash_table_contains((GHashTable *)overrides, "umask"));
        expansions_set_variables(build->environment, supervisord->environment);
        finish_supervisord(supervisord);
        return true;
}

static const char factory_key[] = "supervisor.rpcinterface_factory";

static bool check_factory_setting(
                const Build *build, const Section *section, const Setting *setting, GError **error)
{
        g_autofree char *text = NULL;

        if (!build_text(build, section, setting, build->environment, &text, error))
                return false;
        if (strcmp(setting->key, factory_key) == 0 && strcmp(text, MAIN_RPC_FACTORY) != 0)
                build_notice(build, section, factory_key, LOG_LEVEL_WARN,
                                "%s: '%s' is Python code, which cannot be loaded; the section has "
                                "no effect",
                                factory_key, text);
        return true;
}

/* All keys of these sections, and of [DEFAULT], go to the factory, so all are worked out. */
static bool check_rpcinterface(const Build *build, const Section *section, GError **error)
{
        const GPtrArray *shared = build->sections->defaults->settings;

        if (!sections_get(build->sections, section, factory_key))
                return build_error(build, section, NULL, error, "has no %s; write %s=%s",
                                factory_key, factory_key, MAIN_RPC_FACTORY);
        for (unsigned i = 0; i < section->settings->len; i++)
                if (!check_factory_setting(build, section, section->settings->pdata[i], error))
                        return false;
        for (unsigned i = 0; i < shared->len; i++) {
                const Setting *setting = shared->pdata[i];

                if (sections_get(build->sections, section, setting->key) == setting &&
                                !check_factory_setting(build, section, setting, error))
                        return false;
        }
        return true;
}

static bool check_rpcinterfaces(const Build *build, GError **error)
{
        const GPtrArray *all = build->sections->sections;

        for (unsigned i = 0; i < all->len; i++) {
                const Section *section = all->pdata[i];
                SectionKind kind = section->kind;

                if (kind == SECTION_RPCINTERFACE && !check_rpcinterface(build, section, error))
                        return false;
                if (kind == SECTION_CTLPLUGIN)
                        build_notice(build, section, NULL, LOG_LEVEL_WARN,
                                        "is a plug-in in Python, which cannot be loaded; the "
                                        "section has no effect");
        }
        return true;
}

/* Only the path of a socket may use %(here)s. */
static bool read_http_options(const Build *build, const Section *section, SectionKind kind,
                HttpServerConfig *server, GError **error)
{
        for (size_t i = 0; i < n_options; i++) {
                const Option *option = &options[i];
                const Expansions *names = option->type == OPTION_ABSOLUTE ? build->common
                                                                          : build->environment;

                if (option->target == TARGET_HTTP_SERVER &&
                                (option->sections & SECTION_BIT(kind)) &&
                                !build_option(build, section, option, names, server, error))
                        return false;
        }
        return true;
}

static bool build_http_server(
                const Build *build, const Section *section, SectionKind kind, GError **error)
{
        g_autoptr(HttpServerConfig) server = http_server_config_new();

        server->section = g_strdup(section->name);
        if (!read_http_options(build, section, kind, server, error))
                return false;
        if (kind == SECTION_INET_HTTP_SERVER && !server->host)
                return build_error(build, section, NULL, error,
                                "has no port; write port=127.0.0.1:9001");
        if (kind == SECTION_UNIX_HTTP_SERVER && !server->file)
                return build_error(build, section, NULL, error,
                                "has no file; write file=/run/supervisor.sock");
        if (!server->username != !server->password)
                return build_error(build, section, server->username ? "username" : "password",
                                error, "has only one of username and password; set both or none");
        g_ptr_array_add(build->config->http_servers, g_steal_pointer(&server));
        return true;
}

static bool build_http_servers(const Build *build, SectionKind kind, GError **error)
{
        const GPtrArray *all = build->sections->sections;

        for (unsigned i = 0; i < all->len; i++)
                if (((Section *)all->pdata[i])->kind == kind &&
                                !build_http_server(build, all->pdata[i], kind, error))
                        return false;
        return true;
}

bool build_config(const Sections *sections, const ConfigOverrides *overrides, Config *config,
                GError **error)
{
        g_autoptr(Build) build = build_new(sections, config);

        if (!build_supervisord(build, overrides, error) || !check_rpcinterfaces(build, error) ||
                        !build_groups(build, error) ||
                        !build_http_servers(build, SECTION_INET_HTTP_SERVER, error) ||
                        !build_http_servers(build, SECTION_UNIX_HTTP_SERVER, error))
                return false;
        strays_tell(build);
        return true;
}
