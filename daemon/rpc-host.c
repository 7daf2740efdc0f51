/* The sockets are watched level-triggered: what has come between the last look of a process that
 * ends and its end is seen as soon as they are watched again. */

#include "daemon/rpc-host.h"

#include <string.h>
#include <sys/epoll.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/helper.h"
#include "daemon/host-program.h"
#include "daemon/http-refusal.h"
#include "daemon/start-token.h"

#define PROGRAM "busvisor-rpc-host"

/* So many failures in a row, which take less than a second, cost nobody who waits his answer. */
#define PATIENT_FAILURES 4

/* Of sd_listen_fds(3). */
#define FIRST_DESCRIPTOR 3

G_STATIC_ASSERT(HTTP_SOCKETS_MAX < CHILD_EXTRA_MAX);

struct RpcHost {
        RpcHostSetup setup;
        char *bus_name;
        char *bus_address; /* NULL = there was no bus so far */
        bool is_open;
        Helper *helper;
        GPtrArray *sources; /* of sd_event_source, while a connection is waited for */
        HttpRefusal *refusal;
        StartToken token;
        char **arguments, **environment; /* while a start is under way */
        int descriptors[HTTP_SOCKETS_MAX + 1];
};

static void free_source(void *source)
{
        sd_event_source_disable_unref(source);
}

static void look_away(RpcHost *host)
{
        g_ptr_array_set_size(host->sources, 0);
        http_refusal_clear(host->refusal);
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        RpcHost *host = userdata;

        look_away(host);
        helper_start(host->helper);
        return 0;
}

static void wait_for_connection(RpcHost *host, int fd)
{
        sd_event_source *source;
        int r = sd_event_add_io(host->setup.event, &source, fd, EPOLLIN, on_connection, host);

        g_assert(r >= 0);
        g_ptr_array_add(host->sources, source);
}

/* While it rests; it is tried again for the next connection after that. */
static bool is_to_refuse(const RpcHost *host)
{
        return helper_is_resting(host->helper) && helper_failures(host->helper) >= PATIENT_FAILURES;
}

/* Looks after the sockets while it does not run. */
static void watch(RpcHost *host)
{
        look_away(host);
        if (!host->is_open)
                return;
        for (size_t i = 0; i < http_sockets_count(host->setup.sockets); i++) {
                int fd = http_sockets_descriptor(host->setup.sockets, i);

                if (is_to_refuse(host))
                        http_refusal_add(host->refusal, fd);
                else
                        wait_for_connection(host, fd);
        }
}

/* Starting it. */

static char **make_environment(const RpcHost *host, size_t n_sockets)
{
        g_autoptr(GString) names = g_string_new(NULL);
        g_autofree char *count = g_strdup_printf("%zu", n_sockets);
        char **variables = host_user_environment(host->setup.user);

        for (size_t i = 0; i < n_sockets; i++)
                g_string_append_printf(names, "%shttp-%zu", i > 0 ? ":" : "", i);
        variables = g_environ_setenv(variables, "LISTEN_FDS", count, true);
        variables = g_environ_setenv(variables, "LISTEN_FDNAMES", names->str, true);
        variables = g_environ_setenv(variables, "LISTEN_PID", "00000000000000000000", true);
        variables = g_environ_unsetenv(variables, BUS_ADDRESS_VARIABLE);
        if (host->bus_address)
                variables = g_environ_setenv(
                                variables, BUS_ADDRESS_VARIABLE, host->bus_address, true);
        return variables;
}

static char *find_variable(char **variables, const char *start)
{
        while (!g_str_has_prefix(*variables, start))
                variables++;
        return *variables + strlen(start);
}

static char **make_arguments(const RpcHost *host, size_t n_sockets)
{
        g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
        g_autofree char *name = g_strdup_printf("--bus-name=%s", host->bus_name);
        g_autofree char *token = g_strdup_printf("--token-fd=%zu", FIRST_DESCRIPTOR + n_sockets);

        g_strv_builder_add_many(arguments, PROGRAM, name, token, NULL);
        if (host->setup.debug)
                g_strv_builder_add(arguments, "--debug");
        return g_strv_builder_end(arguments);
}

