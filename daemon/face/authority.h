/* Authority: asks polkit whether a caller may do something.
 *
 * Where there is no polkit it says no. Nothing waits: the answer comes as a call of the callback.
 */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

typedef enum AuthorityAnswer {
        AUTHORITY_NO,
        AUTHORITY_YES,
        AUTHORITY_CHALLENGE, /* yes, if the caller lets polkit ask somebody for a password */
} AuthorityAnswer;

/* May the sender of this call do the action? details: names to values. The callback gets the reply,
 * an error too, for authority_read(). Negative errno of sd-bus. */
int authority_ask(sd_bus_message *call, const char *action, GHashTable *details,
                sd_bus_message_handler_t callback, void *userdata, sd_bus_slot **ret_slot);
AuthorityAnswer authority_read(sd_bus_message *reply);
