/* sd-bus wants a setter to be done when it returns, and who may set it is known only after the bus
 * has been asked. So the call is taken before sd-bus looks at the property. */

#include "daemon/face/log-level-bus.h"

#include <string.h>

#include "bus/names.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/output/main-log.h"

#define PROPERTY "LogLevel"

int log_level_bus_get(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", log_level_to_string(main_log_level()));
}

int log_level_bus_set(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *value, void *userdata, sd_bus_error *error)
{
        return sd_bus_error_set_const(
                        error, SD_BUS_ERROR_ACCESS_DENIED, "not without asking who that is");
}

/* Stands before the value then. */
static int read_names(sd_bus_message *call, const char **ret_interface, const char **ret_property)
{
        int r = sd_bus_message_rewind(call, true);

        return r < 0 ? r : sd_bus_message_read(call, "ss", ret_interface, ret_property);
}

static int granted_set(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        sd_bus *bus = sd_bus_message_get_bus(call);
        const char *interface, *property, *name;
        LogLevel level;
        int r = read_names(call, &interface, &property);

        if (r >= 0)
                r = sd_bus_message_read(call, "v", "s", &name);
        if (r < 0)
                return sd_bus_error_set_const(
                                error, SD_BUS_ERROR_INVALID_ARGS, "the log level is a string");
        level = log_level_from_string(name);
        if (level == _LOG_LEVEL_INVALID)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "there is no log level '%s', only critical, error, warn, info, "
                                "debug, trace and blather",
                                name);
        log_info("the log level is %s from now on", log_level_to_string(level));
        main_log_set_level(level);
        (void)sd_bus_emit_properties_changed(bus, BUS_PATH, BUS_INTERFACE_MANAGER, PROPERTY, NULL);
        return sd_bus_reply_method_return(call, NULL);
}

int log_level_bus_filter(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const char *interface, *property;
        int r;

        if (!sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Set") ||
                        read_names(call, &interface, &property) < 0 ||
                        strcmp(interface, BUS_INTERFACE_MANAGER) != 0 ||
                        strcmp(property, PROPERTY) != 0)
                return 0;
        r = access_require(call, face_access(userdata), "setting the log level", granted_set,
                        userdata, error);
        return r < 0 ? r : 1;
}
