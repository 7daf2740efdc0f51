/* A millisecond is the shortest and a day the longest time that makes sense to anybody. */

#include "tools/rpc-host/timeouts.h"

#include <string.h>

#define SHORTEST_SECONDS 0.001
#define LONGEST_SECONDS  86400.0

static const struct {
        const char *name;
        unsigned seconds;
} rows[_TIMEOUT_MAX] = {
        [TIMEOUT_FIRST] = { "first", 15 },
        [TIMEOUT_NEXT] = { "next", 60 },
        [TIMEOUT_HEAD] = { "head", 15 },
        [TIMEOUT_BODY] = { "body", 60 },
        [TIMEOUT_ANSWER] = { "answer", 300 },
        [TIMEOUT_NEWS] = { "news", 600 },
        [TIMEOUT_SILENCE] = { "silence", 60 },
        [TIMEOUT_GONE] = { "gone", 10 },
};

void timeouts_init(Timeouts *timeouts)
{
        for (int i = 0; i < _TIMEOUT_MAX; i++)
                timeouts->usec[i] = rows[i].seconds * G_USEC_PER_SEC;
}

static int find(const char *name, size_t length)
{
        for (int i = 0; i < _TIMEOUT_MAX; i++)
                if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
                        return i;
        return -1;
}

static char *all_names(void)
{
        GString *names = g_string_new(NULL);

        for (int i = 0; i < _TIMEOUT_MAX; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", rows[i].name);
        return g_string_free(names, false);
}

static bool parse_one(Timeouts *timeouts, const char *text, GError **error)
{
        g_autofree char *names = all_names();
        const char *equals = strchr(text, '=');
        int which = equals ? find(text, equals - text) : -1;
        double seconds;
        char *end;

        if (which < 0) {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                                "'%s' must be NAME=SECONDS; the names are %s", text, names);
                return false;
        }
        seconds = g_ascii_strtod(equals + 1, &end);
        if (end == equals + 1 || *end ||
                        !(seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                                "'%s': the time must be %.3f to %.0f seconds", text,
                                SHORTEST_SECONDS, LONGEST_SECONDS);
                return false;
        }
        timeouts->usec[which] = (uint64_t)(seconds * G_USEC_PER_SEC);
        return true;
}

bool timeouts_parse(Timeouts *timeouts, const char *text, GError **error)
{
        g_auto(GStrv) words = g_strsplit(text, ",", -1);
        Timeouts changed = *timeouts;

        if (!*words)
                return parse_one(timeouts, text, error);
        for (char **word = words; *word; word++)
                if (!parse_one(&changed, *word, error))
                        return false;
        *timeouts = changed;
        return true;
}
