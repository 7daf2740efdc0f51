/* Four commands in one, as they are about one thing; without a word for one of them it lists. */

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/names.h"
#include "tools/ctl/command.h"
#include "tools/ctl/dead-letter-list.h"
#include "tools/ctl/name-pattern.h"
#include "tools/ctl/pool-list.h"

static bool parse_serial(const char *text, uint64_t *ret)
{
        char *end;

        errno = 0;
        *ret = g_ascii_strtoull(text, &end, 10);
        return g_ascii_isdigit(*text) && *end == '\0' && errno == 0;
}

static ExitStatus fail_bad_serial(const Context *context, const char *text)
{
        g_autofree char *wrong = g_strdup_printf("Error: bad serial '%s'", text);

        return command_misused(&command_deadletters, context, wrong);
}

/* Of these names, or of all pools. False when it was told what is wrong. */
static bool find_pools(
                const Context *context, char **names, GPtrArray **ret, ExitStatus *ret_status)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) pools = pool_list_read(context->client, &error);

        if (!pools) {
                *ret_status = command_fail(error);
                return false;
        }
        for (; *names; names++)
                if (!pool_list_has_match(pools, *names)) {
                        g_autofree char *text = g_strdup_printf("%s: ERROR (no such pool)", *names);

                        output_failure(context->output, text);
                        *ret_status = EXIT_STATUS_GENERIC;
                        return false;
                }
        *ret = g_steal_pointer(&pools);
        return true;
}

/* The one pool that is meant. False when it was told what is wrong. */
static bool find_pool(const Context *context, char *name, char **ret, ExitStatus *ret_status)
{
        g_autoptr(GPtrArray) pools = NULL;
        const char *found = NULL;

        if (!find_pools(context, (char *[]){ name, NULL }, &pools, ret_status))
                return false;
        for (unsigned i = 0; i < pools->len; i++) {
                if (!name_pattern_matches_word(name, pools->pdata[i]))
                        continue;
                if (found) {
                        g_autofree char *text =
                                        g_strdup_printf("%s: ERROR (means several pools)", name);

                        output_failure(context->output, text);
                        *ret_status = EXIT_STATUS_GENERIC;
                        return false;
                }
                found = pools->pdata[i];
        }
        *ret = g_strdup(found);
        return true;
}

static void print_list(const Context *context, const GPtrArray *list)
{
        g_autofree char *json = NULL;

        if (context->arguments->json) {
                json = dead_letter_list_to_json(list);
                output_raw(context->output, json);
        } else if (list->len == 0) {
                output_line(context->output, "No dead letters");
        } else {
                dead_letter_list_print(context->output, list);
        }
}

static ExitStatus list(Context *context, char **names)
{
        g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func(dead_letter_entry_free);
        g_autoptr(GPtrArray) pools = NULL;
        g_autoptr(GError) error = NULL;
        ExitStatus status;

        if (!find_pools(context, names, &pools, &status))
                return status;
        for (unsigned i = 0; i < pools->len; i++) {
                const char *pool = pools->pdata[i];

                if ((!*names || name_pattern_matches_any(names, pool)) &&
                                !dead_letter_list_read(context->client, pool, letters, &error))
                        return command_fail(error);
        }
        print_list(context, letters);
        return EXIT_STATUS_FINE;
}

static void print_letter(const Context *context, const DeadLetterEntry *entry)
{
        g_autofree char *json = NULL;

        if (context->arguments->json) {
                json = dead_letter_to_json(entry);
                output_raw(context->output, json);
        } else {
                dead_letter_print(context->output, entry);
        }
}

static ExitStatus show(Context *context, char **words)
{
        g_autofree char *pool = NULL;
        g_autoptr(GError) error = NULL;
        DeadLetterEntry *entry;
        ExitStatus status;
        uint64_t serial;

        if (g_strv_length(words) != 2)
                return command_misused(&command_deadletters, context,
                                "Error: deadletters show requires a pool and a serial");
        if (!parse_serial(words[1], &serial))
                return fail_bad_serial(context, words[1]);
        if (!find_pool(context, words[0], &pool, &status))
                return status;
        entry = dead_letter_read(context->client, pool, serial, &error);
        if (!entry)
                return command_fail(error);
        print_letter(context, entry);
        dead_letter_entry_free(entry);
        return EXIT_STATUS_FINE;
}

