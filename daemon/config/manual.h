/* Manual: the options as a part of the manual page of the configuration file, in mdoc. */
#pragma once

#include <stdio.h>

void config_print_manual(FILE *stream);
