/* Pieces instead of texts with color codes inside: a line can be cut to the terminal's width only
 * while the codes are not in it yet. */

#include "tools/ctl/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#define COLOR_OFF "\033[0m"

static const char *const color_codes[_COLOR_MAX] = {
        [COLOR_NONE] = "",
        [COLOR_GOOD] = "\033[32m",
        [COLOR_BUSY] = "\033[33m",
        [COLOR_BAD] = "\033[31m",
        [COLOR_FAINT] = "\033[2m",
};

/* Or nobody says what it can do. */
static bool is_dumb(void)
{
        const char *terminal = g_getenv("TERM");

        return !terminal || !*terminal || strcmp(terminal, "dumb") == 0;
}

static bool wants_color(void)
{
        const char *no_color = g_getenv("NO_COLOR");

        return !(no_color && *no_color) && !is_dumb();
}

static bool is_same_file(int a, int b)
{
        struct stat of_a, of_b;

        return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
               of_a.st_ino == of_b.st_ino;
}

void output_init(Output *output, bool quiet, bool no_color, bool json)
{
        bool is_terminal = isatty(STDOUT_FILENO);
        struct winsize size;

        *output = (Output){
                .quiet = quiet,
                .json = json,
                .color = is_terminal && !no_color && wants_color(),
                .is_screen = is_terminal && !quiet && !json && !is_dumb(),
                .errors_elsewhere = !is_same_file(STDOUT_FILENO, STDERR_FILENO),
                .is_watched = !quiet && isatty(STDERR_FILENO) && !is_dumb(),
        };
        if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
                output->width = size.ws_col;
}

/* C1 controls count as well: a terminal takes U+009B for ESC [. */
static bool is_control(gunichar character)
{
        return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

static void append_escaped(GString *printable, gunichar character)
{
        switch (character) {
        case '\n':
                g_string_append(printable, "\\n");
                break;
        case '\r':
                g_string_append(printable, "\\r");
                break;
        case '\t':
                g_string_append(printable, "\\t");
                break;
        default:
                g_string_append_printf(printable, "\\x%02x", character);
        }
}

char *output_printable(const char *text)
{
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        GString *printable = g_string_new(NULL);

        for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
                gunichar character = g_utf8_get_char(c);

                if (is_control(character))
                        append_escaped(printable, character);
                else
                        g_string_append_unichar(printable, character);
        }
        return g_string_free(printable, false);
}

char *output_cut(const char *text, unsigned width)
{
        g_autofree char *beginning = NULL;

        if (width == 0 || g_utf8_strlen(text, -1) <= (glong)width)
                return g_strdup(text);
        beginning = g_utf8_substring(text, 0, width - 1);
        return g_strconcat(beginning, "…", NULL);
}

/* The piece on stdout; answers how many characters of the width are left. */
static unsigned put_piece(const Output *output, const Piece *piece, unsigned left)
{
        g_autofree char *printable = output_printable(piece->text);
        g_autofree char *text = output_cut(printable, output->width ? left : 0);
        bool is_colored = output->color && piece->color != COLOR_NONE;

        printf("%s%s%s", is_colored ? color_codes[piece->color] : "", text,
                        is_colored ? COLOR_OFF : "");
        return left - MIN(left, (unsigned)g_utf8_strlen(text, -1));
}

void output_pieces(const Output *output, const Piece *pieces, size_t n_pieces)
{
        unsigned left = output->width;

        if (output->quiet || output->json)
                return;
        for (size_t i = 0; i < n_pieces && (output->width == 0 || left > 0); i++)
                left = put_piece(output, &pieces[i], left);
        putchar('\n');
}

void output_line(const Output *output, const char *text)
{
        output_pieces(output, &(Piece){ text, COLOR_NONE }, 1);
}

void output_raw(const Output *output, const char *text)
{
        if (!output->quiet)
                puts(text);
}

void output_bytes(const Output *output, const void *data, size_t size)
{
        if (!output->quiet)
                fwrite(data, 1, size, stdout);
}

void output_failure(const Output *output, const char *text)
{
        g_autofree char *printable = output_printable(text);

        bool is_shown = !output->quiet && !output->json;

        if (is_shown)
                puts(printable);
        else
                fflush(stdout);
        if (!is_shown || output->errors_elsewhere)
                fprintf(stderr, "%s\n", printable);
}

void output_error(const char *text)
{
        g_autofree char *printable = output_printable(text);

        fflush(stdout);
        fprintf(stderr, "busvisorctl: %s\n", printable);
}

bool output_finish(void)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return true;
        fprintf(stderr, "busvisorctl: cannot write to stdout: %s\n", g_strerror(errno));
        return false;
}
