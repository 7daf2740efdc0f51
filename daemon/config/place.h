/* Place: where in which file something stands, and the errors that say so. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum ConfigErrorCode {
        CONFIG_ERROR_FILE,   /* cannot be read, or is no text */
        CONFIG_ERROR_SYNTAX, /* the grammar of the file */
        CONFIG_ERROR_VALUE,  /* what a key is set to */
} ConfigErrorCode;

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

typedef struct Place {
        const char *file; /* borrowed; NULL = nowhere, as for a default */
        unsigned line;    /* from 1; 0 = the file as a whole */
        unsigned column;  /* from 1; 0 = not known */
} Place;

/* "FILE:LINE:COLUMN: ", leaving out what is not known; g_free. */
char *place_to_prefix(Place place);
/* Sets an error that begins with the place. Always false, so that callers can return it. */
bool place_error(GError **error, Place place, ConfigErrorCode code, const char *format, ...)
                G_GNUC_PRINTF(4, 5);
bool place_error_valist(GError **error, Place place, ConfigErrorCode code, const char *format,
                va_list arguments) G_GNUC_PRINTF(4, 0);
/* Puts the place and a few words before the message that stands in *error already. Always false. */
bool place_prefix_error(GError **error, Place place, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Sets an error without a place; who knows it puts it before. Always false. */
bool value_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