static int prepare(ChildSetup *setup, void *userdata)
{
        RpcHost *host = userdata;
        size_t n = http_sockets_count(host->setup.sockets);
        int r = start_token_make(&host->token);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                host->descriptors[i] = http_sockets_descriptor(host->setup.sockets, i);
        host->descriptors[n] = host->token.fd;
        host->arguments = make_arguments(host, n);
        host->environment = make_environment(host, n);
        setup->arguments = host->arguments;
        setup->environment = host->environment;
        setup->extra_descriptors = host->descriptors;
        setup->n_extra_descriptors = n + 1;
        host_user_apply(host->setup.user, setup);
        setup->pid_text = find_variable(host->environment, "LISTEN_PID=");
        return 0;
}

static void release(void *userdata)
{
        RpcHost *host = userdata;

        start_token_release(&host->token);
        g_clear_pointer(&host->arguments, g_strfreev);
        g_clear_pointer(&host->environment, g_strfreev);
}

static void on_ended(void *userdata)
{
        RpcHost *host = userdata;

        start_token_forget(&host->token);
}

/* What waits for one that may come up after all is left alone. */
static void on_failed(unsigned times, void *userdata)
{
        RpcHost *host = userdata;

        if (times == PATIENT_FAILURES)
                log_error("rpc-host has failed %u times in a row: while it is not tried again who "
                          "connects to an HTTP socket is answered with 503",
                                times);
        if (is_to_refuse(host))
                watch(host);
}

static void on_rested(void *userdata)
{
        RpcHost *host = userdata;

        watch(host);
}

RpcHost *rpc_host_new(const RpcHostSetup *setup)
{
        RpcHost *host = g_new0(RpcHost, 1);
        g_autofree char *file = host_program_find(PROGRAM);
        HelperPlan plan = {
                .name = "rpc-host",
                .log_level = LOG_LEVEL_WARN, /* what is not its own line is a complaint of
                                                libc */
                .file = file,
                .signal_mask = setup->signal_mask,
                .prepare = prepare,
                .release = release,
                .on_ended = on_ended,
                .on_failed = on_failed,
                .on_rested = on_rested,
                .userdata = host,
        };

        host->setup = *setup;
        host->bus_name = g_strdup(setup->bus_name);
        host->sources = g_ptr_array_new_with_free_func(free_source);
        host->refusal = http_refusal_new(setup->event, PROGRAM " cannot be started");
        start_token_init(&host->token);
        host->helper = helper_new(setup->event, &plan);
        return host;
}

RpcHost *rpc_host_free(RpcHost *host)
{
        if (!host)
                return NULL;
        g_ptr_array_unref(host->sources);
        http_refusal_free(host->refusal);
        helper_free(host->helper);
        g_free(host->bus_name);
        g_free(host->bus_address);
        g_free(host);
        return NULL;
}

/* One that is being ended has sockets of before, and is not to serve them by what counts now. */
bool rpc_host_check_token(const RpcHost *host, const char *token)
{
        return !helper_is_ending(host->helper) && start_token_is(&host->token, token);
}

/* What is not looked at any more is let go before its descriptor can be another one's. */
void rpc_host_settle(RpcHost *host, const Config *config)
{
        bool changed;

        look_away(host);
        changed = http_sockets_settle(host->setup.sockets, config);
        if (!helper_is_running(host->helper))
                watch(host);
        else if (changed)
                helper_end(host->helper);
}

void rpc_host_open(RpcHost *host)
{
        host->is_open = true;
        if (!helper_is_running(host->helper))
                watch(host);
}

void rpc_host_set_bus_address(RpcHost *host, const char *address)
{
        if (g_strcmp0(host->bus_address, address) == 0)
                return;
        g_free(host->bus_address);
        host->bus_address = g_strdup(address);
        helper_end(host->helper);
}

void rpc_host_retire(RpcHost *host, void (*gone)(void *userdata), void *userdata)
{
        look_away(host);
        helper_retire(host->helper, gone, userdata);
}
