/* Arguments: the command line of busvisorctl, options and words apart.
 *
 * Options may stand anywhere; after "--" everything is a word. Words are split at blanks once more,
 * so that `busvisorctl "status a b"` works as with supervisorctl. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* The options of events, as they were written; NULL = not given. */
typedef struct EventOptions {
        char *since, *until, *lines;
        char **types, **processes, **groups; /* each one a list with commas */
        bool follow, reverse;
} EventOptions;

typedef struct Arguments {
        char *address;
        char *configuration;
        char *identifier;
        char *host;     /* [USER@]HOST[:PORT][/CONTAINER] */
        char *bus_name; /* never NULL */
        char *history_file;
        EventOptions events;
        char **properties; /* of show: lists with commas; NULL = not given */
        bool value;        /* likewise: without names */
        char *sort;        /* of watch; NULL = not given */
        uint64_t interval_usec;
        bool interval_given;
        uint64_t timeout_usec; /* TIME_SPAN_INFINITE = none was given */
        bool json, no_block, verbose, dry_run, interactive, quiet, no_color, help, version;
        char **words; /* never NULL; the command first */
} Arguments;

/* argv as main gets it. NULL with an error of the FAILURE domain. */
Arguments *arguments_new(int argc, char *const *argv, GError **error);
/* A line of the shell: words are neither split nor is there a program name before them. Options
 * that choose the daemon or concern the shell as a whole are refused. */
Arguments *arguments_new_of_line(char *const *words, GError **error);
Arguments *arguments_free(Arguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arguments, arguments_free)

/* "--json" and so on: those that a line of the shell may have, for completion. Caller frees with
 * g_strfreev. */
char **arguments_line_options(void);

/* One line for each option, as --help shows them. Caller frees with g_free. */
char *arguments_help(void);
