/* Driver: what every fuzz target has, for libFuzzer and for the small main in driver.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Feeds one input to the code under test. Always 0; what is wrong aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
