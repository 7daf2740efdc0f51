/* Option property: an option of the configuration file as a property on the bus.
 *
 * The type on the bus follows from that of the option: "b" for true and false, "x" for a number,
 * "t" for bytes and for times (microseconds; the name of the property ends in USec), "u" for an
 * octal number (the largest one: unset), "i" for a signal (0 = none), "ai" for exit codes, "as" for
 * a set of words, and "s" for the rest ("" = unset). */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "daemon/config/options.h"

typedef struct OptionProperty {
        const char *property;
        const char *option;
} OptionProperty;

/* Appends the value that the structure, the option's own, has for it. property is one of the
 * n rows. Negative errno. */
int option_property_append(sd_bus_message *reply, const OptionProperty *rows, size_t n,
                SectionKind kind, const char *property, const void *structure);

/* The parts of it that are arrays: "as", the words of the option that are in the set, and "ai". */
int option_property_append_words(sd_bus_message *reply, const Option *option, unsigned set);
int option_property_append_numbers(sd_bus_message *reply, const GArray *numbers);
