/* Two readings of the quotes are about. Supervisor 4.2 and 4.3 know no escapes and end a value at
 * its closing quote; their successor reads quotes and backslashes as a shell does. Files in the
 * world were written for the first, so what it accepts means what it meant there; what it refuses
 * ("say \"hi\"") gets the second reading. */

#include "daemon/config/environment.h"

#include <string.h>

#include "daemon/config/lexer.h"
#include "daemon/config/place.h"

#define WORD_EXTRA "/.+-():"

GHashTable *environment_new(void)
{
        return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void environment_merge(GHashTable *into, GHashTable *from)
{
        GHashTableIter iter;
        void *name, *value;

        g_hash_table_iter_init(&iter, from);
        while (g_hash_table_iter_next(&iter, &name, &value))
                g_hash_table_replace(into, g_strdup(name), g_strdup(value));
}

void environment_merge_missing(GHashTable *into, GHashTable *from)
{
        GHashTableIter iter;
        void *name, *value;

        g_hash_table_iter_init(&iter, from);
        while (g_hash_table_iter_next(&iter, &name, &value))
                if (!g_hash_table_contains(into, name))
                        g_hash_table_insert(into, g_strdup(name), g_strdup(value));
}

/* Empties the second. */
static void move_pairs(GHashTable *into, GHashTable *from)
{
        GHashTableIter iter;
        void *name, *value;

        g_hash_table_iter_init(&iter, from);
        while (g_hash_table_iter_next(&iter, &name, &value)) {
                g_hash_table_iter_steal(&iter);
                g_hash_table_replace(into, name, value);
        }
}

static char *without_outer_quotes(const char *value)
{
        size_t length;

        value += strspn(value, "'\"");
        length = strlen(value);
        while (length > 0 && (value[length - 1] == '\'' || value[length - 1] == '"'))
                length--;
        return g_strndup(value, length);
}

/* Groups of four tokens: key, =, value and a separator that may be anything. */
static bool pairs_from_tokens(char **tokens, bool posix, GHashTable *ret, GError **error)
{
        size_t count = g_strv_length(tokens);

        for (size_t i = 0; i < count; i += 4) {
                char **pair = tokens + i;

                if (count - i < 3 || strcmp(pair[1], "=") != 0)
                        return value_error(error,
                                        "no KEY=value at '%s'; pairs are KEY=\"value\", separated "
                                        "by commas",
                                        pair[0]);
                g_hash_table_replace(ret, g_strdup(pair[0]),
                                posix ? g_strdup(pair[2]) : without_outer_quotes(pair[2]));
        }
        return true;
}

static bool parse_by(const LexerRules *rules, const char *text, GHashTable *ret, GError **error)
{
        g_auto(GStrv) tokens = NULL;

        return lexer_split(text, rules, &tokens, error) &&
               pairs_from_tokens(tokens, rules->posix, ret, error);
}

bool environment_parse(const char *text, GHashTable *into, GError **error)
{
        static const LexerRules released = { .posix = false, .word_extra = WORD_EXTRA };
        static const LexerRules successor = { .posix = true, .word_extra = WORD_EXTRA };
        g_autoptr(GHashTable) pairs = environment_new();

        if (!parse_by(&released, text, pairs, NULL)) {
                g_hash_table_remove_all(pairs);
                if (!parse_by(&successor, text, pairs, error))
                        return false;
        }
        move_pairs(into, pairs);
        return true;
}

/* Names stand where a % would be a token of its own; inside quotes it is part of the value. A %
 * that begins no name and no %% has a meaning only in the text as a whole. */
static bool is_stable(char *const *pair)
{
        const char *percent = strchr(pair[2], '%');

        if (strpbrk(pair[0], "%'\""))
                return false;
        if (percent && *pair[2] != '\'' && *pair[2] != '"')
                return false;
        for (; percent; percent = strchr(percent, '%')) {
                if (percent[1] != '%' && percent[1] != '(')
                        return false;
                percent += 2;
        }
        return true;
}

bool environment_split(const char *text, char ***ret)
{
        static const LexerRules released = { .posix = false, .word_extra = WORD_EXTRA };
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GHashTable) pairs = environment_new();
        g_auto(GStrv) tokens = NULL;
        size_t count;

        if (!lexer_split(text, &released, &tokens, NULL) ||
                        !pairs_from_tokens(tokens, false, pairs, NULL))
                return false;
        count = g_strv_length(tokens);
        for (size_t i = 0; i < count; i += 4) {
                char *value = g_hash_table_lookup(pairs, tokens[i]);

                if (!is_stable(tokens + i))
                        return false;
                if (!value)
                        continue;
                g_ptr_array_add(items, g_strdup(tokens[i]));
                g_ptr_array_add(items, g_strdup(value));
                g_hash_table_remove(pairs, tokens[i]);
        }
        g_ptr_array_add(items, NULL);
        *ret = (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
        return true;
}
