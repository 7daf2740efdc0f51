/* YAML bounds: is a document of a size that can be composed? */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define YAML_MAX_VALUES 1000000
#define YAML_MAX_DEPTH  100

/* Refuses a text with too many values, too deep nesting, or more anchors and aliases than can be
 * put together in reasonable time. What is wrong in another way passes. file is for errors. */
bool yaml_check_bounds(const char *file, const char *text, GError **error);
