/* Host arguments: what the command lines of all hosts have in common: where busvisord is, what
 * proves to it who they are, and whether to say more. */
#pragma once

#include <stdbool.h>

#include <glib.h>

/* What a host exits with that cannot understand its command line. */
#define HOST_EXIT_USAGE 2

typedef struct HostProgram {
        const char *name;
        const char *operands; /* as in --help; NULL = it takes none but options */
        const char *summary;
        const GOptionEntry *options; /* its own, up to an empty one */
} HostProgram;

/* Valid as long as the program, but for the token. */
typedef struct HostArguments {
        const char *address; /* given, else of the environment; NULL = neither says which bus */
        const char *bus_name;
        int token_fd; /* -1 = not given */
        bool debug;
} HostArguments;

/* Where there are operands, options end at the first of them; *ret_operands is what is left, in
 * argv. False when the program has to end; *ret_status says how. Once per program. */
bool host_arguments_parse(const HostProgram *program, int argc, char **argv, HostArguments *ret,
                char ***ret_operands, int *ret_status);

/* Says on stderr what is wrong with the command line. Returns false. */
bool host_arguments_complain(const HostProgram *program, const char *format, ...)
                G_GNUC_PRINTF(2, 3);

/* The bus that busvisord takes for the same user when nothing is said. */
const char *host_arguments_default_address(void);

/* "" where there is none to be read, see host_token_read(); why not is told in the log. Caller
 * frees with g_free. */
bool host_arguments_read_token(const HostArguments *arguments, char **ret);
