/* Strays: keys and sections that nobody reads. */
#pragma once

#include "daemon/config/build-option.h"

/* One notice for each, with the nearest known name; they are no errors in an INI file. */
void strays_tell(const Build *build);
