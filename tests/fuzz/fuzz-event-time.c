/* Times as people type them, one a line: each is a moment or an error. */

#include "tests/fuzz/driver.h"

#include "tools/ctl/event-time.h"

#define NOW UINT64_C(1795698187500000)
/* The end of the year 9999, and what may be added to it or to the present. */
#define LAST (UINT64_C(253402387200000000) + INT64_MAX)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *)data, size);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; *line; line++) {
                g_autoptr(GError) error = NULL;
                uint64_t usec = 0;
                bool is_time = event_time_parse(*line, NOW, &usec, &error);

                g_assert_true(is_time == (error == NULL));
                g_assert_cmpuint(usec, <=, LAST);
        }
        return 0;
}
