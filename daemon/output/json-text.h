/* JSON text: any bytes as a string in JSON. */
#pragma once

#include <stddef.h>

#include <glib.h>

/* Appends the string without quotation marks. What is not UTF-8 becomes U+FFFD, one for each
 * sequence that is cut short or wrong; the rest stays. */
void json_text_append(GString *to, const char *data, size_t size);
