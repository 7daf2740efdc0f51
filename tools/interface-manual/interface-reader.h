/* Interface reader: a file of D-Bus introspection data with one interface in it. */
#pragma once

#include "tools/interface-manual/interface.h"

/* NULL and an error that begins with the path when it cannot be read. */
Interface *interface_read(const char *path, GError **error);
