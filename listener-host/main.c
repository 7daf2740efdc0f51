/* busvisor-listener-host: loop, signals, and what is to be done in it. Everything it knows beyond
 * its arguments comes over the bus: it reads no configuration, starts no process and needs no
 * privileges, and once it is set up it could not any more. Only for --check, the tool for those who
 * write listeners, it starts one, and keeps what it may do. */

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/host-token.h"
#include "bus/names.h"
#include "listener-host/arguments.h"
#include "listener-host/check-report.h"
#include "listener-host/check.h"
#include "listener-host/privileges.h"
#include "listener-host/subscriber.h"

/* The bus that busvisord takes for the same user when nothing is said. */
static const char *default_address(void)
{
        const char *address = g_getenv(BUS_ADDRESS_VARIABLE);

        if (address && *address)
                return address;
        return geteuid() == 0 ? "system" : "user";
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
        sigaddset(&signals, SIGCHLD); /* of what --check starts */
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

static int serve(const Arguments *arguments, const char *token)
{
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(Subscriber) subscriber = NULL;
        int r = new_loop(&loop);

        if (r < 0)
                return r;
        subscriber = subscriber_new(loop,
                        arguments->address ? arguments->address : default_address(),
                        arguments->bus_name ? arguments->bus_name : BUS_NAME, token);
        subscriber_start(subscriber);
        r = sd_event_set_watchdog(loop, true); /* where a service manager asks for it */
        if (r < 0)
                return r;
        privileges_give_up();
        (void)sd_notify(false, "READY=1");
        return sd_event_loop(loop);
}

static int check(const CheckOptions *options)
{
        g_autoptr(sd_event) loop = NULL;
        int r = new_loop(&loop);

        if (r >= 0)
                return check_run(loop, options);
        log_error("%s", g_strerror(-r));
        return CHECK_EXIT_NOT_RUN;
}

int main(int argc, char **argv)
{
        g_autofree char *token = g_strdup("");
        Arguments arguments = { .token_fd = -1 };
        int r, status;

        setlocale(LC_CTYPE, ""); /* for GLib's own texts in --help */
        if (!arguments_parse(argc, argv, &arguments, &status))
                return status;
        if (arguments.is_check)
                return check(&arguments.check);
        host_log_set_debug(arguments.debug);
        if (arguments.token_fd >= 0) {
                g_clear_pointer(&token, g_free);
                r = host_token_read(arguments.token_fd, &token);
                if (r < 0) {
                        log_error("--token-fd %d: %s", arguments.token_fd, g_strerror(-r));
                        return EXIT_FAILURE;
                }
        }
        r = serve(&arguments, token);
        if (r < 0)
                log_error("%s", g_strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
