/* There is nothing about sockets: they are inherited, and what they are the daemon says. */

#include "tools/rpc-host/arguments.h"

#include <stdio.h>
#include <stdlib.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/names.h"
#include "config.h"

#define EXIT_USAGE 2

#define DEFAULT_IDLE_SECONDS 60
#define MAX_IDLE_SECONDS     86400

static char *option_address;
static char *option_bus_name;
static int option_token_fd = -1;
static int option_idle_timeout = DEFAULT_IDLE_SECONDS;
static gboolean option_debug;
static gboolean option_version;

static const GOptionEntry options[] = {
        { "address", 0, 0, G_OPTION_ARG_STRING, &option_address,
                        "D-Bus address of the bus of busvisord, or \"system\" or \"user\"",
                        "ADDRESS" },
        { "bus-name", 0, 0, G_OPTION_ARG_STRING, &option_bus_name,
                        "The name that busvisord has there (" BUS_NAME ")", "NAME" },
        { "token-fd", 0, 0, G_OPTION_ARG_INT, &option_token_fd,
                        "Read from this descriptor what proves to busvisord who we are", "N" },
        { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &option_idle_timeout,
                        "End when no connection has been open for so long (60; 0 = never)",
                        "SECONDS" },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &option_debug, "Log every request", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Show the version", NULL },
        { NULL },
};

G_GNUC_PRINTF(1, 2)
static bool complain(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        fprintf(stderr, "busvisor-rpc-host: ");
        vfprintf(stderr, format, arguments);
        fprintf(stderr, "\n");
        va_end(arguments);
        return false;
}

static bool read_options(int *argc, char ***argv)
{
        g_autoptr(GOptionContext) context = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;

        g_option_context_add_main_entries(context, options, NULL);
        g_option_context_set_summary(context,
                        "Serves the XML-RPC of Supervisor over HTTP, for supervisorctl and other "
                        "clients. Started by busvisord itself where there is somebody to serve; "
                        "by hand with the sockets of systemd-socket-activate(1).");
        if (!g_option_context_parse(context, argc, argv, &error))
                return complain("%s", error->message);
        return true;
}

static bool check(int argc)
{
        if (argc > 1)
                return complain("there are no arguments but options");
        if (option_bus_name && !sd_bus_service_name_is_valid(option_bus_name))
                return complain("--bus-name: '%s' is no bus name", option_bus_name);
        if (option_idle_timeout < 0 || option_idle_timeout > MAX_IDLE_SECONDS)
                return complain("--idle-timeout: the time must be 0 to %d seconds",
                                MAX_IDLE_SECONDS);
        return true;
}

bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status)
{
        *ret_status = EXIT_USAGE;
        if (!read_options(&argc, &argv))
                return false;
        if (option_version) {
                puts(PACKAGE_VERSION);
                *ret_status = EXIT_SUCCESS;
                return false;
        }
        if (!check(argc))
                return false;
        ret->address = option_address;
        ret->bus_name = option_bus_name;
        ret->token_fd = option_token_fd;
        ret->idle_usec = option_idle_timeout * G_USEC_PER_SEC;
        ret->debug = option_debug;
        return true;
}
