/* Build socket: where an [fcgi-program:x] listens. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "daemon/config/build-option.h"

bool build_socket(const Build *build, const Section *section, SocketConfig **ret, GError **error);
