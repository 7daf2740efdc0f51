/* Schema: a JSON schema of busvisor.yaml, for editors that complete and check. */
#pragma once

#include <stdio.h>

void config_print_schema(FILE *stream);
