/* Dump: a Config as JSON on a stream, to be compared with what another parser made of the same
 * file.
 *
 * Members: "supervisord", "http_servers", "groups" with their "processes"; every option flat under
 * its name, values after expansion. */
#pragma once

#include <stdio.h>

#include "daemon/config/config.h"

void config_dump(const Config *config, FILE *stream);
