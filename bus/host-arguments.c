/* GLib's options write to places that are fixed while compiling, so the values are kept here until
 * all of the command line is understood. */

#include "bus/host-arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "bus/host-log.h"
#include "bus/host-token.h"
#include "bus/names.h"
#include "config.h"

static char *option_address;
static char *option_bus_name;
static int option_token_fd = -1;
static gboolean option_debug;
static gboolean option_version;

static const GOptionEntry common_options[] = {
        { "address", 0, 0, G_OPTION_ARG_STRING, &option_address,
                        "D-Bus address of the bus of busvisord, or \"system\" or \"user\"",
                        "ADDRESS" },
        { "bus-name", 0, 0, G_OPTION_ARG_STRING, &option_bus_name,
                        "The name that busvisord has there (" BUS_NAME ")", "NAME" },
        { "token-fd", 0, 0, G_OPTION_ARG_INT, &option_token_fd,
                        "Read from this descriptor what proves to busvisord who we are", "N" },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &option_debug, "Log every step", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Show the version", NULL },
        { NULL },
};

bool host_arguments_complain(const HostProgram *program, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        fprintf(stderr, "%s: ", program->name);
        vfprintf(stderr, format, arguments);
        fprintf(stderr, "\n");
        va_end(arguments);
        return false;
}

static bool read_options(const HostProgram *program, int *argc, char ***argv)
{
        g_autoptr(GOptionContext) context = g_option_context_new(program->operands);
        g_autoptr(GError) error = NULL;

        g_option_context_add_main_entries(context, common_options, NULL);
        g_option_context_add_main_entries(context, program->options, NULL);
        g_option_context_set_summary(context, program->summary);
        g_option_context_set_strict_posix(context, program->operands != NULL);
        if (!g_option_context_parse(context, argc, argv, &error))
                return host_arguments_complain(program, "%s", error->message);
        return true;
}

static bool check(const HostProgram *program, char **operands)
{
        if (!program->operands && *operands)
                return host_arguments_complain(program, "there are no arguments but options");
        if (option_bus_name && !sd_bus_service_name_is_valid(option_bus_name))
                return host_arguments_complain(
                                program, "--bus-name: '%s' is no bus name", option_bus_name);
        return true;
}

static const char *address(void)
{
        const char *inherited = g_getenv(BUS_ADDRESS_VARIABLE);

        if (option_address)
                return option_address;
        return inherited && *inherited ? inherited : NULL;
}

bool host_arguments_parse(const HostProgram *program, int argc, char **argv, HostArguments *ret,
                char ***ret_operands, int *ret_status)
{
        char **operands;

        *ret_status = HOST_EXIT_USAGE;
        if (!read_options(program, &argc, &argv))
                return false;
        if (option_version) {
                puts(PACKAGE_VERSION);
                *ret_status = EXIT_SUCCESS;
                return false;
        }
        operands = argv + 1;
        if (*operands && strcmp(*operands, "--") == 0)
                operands++;
        if (!check(program, operands))
                return false;
        *ret = (HostArguments){
                .address = address(),
                .bus_name = option_bus_name ? option_bus_name : BUS_NAME,
                .token_fd = option_token_fd,
                .debug = option_debug,
        };
        *ret_operands = operands;
        return true;
}

const char *host_arguments_default_address(void)
{
        return geteuid() == 0 ? "system" : "user";
}

bool host_arguments_read_token(const HostArguments *arguments, char **ret)
{
        int r = 0;

        if (arguments->token_fd < 0)
                *ret = g_strdup("");
        else
                r = host_token_read(arguments->token_fd, ret);
        if (r < 0)
                log_error("--token-fd %d: %s", arguments->token_fd, g_strerror(-r));
        return r >= 0;
}
