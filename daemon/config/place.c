/* The parts that understand a value do not know where it was written, and the parts that know do
 * not understand it: so an error starts bare and gets its place on the way up. */

#include "daemon/config/place.h"

G_DEFINE_QUARK(busvisor - config - error, config_error)

char *place_to_prefix(Place place)
{
        if (!place.file)
                return g_strdup("");
        if (place.line == 0)
                return g_strdup_printf("%s: ", place.file);
        if (place.column == 0)
                return g_strdup_printf("%s:%u: ", place.file, place.line);
        return g_strdup_printf("%s:%u:%u: ", place.file, place.line, place.column);
}

bool place_error_valist(GError **error, Place place, ConfigErrorCode code, const char *format,
                va_list arguments)
{
        g_autofree char *prefix = place_to_prefix(place);
        g_autofree char *message = g_strdup_vprintf(format, arguments);

        g_set_error(error, CONFIG_ERROR, code, "%s%s", prefix, message);
        return false;
}

bool place_error(GError **error, Place place, ConfigErrorCode code, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        place_error_valist(error, place, code, format, arguments);
        va_end(arguments);
        return false;
}

bool place_prefix_error(GError **error, Place place, const char *format, ...)
{
        g_autofree char *prefix = place_to_prefix(place);
        g_autofree char *words = NULL;
        va_list arguments;

        va_start(arguments, format);
        words = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_prefix_error(error, "%s%s", prefix, words);
        return false;
}

bool value_error(GError **error, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        if (error)
                *error = g_error_new_valist(CONFIG_ERROR, CONFIG_ERROR_VALUE, format, arguments);
        va_end(arguments);
        return false;
}
