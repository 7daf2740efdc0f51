/* Assign: the text of an option put into its field, converted to the option's type. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/options.h"

/* The structure is the one of the option's target. What the field held is freed. Errors have no
 * place. */
bool assign_text(const Option *option, void *structure, const char *text, GError **error);
/* Exact items instead of a text: the arguments of a command; names and values of an environment,
 * one after the other. Only these two types take items. */
bool assign_items(const Option *option, void *structure, char *const *items, GError **error);
