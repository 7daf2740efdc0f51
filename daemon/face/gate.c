/* An answer grows in two ways: it repeats a string of the question, as errors do, or tells of all
 * objects, which sd-bus puts together by itself. Arrays are bounded by who reads them. */

#include "daemon/face/gate.h"

#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/face/answer-size.h"

struct Gate {
        sd_bus_slot *slot;
        const Manager *manager; /* borrowed */
};

/* The strings that a call begins with are the only ones that are repeated. */
static int check_strings(sd_bus_message *call, sd_bus_error *error)
{
        const char *text;
        char type;
        int r;

        while ((r = sd_bus_message_peek_type(call, &type, NULL)) > 0 &&
                        type == SD_BUS_TYPE_STRING) {
                r = sd_bus_message_read(call, "s", &text);
                if (r < 0)
                        return r;
                if (strlen(text) > BUS_MESSAGE_MAX_BYTES)
                        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "a string of %zu bytes is too long, at most %d are taken",
                                        strlen(text), BUS_MESSAGE_MAX_BYTES);
        }
        return r < 0 ? r : sd_bus_message_rewind(call, true);
}

static int check_managed(sd_bus_message *call, const Manager *manager, sd_bus_error *error)
{
        if (!sd_bus_message_is_method_call(
                            call, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects") ||
                        answer_size_fits_managed(manager))
                return 0;
        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                        "%zu processes with all their properties are too much for one answer; "
                        "ListProcesses tells of them all",
                        (size_t)manager_process_count(manager));
}

/* An error is the answer; 0 lets it through. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Gate *gate = userdata;
        uint8_t type;
        int r = sd_bus_message_get_type(message, &type);

        if (r < 0 || type != SD_BUS_MESSAGE_METHOD_CALL)
                return 0;
        r = check_managed(message, gate->manager, error);
        return r < 0 ? r : MIN(check_strings(message, error), 0);
}

int gate_new(sd_bus *bus, const Manager *manager, Gate **ret)
{
        g_autoptr(Gate) gate = g_new0(Gate, 1);
        int r;

        gate->manager = manager;
        r = sd_bus_add_filter(bus, &gate->slot, on_message, gate);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&gate);
        return 0;
}

Gate *gate_free(Gate *gate)
{
        if (!gate)
                return NULL;
        sd_bus_slot_unref(gate->slot);
        g_free(gate);
        return NULL;
}
