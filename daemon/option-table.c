/* Makes files out of the option table while Busvisor is built: option-table schema | manual. It is
 * a program of its own so that the daemon need not carry what nobody asks it for. */

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "daemon/config/manual.h"
#include "daemon/config/schema.h"

int main(int argc, char *argv[])
{
        if (argc == 2 && strcmp(argv[1], "schema") == 0)
                config_print_schema(stdout);
        else if (argc == 2 && strcmp(argv[1], "manual") == 0)
                config_print_manual(stdout);
        else {
                fputs("usage: option-table schema | manual\n", stderr);
                return EXIT_FAILURE;
        }
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
