/* Sample: the commented configuration file that --sample-config prints. */
#pragma once

#include <stdio.h>

void config_print_sample(FILE *stream);
