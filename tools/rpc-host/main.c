/* busvisor-rpc-host: loop, signals, and the parts put together. Everything it knows beyond its
 * arguments comes over the bus, and its sockets are inherited: it reads no configuration, starts no
 * process and needs no privileges.
 *
 * It serves nobody before the daemon has said what the sockets are, or it is clear that there is
 * no daemon: the first connection is why it was started, and should not be told to come later. */

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <glib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/host-loop.h"
#include "tools/rpc-host/arguments.h"
#include "tools/rpc-host/http.h"
#include "tools/rpc-host/methods.h"
#include "tools/rpc-host/privileges.h"
#include "tools/rpc-host/uplink.h"

#define SETTLE_USEC (5 * G_USEC_PER_SEC)
/* Without a bus; the next one to be started may have been told of one. */
#define LOST_IDLE_USEC (5 * G_USEC_PER_SEC)

typedef struct Host {
        sd_event *loop;
        RouteContext context;
        Http *http;
        bool is_serving;
} Host;

static void serve(Host *host)
{
        if (!host->is_serving)
                http_start(host->http);
        host->is_serving = true;
}

static void on_up(sd_bus *bus, const char *identifier, GPtrArray *servers, void *userdata)
{
        Host *host = userdata;

        http_set_servers(host->http, servers);
        call_queue_set_bus(host->context.calls, bus);
        methods_set_bus(host->context.methods, bus, uplink_bus_name(host->context.uplink),
                        identifier);
        watchers_set_bus(host->context.watchers, bus, uplink_bus_name(host->context.uplink));
        serve(host);
}

static void on_servers(GPtrArray *servers, void *userdata)
{
        Host *host = userdata;

        http_set_servers(host->http, servers);
}

static void on_down(void *userdata)
{
        Host *host = userdata;

        watchers_set_bus(host->context.watchers, NULL, NULL);
        call_queue_set_bus(host->context.calls, NULL);
        methods_set_bus(host->context.methods, NULL, NULL, NULL);
        serve(host);
}

static int on_settled(sd_event_source *source, uint64_t usec, void *userdata)
{
        serve(userdata);
        return 0;
}

static void on_done(void *userdata)
{
        Host *host = userdata;

        (void)sd_event_exit(host->loop, 0);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Host *host = userdata;

        uplink_hold(host->context.uplink);
        http_drain(host->http);
        return 0;
}

static int new_loop(Host *host)
{
        int r = host_loop_new(on_signal, host, &host->loop);

        if (r < 0)
                return r;
        return sd_event_add_time_relative(
                        host->loop, NULL, CLOCK_MONOTONIC, SETTLE_USEC, 0, on_settled, host);
}

/* "http-0" is server 0; others are counted. */
static unsigned number_of(const char *name, unsigned place)
{
        uint64_t number;

        if (name && g_str_has_prefix(name, "http-") &&
                        g_ascii_string_to_unsigned(name + 5, 10, 0, UINT_MAX, &number, NULL))
                return number;
        return place;
}

static int add_sockets(Host *host)
{
        g_auto(GStrv) names = NULL;
        int n = sd_listen_fds_with_names(true, &names);

        if (n == 0)
                log_error("there is no socket to listen on (sd_listen_fds(3))");
        if (n <= 0)
                return n < 0 ? n : -ENOTCONN;
        for (int i = 0; i < n; i++) {
                int fd = SD_LISTEN_FDS_START + i, r;

                if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
                        return -ENOTSOCK;
                r = http_add_socket(host->http, fd, number_of(names[i], i));
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Each connection is a descriptor, and each log that is followed has some besides. */
static void raise_descriptors(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return;
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Where busvisord has started us, it says which bus; if it does not, it has none. */
static const char *address_of(const HostArguments *arguments)
{
        if (arguments->address || arguments->token_fd >= 0)
                return arguments->address;
        return host_arguments_default_address();
}

static int run(const Arguments *arguments, const char *token)
{
        g_autoptr(CallQueue) calls = call_queue_new();
        g_autoptr(Methods) methods = methods_new(calls);
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(Watchers) watchers = NULL;
        g_autoptr(Uplink) uplink = NULL;
        g_autoptr(Http) http = NULL;
        Host host = {};
        const UplinkHandler handler = { on_up, on_servers, on_down, &host };
        const char *address = address_of(&arguments->host);
        int r = new_loop(&host);

        loop = host.loop;
        if (r < 0)
                return r;
        uplink = uplink_new(loop, address, arguments->host.bus_name, token, &handler);
        watchers = watchers_new(loop, calls);
        if (!watchers)
                return -ENOMEM;
        host.context = (RouteContext){ loop, uplink, calls, methods, watchers };
        http = host.http = http_new(loop, &host.context, &arguments->timeouts,
                        address ? arguments->idle_usec : LOST_IDLE_USEC, on_done, &host);
        if (!http)
                return -EIO;
        r = add_sockets(&host);
        if (r < 0)
                return r;
        uplink_start(uplink);
        privileges_give_up();
        return sd_event_loop(loop);
}

int main(int argc, char **argv)
{
        g_autofree char *token = NULL;
        Arguments arguments = {};
        int r, status;

        setlocale(LC_CTYPE, ""); /* for GLib's own texts in --help */
        if (!arguments_parse(argc, argv, &arguments, &status))
                return status;
        host_log_set_debug(arguments.host.debug);
        raise_descriptors();
        if (!host_arguments_read_token(&arguments.host, &token))
                return EXIT_FAILURE;
        r = run(&arguments, token);
        if (r < 0)
                log_error("%s", g_strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
