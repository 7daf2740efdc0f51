/* busvisor-listener-host: loop, signals, and what is to be done in it. Everything it knows beyond
 * its arguments comes over the bus: it reads no configuration, starts no process and needs no
 * privileges, and once it is set up it could not any more. Only for --check, the tool for those who
 * write listeners, it starts one, and keeps what it may do. */

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include <glib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "bus/cleanup.h"
#include "bus/host-log.h"
#include "bus/host-loop.h"
#include "listener-host/arguments.h"
#include "listener-host/check-report.h"
#include "listener-host/check.h"
#include "listener-host/privileges.h"
#include "listener-host/subscriber.h"

static int serve(const HostArguments *arguments, const char *token)
{
        g_autoptr(sd_event) loop = NULL;
        g_autoptr(Subscriber) subscriber = NULL;
        const char *address = arguments->address;
        int r = host_loop_new(NULL, NULL, &loop);

        if (r < 0)
                return r;
        if (!address)
                address = host_arguments_default_address();
        subscriber = subscriber_new(loop, address, arguments->bus_name, token);
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
        sigset_t child;
        int r;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        (void)sigprocmask(SIG_BLOCK, &child, NULL); /* the loop waits for the listener by it */
        r = host_loop_new(NULL, NULL, &loop);
        if (r >= 0)
                return check_run(loop, options);
        log_error("%s", g_strerror(-r));
        return CHECK_EXIT_NOT_RUN;
}

int main(int argc, char **argv)
{
        g_autofree char *token = NULL;
        Arguments arguments = {};
        int r, status;

        setlocale(LC_CTYPE, ""); /* for GLib's own texts in --help */
        if (!arguments_parse(argc, argv, &arguments, &status))
                return status;
        if (arguments.is_check)
                return check(&arguments.check);
        host_log_set_debug(arguments.host.debug);
        if (!host_arguments_read_token(&arguments.host, &token))
                return EXIT_FAILURE;
        r = serve(&arguments.host, token);
        if (r < 0)
                log_error("%s", g_strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
