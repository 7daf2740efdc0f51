/* interface-manual FILE…: chapters of a manual page, one for each file of introspection data, and
 * one for the errors, which the second comment of the first file is about. */

#include <stdlib.h>

#include "tools/interface-manual/interface-reader.h"
#include "tools/interface-manual/mdoc.h"

static bool print(char *const *paths, GError **error)
{
        g_autofree char *errors = NULL;

        for (; *paths; paths++) {
                g_autoptr(Interface) interface = interface_read(*paths, error);

                if (!interface)
                        return false;
                mdoc_print_interface(stdout, interface);
                if (!errors)
                        errors = g_strdup(interface->more);
        }
        if (errors) {
                fputs(".Sh ERROR NAMES\n", stdout);
                mdoc_print_text(stdout, errors);
        }
        return true;
}

int main(int argc, char *argv[])
{
        g_autoptr(GError) error = NULL;

        if (argc < 2) {
                fputs("usage: interface-manual FILE...\n", stderr);
                return EXIT_FAILURE;
        }
        if (!print(argv + 1, &error)) {
                fprintf(stderr, "interface-manual: %s\n", error->message);
                return EXIT_FAILURE;
        }
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
