/* busvisor-listener-host: arguments, loop, signals. Everything it knows beyond them comes over the
 * bus: it reads no configuration, starts no process and needs no privileges. */

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <systemd/sd-event.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "config.h"
#include "listener-host/host-log.h"
#include "listener-host/subscriber.h"

#define TOKEN_MAX_BYTES 256

#define EXIT_USAGE 2

static char *option_address;
static char *option_bus_name;
static int option_token_fd = -1;
static gboolean option_debug;
static gboolean option_version;

static const GOptionEntry options[] = {
                {"address", 0, 0, G_OPTION_ARG_STRING, &option_address,
                                "D-Bus address of the bus of busvisord, or \"system\" or \"user\"",
                                "ADDRESS"},
                {"bus-name", 0, 0, G_OPTION_ARG_STRING, &option_bus_name,
                                "The name that busvisord has there (" BUS_NAME ")", "NAME"},
                {"token-fd", 0, 0, G_OPTION_ARG_INT, &option_token_fd,
                                "Read from this descriptor what proves to busvisord who we are",
                                "N"},
                {"debug", 0, 0, G_OPTION_ARG_NONE, &option_debug, "Log every step of the protocol",
                                NULL},
                {"version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Show the version", NULL},
                {NULL},
};

/* False when the program has to end; *ret_status says how. */
static bool parse_arguments(int argc, char **argv, int *ret_status)
{
        g_autoptr(GOptionContext) context = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;

        g_option_context_add_main_entries(context, options, NULL);
        g_option_context_set_summary(context,
                        "Passes the events of busvisord on to event listeners. Started by "
                        "busvisord itself where there is one to serve.");
        if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
                fprintf(stderr, "busvisor-listener-host: %s\n",
                                error ? error->message : "there are no arguments but options");
                *ret_status = EXIT_USAGE;
                return false;
        }
        if (option_bus_name && !sd_bus_service_name_is_valid(option_bus_name)) {
                fprintf(stderr, "busvisor-listener-host: --bus-name: '%s' is no bus name\n",
                                option_bus_name);
                *ret_status = EXIT_USAGE;
                return false;
        }
        if (option_version)
                puts(PACKAGE_VERSION);
        *ret_status = EXIT_SUCCESS;
        return !option_version;
}

/* The bus that busvisord takes for the same user when nothing is said. */
static const char *default_address(void)
{
        const char *address = g_getenv(BUS_ADDRESS_VARIABLE);

        if (address && *address)
                return address;
        return geteuid() == 0 ? "system" : "user";
}

/* The descriptor is closed: nobody who gets hold of us later can read it again. */
static int read_token(int fd, char **ret)
{
        char token[TOKEN_MAX_BYTES + 1];
        autofd owned = fd;
        size_t size = 0;

        while (size < TOKEN_MAX_BYTES) {
                ssize_t n = read(owned, token + size, TOKEN_MAX_BYTES - size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                size += n;
        }
        token[size] = '\0';
        *ret = g_strdup(g_strstrip(token));
        explicit_bzero(token, sizeof token);
        return 0;
}

/* The signals must be blocked before the loop can take them. */
static int new_loop(sd_event **ret)
{
        g_autoptr(sd_event) loop = NULL;
        sigset_t signals;
        int r;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        signal(SIGPIPE, SIG_IGN);
        r = sd_event_new(&loop);
        if (r < 0)
                return r;
        r = sd_event_add_signal(loop, NULL, SIGTERM, NULL, NULL);
        if (r < 0)
                return r;
        r = sd_event_add_signal(loop, NULL, SIGINT, NULL, NULL);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&loop);
        return 0;
}

static int run(const char *token)
{
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(Subscriber) subscriber = NULL;
        int r = new_loop(&loop);

        if (r < 0)
                return r;
        subscriber = subscriber_new(loop, option_address ? option_address : default_address(),
                        option_bus_name ? option_bus_name : BUS_NAME, token);
        subscriber_start(subscriber);
        return sd_event_loop(loop);
}

int main(int argc, char **argv)
{
        g_autofree char *token = g_strdup("");
        int r, status;

        setlocale(LC_CTYPE, ""); /* for GLib's own texts in --help */
        if (!parse_arguments(argc, argv, &status))
                return status;
        host_log_set_debug(option_debug);
        if (option_token_fd >= 0) {
                g_clear_pointer(&token, g_free);
                r = read_token(option_token_fd, &token);
                if (r < 0) {
                        log_error("--token-fd %d: %s", option_token_fd, g_strerror(-r));
                        return EXIT_FAILURE;
                }
        }
        r = run(token);
        if (r < 0)
                log_error("%s", g_strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
