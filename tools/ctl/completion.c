/* What may follow a command stands with the command (command.h), so that a new one is completed
 * without a change here. */

#include "tools/ctl/completion.h"

#include <string.h>

#include "bus/event.h"
#include "tools/ctl/configuration-list.h"
#include "tools/ctl/process-list.h"
#include "tools/ctl/watch-rows.h"

/* More are a screen that nobody reads. */
#define MAX_SHOWN 200

#define COLUMN_GAP 2

const char *completion_word(const char *line)
{
        const char *end = line + strlen(line);

        while (end > line && !g_ascii_isspace(end[-1]))
                end--;
        return end;
}

/* How many arguments stand before the last word, options left out. */
static unsigned count_arguments(char *const *words, bool is_last_begun)
{
        unsigned n = 0;

        for (char *const *word = words; *word; word++)
                if (**word != '-' && (word[1] || !is_last_begun))
                        n++;
        return n;
}

/* What the value of the option is that stands before the last word; COMPLETES_NOTHING where that is
 * no option with one. */
static Completes value_kind(const Command *command, char *const *words, bool is_last_begun)
{
        static const struct {
                const char *option;
                Completes kind;
                bool of_events;
        } rows[] = {
                { "--type", COMPLETES_EVENT, true },
                { "--process", COMPLETES_PROCESS, true },
                { "--group", COMPLETES_USED_GROUP, true },
                { "--sort", COMPLETES_SORT_KEY, false },
        };
        const char *before = "";

        for (; *words && (words[1] || !is_last_begun); words++)
                if (**words)
                        before = *words;
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (strcmp(rows[i].option, before) == 0 &&
                                (rows[i].of_events ? command->takes_events : command->takes_watch))
                        return rows[i].kind;
        return COMPLETES_NOTHING;
}

Completes completion_kind(const char *line)
{
        g_autofree char *text = g_strdup(line);
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(text), " \t", -1);
        bool is_last_begun = *completion_word(line) != '\0';
        const Command *command;
        Completes value;
        unsigned n_before;

        if (!words[0] || (!words[1] && is_last_begun))
                return COMPLETES_COMMAND;
        command = command_find(words[0]);
        if (!command)
                return COMPLETES_NOTHING;
        if (*completion_word(line) == '-')
                return COMPLETES_OPTION;
        value = value_kind(command, words + 1, is_last_begun);
        if (value != COMPLETES_NOTHING)
                return value;
        n_before = count_arguments(words + 1, is_last_begun);
        return n_before == 0 ? command->first_argument : command->more_arguments;
}

bool completion_needs_processes(Completes kind)
{
        return kind == COMPLETES_GROUP || kind == COMPLETES_USED_GROUP || kind == COMPLETES_NAME ||
               kind == COMPLETES_PROCESS;
}

bool completion_needs_configured(Completes kind)
{
        return kind == COMPLETES_GROUP || kind == COMPLETES_NEW_GROUP;
}

bool completion_needs_pools(Completes kind)
{
        return kind == COMPLETES_POOL || kind == COMPLETES_DEAD_LETTERS;
}

/* Neither blanks nor quotes, nor anything that a terminal would not show. */
static bool is_one_word(const char *text)
{
        if (!*text || !g_utf8_validate(text, -1, NULL))
                return false;
        for (const char *c = text; *c; c = g_utf8_next_char(c))
                if (strchr(" '\"\\", *c) || g_unichar_iscntrl(g_utf8_get_char(c)))
                        return false;
        return true;
}

