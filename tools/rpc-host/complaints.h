/* Complaints: what clients do wrong, in the log, but not so often that they could flood it. */
#pragma once

#include <glib.h>

/* An error record, at most ten in ten seconds; what is left out is counted. */
void complaints_log(const char *format, ...) G_GNUC_PRINTF(1, 2);
