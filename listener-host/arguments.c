/* The command to be checked has options of its own, so ours end where it begins. */

#include "listener-host/arguments.h"

#include <string.h>

#include <glib.h>

#include "bus/nearest-word.h"
#include "bus/pool-options.h"

#define DEFAULT_TIMEOUT_SECONDS 10.0
#define MAX_TIMEOUT_SECONDS     86400.0

static gboolean option_check;
static char *option_replay;
static char *option_events;
static double option_timeout = DEFAULT_TIMEOUT_SECONDS;
static char *option_payload_length;
static char *option_result_handler;
static gboolean option_extras;
static gboolean option_strict;
static gboolean option_verbose;
static gboolean option_json;

static const GOptionEntry options[] = {
        { "check", 0, 0, G_OPTION_ARG_NONE, &option_check,
                        "Run COMMAND, a listener, and test how it keeps to the protocol", NULL },
        { "replay", 0, 0, G_OPTION_ARG_FILENAME, &option_replay,
                        "Likewise, with the events of a file (busvisorctl events --json)", "FILE" },
        { "events", 0, 0, G_OPTION_ARG_STRING, &option_events,
                        "Check with events of these types only", "TYPE,..." },
        { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &option_timeout,
                        "Check: time for each word of the listener (10)", "SECONDS" },
        { "payload-length", 0, 0, G_OPTION_ARG_STRING, &option_payload_length,
                        "Check: what len counts, \"characters\" or \"bytes\"", "WHAT" },
        { "result-handler", 0, 0, G_OPTION_ARG_STRING, &option_result_handler,
                        "Check: as in the section of the listener", "NAME" },
        { "extras", 0, 0, G_OPTION_ARG_NONE, &option_extras,
                        "Check: with further tokens in the header lines", NULL },
        { "strict", 0, 0, G_OPTION_ARG_NONE, &option_strict,
                        "Check: stop where Supervisor would stop serving the listener", NULL },
        { "verbose", 'v', 0, G_OPTION_ARG_NONE, &option_verbose, "Check: tell of each event",
                        NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &option_json, "Check: report in JSON", NULL },
        { NULL },
};

static const HostProgram program = {
        .name = "busvisor-listener-host",
        .operands = "[-- COMMAND [ARGUMENT...]]",
        .summary = "Passes the events of busvisord on to event listeners. Started by "
                   "busvisord itself where there is one to serve.\n"
                   "With --check or --replay: tests a listener.",
        .options = options,
};

#define complain(...) host_arguments_complain(&program, __VA_ARGS__)

/* The place of a word in its list. */
static bool parse_word(const char *option, const char *word, const char *const *words, int *ret)
{
        g_autofree char *all = NULL;

        for (int i = 0; word && words[i]; i++)
                if (strcmp(word, words[i]) == 0) {
                        *ret = i;
                        return true;
                }
        if (!word)
                return true;
        all = g_strjoinv(" or ", (char **)words);
        return complain("%s: '%s' has to be %s", option, word, all);
}

static bool complain_of_type(const char *type)
{
        const char *names[_EVENT_TYPE_MAX];
        const char *nearest;

        for (int i = 0; i < _EVENT_TYPE_MAX; i++)
                names[i] = event_type_to_string(i);
        nearest = nearest_word(type, names, _EVENT_TYPE_MAX);
        if (nearest)
                return complain("--events: '%s' is no event type; did you mean %s?", type, nearest);
        return complain("--events: '%s' is no event type", type);
}

static bool parse_types(const char *text, EventTypeSet *ret)
{
        g_autofree char *upper = g_ascii_strup(text ? text : "EVENT", -1);
        g_auto(GStrv) names = g_strsplit(upper, ",", -1);
        const char *unknown;

        for (char **name = names; *name; name++)
                g_strstrip(*name);
        if (!event_type_set_from_strings((const char *const *)names, ret, &unknown))
                return complain_of_type(unknown);
        return true;
}

static bool parse_check(char **command, CheckOptions *ret)
{
        int length = PAYLOAD_LENGTH_CHARACTERS, handler = POOL_RESULT_HANDLER_DEFAULT;

        if (!*command)
                return complain("--check: which listener? Its command comes last: "
                                "--check -- COMMAND [ARGUMENT...]");
        if (!(option_timeout > 0 && option_timeout <= MAX_TIMEOUT_SECONDS))
                return complain("--timeout: the time must be above 0 and at most %.0f seconds",
                                MAX_TIMEOUT_SECONDS);
        if (!parse_types(option_events, &ret->types) ||
                        !parse_word("--payload-length", option_payload_length, payload_length_names,
                                        &length) ||
                        !parse_word("--result-handler", option_result_handler,
                                        pool_result_handler_names, &handler))
                return false;
        ret->command = command;
        ret->replay = option_replay;
        ret->timeout_usec = option_timeout * 1000000;
        ret->style = (PayloadStyle){ .extras = option_extras, .length = length };
        ret->relays = handler == POOL_RESULT_HANDLER_STDOUT;
        ret->strict = option_strict;
        ret->verbose = option_verbose;
        ret->json = option_json;
        return true;
}

static bool is_of_check_alone(void)
{
        return option_events || option_timeout != DEFAULT_TIMEOUT_SECONDS ||
               option_payload_length || option_result_handler || option_extras || option_strict ||
               option_verbose || option_json;
}

static bool parse_serve(char **rest)
{
        if (is_of_check_alone())
                return complain("that is an option for --check or --replay");
        if (*rest)
                return complain("there are no arguments but options, unless with --check");
        return true;
}

bool arguments_parse(int argc, char **argv, Arguments *ret, int *ret_status)
{
        char **rest;

        if (!host_arguments_parse(&program, argc, argv, &ret->host, &rest, ret_status))
                return false;
        *ret_status = HOST_EXIT_USAGE;
        ret->is_check = option_check || option_replay;
        return ret->is_check ? parse_check(rest, &ret->check) : parse_serve(rest);
}
