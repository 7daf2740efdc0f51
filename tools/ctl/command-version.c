/* The daemon's version; that of busvisorctl is the option --version. */

#include "config.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/json-text.h"

static void print_json(const Context *context, const char *version)
{
        json_object *object = json_object_new_object();

        json_text_add(object, "version", version);
        json_text_add(object, "client_version", PACKAGE_VERSION);
        json_text_print(context->output, object);
}

static ExitStatus run_version(Context *context, char **arguments)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        const char *version;

        if (!client_get_property(context->client, BUS_INTERFACE_MANAGER, "Version", &reply, &error,
                            "s", &version))
                return command_fail(error);
        if (context->output->json)
                print_json(context, version);
        else
                output_line(context->output, version);
        return EXIT_STATUS_FINE;
}

const Command command_version = {
        .name = "version",
        .synopsis = "",
        .summary = "Print the version of the daemon",
        .missing_status = EXIT_STATUS_GENERIC,
        .run = run_version,
};
