/* The hosts are found beside this program or where they were installed, never in PATH. */

#include "daemon/hosts.h"

#include "bus/names.h"
#include "daemon/helper.h"
#include "daemon/start-token.h"

#define TOKEN_DESCRIPTOR 3

struct Hosts {
        HostsSetup setup;
        char *bus_name, *bus_address;
        Helper *listener_host;
        StartToken token;
        char **arguments, **environment; /* while a start is under way */
};

static bool is_program(const char *path)
{
        return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) &&
               !g_file_test(path, G_FILE_TEST_IS_DIR);
}

char *hosts_find_program(const char *name)
{
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
        g_autofree char *beside = g_build_filename(folder, name, NULL);
        g_autofree char *prefixed =
                        g_build_filename(folder, "..", "libexec", "busvisor", name, NULL);

        if (is_program(beside))
                return g_steal_pointer(&beside);
        if (is_program(prefixed))
                return g_steal_pointer(&prefixed);
        return g_build_filename(LIBEXECDIR, name, NULL);
}

static int prepare(ChildSetup *setup, void *userdata)
{
        Hosts *hosts = userdata;
        g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
        g_autofree char *name = g_strdup_printf("--bus-name=%s", hosts->bus_name);
        g_autofree char *token = g_strdup_printf("--token-fd=%d", TOKEN_DESCRIPTOR);
        int r = start_token_make(&hosts->token);

        if (r < 0)
                return r;
        g_strv_builder_add_many(arguments, "busvisor-listener-host", name, token, NULL);
        if (hosts->setup.debug)
                g_strv_builder_add(arguments, "--debug");
        hosts->arguments = g_strv_builder_end(arguments);
        hosts->environment = g_environ_setenv(host_user_environment(hosts->setup.user),
                        BUS_ADDRESS_VARIABLE, hosts->bus_address, true);
        setup->arguments = hosts->arguments;
        setup->environment = hosts->environment;
        setup->extra_descriptors = &hosts->token.fd;
        setup->n_extra_descriptors = 1;
        host_user_apply(hosts->setup.user, setup);
        return 0;
}

static void release(void *userdata)
{
        Hosts *hosts = userdata;

        start_token_release(&hosts->token);
        g_clear_pointer(&hosts->arguments, g_strfreev);
        g_clear_pointer(&hosts->environment, g_strfreev);
}

static void on_ended(void *userdata)
{
        Hosts *hosts = userdata;

        start_token_forget(&hosts->token);
        hosts->setup.on_listener_host_ended(hosts->setup.userdata);
}

Hosts *hosts_new(const HostsSetup *setup)
{
        Hosts *hosts = g_new0(Hosts, 1);
        g_autofree char *file = hosts_find_program("busvisor-listener-host");
        HelperPlan plan = {
                .name = "listener-host",
                .log_level = LOG_LEVEL_WARN, /* what is not its own line is a complaint of
                                                libc */
                .file = file,
                .signal_mask = setup->signal_mask,
                .keep_stdout = true,
                .prepare = prepare,
                .release = release,
                .on_ended = on_ended,
                .userdata = hosts,
        };

        hosts->setup = *setup;
        hosts->bus_name = g_strdup(setup->bus_name);
        start_token_init(&hosts->token);
        hosts->listener_host = helper_new(setup->event, &plan);
        return hosts;
}

Hosts *hosts_free(Hosts *hosts)
{
        if (!hosts)
                return NULL;
        helper_free(hosts->listener_host);
        g_free(hosts->bus_name);
        g_free(hosts->bus_address);
        g_free(hosts);
        return NULL;
}

void hosts_start_listener_host(Hosts *hosts, const char *bus_address)
{
        if (g_strcmp0(hosts->bus_address, bus_address) != 0) {
                g_free(hosts->bus_address);
                hosts->bus_address = g_strdup(bus_address);
        }
        helper_start(hosts->listener_host);
}

void hosts_retire(Hosts *hosts, void (*gone)(void *userdata), void *userdata)
{
        helper_retire(hosts->listener_host, gone, userdata);
}

bool hosts_check_token(const Hosts *hosts, const char *token)
{
        return start_token_is(&hosts->token, token);
}
