/* Property list: all properties of an object of the daemon, whatever they are and will be.
 *
 * Types are those of D-Bus made into those of JSON: structs and arrays are arrays, maps are
 * objects. The largest number of 64 bits, by which the daemon says that there is none, is null. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <json-c/json.h>

#include "tools/ctl/client.h"

/* Adds those of one interface to the object, in the daemon's order. False with an error of the
 * FAILURE domain. */
bool property_list_read(Client *client, const char *path, const char *interface,
                json_object *object, GError **error);

/* The next value of a message, a variant or whatever it is. Negative errno. */
int property_list_read_value(sd_bus_message *m, json_object **ret);

/* As people see it behind "NAME=": times and spans in words, lists with blanks between. Caller
 * frees with g_free. */
char *property_list_text(const char *name, json_object *value);
