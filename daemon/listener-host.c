/* Its name and bus are arguments and environment, its token a descriptor: all are worked out anew
 * for each start. */

#include "daemon/listener-host.h"

#include "bus/names.h"
#include "daemon/helper.h"
#include "daemon/host-program.h"
#include "daemon/start-token.h"

#define TOKEN_DESCRIPTOR 3

struct ListenerHost {
        ListenerHostSetup setup;
        char *bus_name, *bus_address;
        Helper *helper;
        StartToken token;
        char **arguments, **environment; /* while a start is under way */
};

static int prepare(ChildSetup *setup, void *userdata)
{
        ListenerHost *host = userdata;
        g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
        g_autofree char *name = g_strdup_printf("--bus-name=%s", host->bus_name);
        g_autofree char *token = g_strdup_printf("--token-fd=%d", TOKEN_DESCRIPTOR);
        int r = start_token_make(&host->token);

        if (r < 0)
                return r;
        g_strv_builder_add_many(arguments, "busvisor-listener-host", name, token, NULL);
        if (host->setup.debug)
                g_strv_builder_add(arguments, "--debug");
        host->arguments = g_strv_builder_end(arguments);
        host->environment = g_environ_setenv(host_user_environment(host->setup.user),
                        BUS_ADDRESS_VARIABLE, host->bus_address, true);
        setup->arguments = host->arguments;
        setup->environment = host->environment;
        setup->extra_descriptors = &host->token.fd;
        setup->n_extra_descriptors = 1;
        host_user_apply(host->setup.user, setup);
        return 0;
}

static void release(void *userdata)
{
        ListenerHost *host = userdata;

        start_token_release(&host->token);
        g_clear_pointer(&host->arguments, g_strfreev);
        g_clear_pointer(&host->environment, g_strfreev);
}

static void on_ended(void *userdata)
{
        ListenerHost *host = userdata;

        start_token_forget(&host->token);
        host->setup.on_ended(host->setup.userdata);
}

ListenerHost *listener_host_new(const ListenerHostSetup *setup)
{
        ListenerHost *host = g_new0(ListenerHost, 1);
        g_autofree char *file = host_program_find("busvisor-listener-host");
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
                .userdata = host,
        };

        host->setup = *setup;
        host->bus_name = g_strdup(setup->bus_name);
        start_token_init(&host->token);
        host->helper = helper_new(setup->event, &plan);
        return host;
}

ListenerHost *listener_host_free(ListenerHost *host)
{
        if (!host)
                return NULL;
        helper_free(host->helper);
        g_free(host->bus_name);
        g_free(host->bus_address);
        g_free(host);
        return NULL;
}

void listener_host_start(ListenerHost *host, const char *bus_address)
{
        if (g_strcmp0(host->bus_address, bus_address) != 0) {
                g_free(host->bus_address);
                host->bus_address = g_strdup(bus_address);
        }
        helper_start(host->helper);
}

void listener_host_retire(ListenerHost *host, void (*gone)(void *userdata), void *userdata)
{
        helper_retire(host->helper, gone, userdata);
}

bool listener_host_check_token(const ListenerHost *host, const char *token)
{
        return start_token_is(&host->token, token);
}
