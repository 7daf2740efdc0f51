/* YAML: busvisor.yaml, read strictly.
 *
 * Supervisor's option names with real types, as the option table has them. What is unknown, of a
 * wrong type or written twice is an error at its line and column. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/section.h"

/* Adds what the text says to the sections, as reading number file; only the first file may include
 * others. The text is valid UTF-8. */
bool yaml_parse(const char *text, Sections *sections, unsigned file, GError **error);
