/* The words of a command follow the lexer's POSIX rules with nothing special but quotes,
 * backslashes and blanks, so `a;b` and `#x` are ordinary words. A command is split when it is
 * started, not when the file is read: a bad one is that program's spawn error and nobody else's. */

#include "daemon/config/command-line.h"

#include "daemon/config/lexer.h"
#include "daemon/config/place.h"

bool command_line_split(const char *command, char ***ret_arguments, GError **error)
{
        static const LexerRules rules = {
                .posix = true, .split_at_blanks = true, .word_extra = ""
        };
        g_auto(GStrv) arguments = NULL;

        if (!lexer_split(command, &rules, &arguments, error)) {
                g_prefix_error(error, "can't parse command '%s': ", command);
                return false;
        }
        if (!arguments[0])
                return value_error(error, "command is empty");
        *ret_arguments = g_steal_pointer(&arguments);
        return true;
}