static int compare(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add(GPtrArray *candidates, const char *word, const char *candidate)
{
        if (g_str_has_prefix(candidate, word) && is_one_word(candidate))
                g_ptr_array_add(candidates, g_strdup(candidate));
}

static void add_table(GPtrArray *candidates, const char *word, const char *const *table)
{
        for (; *table; table++)
                add(candidates, word, *table);
}

static void add_options(GPtrArray *candidates, const char *word)
{
        g_auto(GStrv) options = arguments_line_options();

        add_table(candidates, word, (const char *const *)options);
}

static void add_sort_keys(GPtrArray *candidates, const char *word)
{
        for (WatchKey key = 0; key < _WATCH_KEY_MAX; key++)
                add(candidates, word, watch_key_to_string(key));
}

static void add_commands(GPtrArray *candidates, const char *word)
{
        for (unsigned i = 0; command_at(i); i++)
                add(candidates, word, command_at(i)->name);
}

static void add_events(GPtrArray *candidates, const char *word)
{
        for (int type = 0; type < _EVENT_TYPE_MAX; type++)
                add(candidates, word, event_type_to_string(type));
}

static void add_entry(
                GPtrArray *candidates, const char *word, Completes kind, const ProcessEntry *entry)
{
        g_autofree char *name = process_display_name(entry->group, entry->process);
        g_autofree char *full = g_strconcat(entry->group, ":", entry->process, NULL);
        g_autofree char *all = g_strconcat(entry->group, ":*", NULL);

        if (kind == COMPLETES_GROUP || kind == COMPLETES_USED_GROUP) {
                add(candidates, word, entry->group);
                return;
        }
        /* A short name is for who has not typed a colon. */
        add(candidates, word, strchr(word, ':') ? full : name);
        if (kind == COMPLETES_NAME && (strchr(word, ':') || strcmp(name, full) == 0))
                add(candidates, word, all);
}

static void add_entries(
                GPtrArray *candidates, const char *word, Completes kind, const GPtrArray *list)
{
        for (unsigned i = 0; list && i < list->len; i++)
                add_entry(candidates, word, kind, list->pdata[i]);
        if (kind == COMPLETES_GROUP || kind == COMPLETES_NAME)
                add(candidates, word, "all");
}

static void add_configured(
                GPtrArray *candidates, const char *word, Completes kind, const GPtrArray *list)
{
        for (unsigned i = 0; list && i < list->len; i++) {
                const ConfigurationEntry *entry = list->pdata[i];

                if (kind == COMPLETES_GROUP || !entry->in_use)
                        add(candidates, word, entry->group);
        }
}

static void add_pools(GPtrArray *candidates, const char *word, const GPtrArray *pools)
{
        for (unsigned i = 0; pools && i < pools->len; i++)
                add(candidates, word, pools->pdata[i]);
}

static void remove_doubles(GPtrArray *candidates)
{
        for (unsigned i = candidates->len; i > 1; i--)
                if (strcmp(candidates->pdata[i - 1], candidates->pdata[i - 2]) == 0)
                        g_ptr_array_remove_index(candidates, i - 1);
}

GPtrArray *completion_candidates(Completes kind, const char *word, const CompletionLists *lists)
{
        static const char *const signals[] = { "HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM",
                "CONT", "STOP", NULL };
        static const char *const channels[] = { "stdout", "stderr", NULL };
        static const char *const ways[] = { "list", "show", "retry", "drop", NULL };
        GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);

        switch (kind) {
        case COMPLETES_NOTHING:
                break;
        case COMPLETES_COMMAND:
                add_commands(candidates, word);
                break;
        case COMPLETES_NEW_GROUP:
                add_configured(candidates, word, kind, lists->configured);
                break;
        case COMPLETES_GROUP:
                add_configured(candidates, word, kind, lists->configured);
                add_entries(candidates, word, kind, lists->processes);
                break;
        case COMPLETES_USED_GROUP:
        case COMPLETES_NAME:
        case COMPLETES_PROCESS:
                add_entries(candidates, word, kind, lists->processes);
                break;
        case COMPLETES_SIGNAL:
                add_table(candidates, word, signals);
                break;
        case COMPLETES_CHANNEL:
                add_table(candidates, word, channels);
                break;
        case COMPLETES_EVENT:
                add_events(candidates, word);
                break;
        case COMPLETES_OPTION:
                add_options(candidates, word);
                break;
        case COMPLETES_SORT_KEY:
                add_sort_keys(candidates, word);
                break;
        case COMPLETES_DEAD_LETTERS:
                add_table(candidates, word, ways);
                add_pools(candidates, word, lists->pools);
                break;
        case COMPLETES_POOL:
                add_pools(candidates, word, lists->pools);
                break;
        }
        g_ptr_array_sort(candidates, compare);
        remove_doubles(candidates);
        return candidates;
}

/* In bytes, but never within a character. */
static size_t common_length(const GPtrArray *candidates)
{
        const char *first = candidates->pdata[0];
        const char *last = candidates->pdata[candidates->len - 1];
        size_t length = 0;

        /* They are sorted, so what the first and the last share is shared by all. */
        while (first[length] && first[length] == last[length])
                length++;
        while (length > 0 && (first[length] & 0xc0) == 0x80)
                length--;
        return length;
}

char *completion_insertion(const GPtrArray *candidates, const char *word)
{
        size_t begun = strlen(word);
        g_autofree char *common = NULL;

        if (candidates->len == 0)
                return g_strdup("");
        common = g_strndup(candidates->pdata[0], common_length(candidates));
        g_assert(strlen(common) >= begun);
        return g_strconcat(common + begun, candidates->len == 1 ? " " : "", NULL);
}

static unsigned column_width(const GPtrArray *candidates, unsigned n_shown)
{
        glong longest = 0;

        for (unsigned i = 0; i < n_shown; i++)
                longest = MAX(longest, g_utf8_strlen(candidates->pdata[i], -1));
        return longest + COLUMN_GAP;
}

char *completion_columns(const GPtrArray *candidates, unsigned width)
{
        unsigned n_shown = MIN(candidates->len, MAX_SHOWN);
        unsigned column = column_width(candidates, n_shown);
        unsigned per_line = MAX(1, width / column);
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < n_shown; i++) {
                const char *candidate = candidates->pdata[i];
                bool ends_line = (i + 1) % per_line == 0 || i + 1 == n_shown;
                int padding = ends_line ? 0 : column - g_utf8_strlen(candidate, -1);

                g_string_append_printf(
                                text, "%s%*s%s", candidate, padding, "", ends_line ? "\n" : "");
        }
        if (candidates->len > n_shown)
                g_string_append_printf(text, "... and %u more\n", candidates->len - n_shown);
        return g_string_free(text, false);
}
