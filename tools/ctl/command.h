/* Command: one word of the command line that does something.
 *
 * Each is a constant in a file of its own, command-NAME.c, and a row of the table in command.c. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include <glib.h>

#include "tools/ctl/arguments.h"
#include "tools/ctl/client.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/line-reader.h"
#include "tools/ctl/output.h"

/* What every command works with. */
typedef struct Context {
        const Arguments *arguments;
        const Output *output;
        Client *client;     /* connected, but for commands that are without_daemon */
        LineReader *reader; /* of a person who can be asked; else NULL */
        bool is_over;       /* set by the command that leaves the shell */
} Context;

/* What an argument is, for completion in the shell. */
typedef enum Completes {
        COMPLETES_NOTHING,
        COMPLETES_COMMAND,
        COMPLETES_GROUP,      /* in use or configured; or all */
        COMPLETES_NEW_GROUP,  /* configured, and not in use */
        COMPLETES_USED_GROUP, /* in use */
        COMPLETES_NAME,       /* a process, GROUP:* or all */
        COMPLETES_PROCESS,    /* one process */
        COMPLETES_SIGNAL,
        COMPLETES_CHANNEL,
        COMPLETES_EVENT,
        COMPLETES_POOL,
        COMPLETES_OPTION,       /* "--json" */
        COMPLETES_SORT_KEY,     /* of watch */
        COMPLETES_DEAD_LETTERS, /* what can be done with them, or a pool */
} Completes;

#define COMMAND_ANY_NUMBER UINT_MAX

typedef struct Command {
        const char *name;
        const char *synopsis; /* its arguments: "NAME…"; empty when there are none */
        const char *summary;  /* one line for the list of commands */
        const char *details;  /* what more there is to say, in whole lines; may be NULL */
        unsigned min_arguments, max_arguments;
        const char *required;      /* with min_arguments: "a process name" */
        ExitStatus missing_status; /* exit status when they are missing */
        bool without_daemon;
        bool refuses_json;
        bool goes_on; /* until it is ended, so that there is nothing to be waited for */
        bool takes_verbose, takes_dry_run;
        bool takes_events; /* the options that choose among events */
        bool takes_watch;  /* those of the live view */
        bool takes_show;   /* those that choose among properties */
        Completes first_argument, more_arguments;
        /* arguments: the words after the command, NULL-terminated. */
        ExitStatus (*run)(Context *context, char **arguments);
} Command;

extern const Command command_status, command_start, command_stop, command_restart, command_signal,
                command_pid, command_shutdown, command_version, command_monitor, command_help,
                command_convert, command_reread, command_update, command_reload, command_open,
                command_exit, command_quit, command_fg, command_tail, command_maintail,
                command_clear, command_listeners, command_deadletters, command_avail, command_add,
                command_remove, command_events, command_watch, command_show;

/* By position, NULL after the last; by name, NULL when there is no such command. "?" and "EOF" are
 * Supervisor's other names of help and exit. */
const Command *command_at(unsigned position);
const Command *command_find(const char *name);

/* "start NAME…", the summary and the details, without a newline at the end. Caller frees with
 * g_free. */
char *command_help_text(const Command *command);

/* The first option given that the command has no use for, NULL when there is none; command NULL =
 * none that is for commands is of use. */
const char *command_unfit_option(const Command *command, const Arguments *arguments);

/* The usage error that the option makes no sense with what is meant. */
ExitStatus command_refuse(const char *option, const char *what);

/* Checks the number of arguments and the options, connects, and runs it. */
ExitStatus command_run(const Command *command, Context *context, char **arguments);

/* Tells what is wrong with the arguments, and how it would be right. */
ExitStatus command_misused(const Command *command, const Context *context, const char *wrong);
/* Tells the error, which must be of the FAILURE domain. */
ExitStatus command_fail(const GError *error);
