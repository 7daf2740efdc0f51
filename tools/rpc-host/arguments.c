/* There is nothing about sockets: they are inherited, and what they are the daemon says. */

#include "tools/rpc-host/arguments.h"

#include <glib.h>

#define DEFAULT_IDLE_SECONDS 60
#define MAX_IDLE_SECONDS     86400

static int option_idle_timeout = DEFAULT_IDLE_SECONDS;
static char *option_timeouts;

static const GOptionEntry options[] = {
        { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &option_idle_timeout,
                        "End when no connection has been open for so long (60; 0 = never)",
                        "SECONDS" },
        { "timeouts", 0, 0, G_OPTION_ARG_STRING, &option_timeouts,
                        "Wait for clients for other times, such as body=10,answer=30",
                        "NAME=SECONDS,..." },
        { NULL },
};

static const HostProgram program = {
        .name = "busvisor-rpc-host",
        .summary = "Serves the XML-RPC of Supervisor over HTTP, for supervisorctl and other "
                   "clients. Started by busvisord itself where there is somebody to serve; "
                   "by hand with the sockets of systemd-socket-activate(1).",
        .options = options,
};

static bool read_timeouts(Timeouts *ret)
{
        g_autoptr(GError) error = NULL;

        timeouts_init(ret);
        if (option_timeouts && !timeouts_parse(ret, option_timeouts, &error))
                return host_arguments_complain(&program, "--timeouts: %s", error->message);
        return true;
}

bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status)
{
        char **none;

        if (!host_arguments_parse(&program, argc, argv, &ret->host, &none, ret_status))
                return false;
        *ret_status = HOST_EXIT_USAGE;
        if (option_idle_timeout < 0 || option_idle_timeout > MAX_IDLE_SECONDS)
                return host_arguments_complain(&program,
                                "--idle-timeout: the time must be 0 to %d seconds",
                                MAX_IDLE_SECONDS);
        if (!read_timeouts(&ret->timeouts))
                return false;
        ret->idle_usec = option_idle_timeout * G_USEC_PER_SEC;
        return true;
}