typedef struct Change {
        const char *word, *method, *action;
        const char *done, *key; /* what it did, for people and in JSON */
} Change;

static const Change retrying = { "retry", "RetryDeadLetters", "retry dead letters",
        "to be tried again", "retried" };
static const Change dropping = { "drop", "DropDeadLetters", "drop dead letters", "dropped",
        "dropped" };

static bool call_change(Context *context, const Change *change, const char *pool,
                const GArray *serials, uint32_t *ret_n, GError **error)
{
        g_autofree char *path = bus_path_pool(pool);
        g_autoptr(sd_bus_message) call = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = client_new_call_on(
                        context->client, path, BUS_INTERFACE_POOL, change->method, &call);

        if (r >= 0)
                r = sd_bus_message_append_array(
                                call, 't', serials->data, serials->len * sizeof(uint64_t));
        if (r >= 0 && !client_call(context->client, call, CLIENT_TIMEOUT, change->action, &reply,
                                      error))
                return false;
        if (r >= 0)
                r = sd_bus_message_read(reply, "u", ret_n);
        if (r < 0)
                client_set_error(NULL, r, change->action, error);
        return r >= 0;
}

static void print_change(const Context *context, const Change *change, const char *pool, uint32_t n)
{
        g_autofree char *text = NULL;

        if (context->arguments->json) {
                text = dead_letter_count_to_json(pool, change->key, n);
                output_raw(context->output, text);
        } else {
                text = g_strdup_printf("%s: %u %s", pool, (unsigned)n, change->done);
                output_line(context->output, text);
        }
}

static ExitStatus change_letters(Context *context, const Change *change, char **words)
{
        g_autoptr(GArray) serials = g_array_new(false, false, sizeof(uint64_t));
        g_autofree char *pool = NULL;
        g_autoptr(GError) error = NULL;
        ExitStatus status;
        uint32_t n;

        if (!words[0]) {
                g_autofree char *wrong = g_strdup_printf(
                                "Error: deadletters %s requires a pool", change->word);

                return command_misused(&command_deadletters, context, wrong);
        }
        for (char **word = words + 1; *word; word++) {
                uint64_t serial;

                if (!parse_serial(*word, &serial))
                        return fail_bad_serial(context, *word);
                g_array_append_val(serials, serial);
        }
        if (!find_pool(context, words[0], &pool, &status))
                return status;
        if (!call_change(context, change, pool, serials, &n, &error))
                return command_fail(error);
        print_change(context, change, pool, n);
        return EXIT_STATUS_FINE;
}

static ExitStatus retry(Context *context, char **words)
{
        return change_letters(context, &retrying, words);
}

static ExitStatus drop(Context *context, char **words)
{
        return change_letters(context, &dropping, words);
}

static ExitStatus run_deadletters(Context *context, char **arguments)
{
        static const struct {
                const char *word;
                ExitStatus (*run)(Context *context, char **words);
        } ways[] = { { "list", list }, { "show", show }, { "retry", retry }, { "drop", drop } };

        for (size_t i = 0; arguments[0] && i < G_N_ELEMENTS(ways); i++)
                if (strcmp(arguments[0], ways[i].word) == 0)
                        return ways[i].run(context, arguments + 1);
        return list(context, arguments);
}

const Command command_deadletters = {
        .name = "deadletters",
        .synopsis = "[list] [POOL...] | show POOL SERIAL | retry POOL [SERIAL...] | "
                    "drop POOL [SERIAL...]",
        .summary = "Show the events that listener pools have given up, and act on them",
        .details = "    retry delivers them again, with the same serial; drop forgets them;\n"
                   "    both mean all of the pool where no serial is given.",
        .max_arguments = COMMAND_ANY_NUMBER,
        .missing_status = EXIT_STATUS_GENERIC,
        .first_argument = COMPLETES_DEAD_LETTERS,
        .more_arguments = COMPLETES_POOL,
        .run = run_deadletters,
};
