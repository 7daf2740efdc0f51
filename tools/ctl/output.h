/* Output: what people and scripts read from busvisorctl.
 *
 * Lines for stdout are as Supervisor's, to the byte, when stdout is no terminal. On a terminal they
 * are colored and cut to its width. Whatever the daemon says (names, output of programs) loses its
 * control characters before a terminal could obey them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum Color {
        COLOR_NONE,
        COLOR_GOOD,
        COLOR_BUSY,
        COLOR_BAD,
        COLOR_FAINT,
        _COLOR_MAX,
} Color;

typedef struct Piece {
        const char *text;
        Color color;
} Piece;

typedef struct Output {
        bool quiet;
        bool json; /* what is on stdout is for programs */
        bool color;
        unsigned width;        /* in characters; 0 = no limit */
        bool errors_elsewhere; /* stderr is not the same file as stdout */
        bool is_screen;        /* stdout is a terminal that can be drawn on */
        bool is_watched;       /* stderr is a terminal, on which a line may come and go */
} Output;

/* Looks at the two streams and at NO_COLOR and TERM. */
void output_init(Output *output, bool quiet, bool no_color, bool json);

/* A line on stdout, without the newline. Nothing where there is JSON. */
void output_line(const Output *output, const char *text);
void output_pieces(const Output *output, const Piece *pieces, size_t n_pieces);
/* The same, but as it is: neither cut nor escaped. May have several lines. */
void output_raw(const Output *output, const char *text);

/* Bytes as they are, without a newline after them. */
void output_bytes(const Output *output, const void *data, size_t size);

/* A line that tells that something failed, in Supervisor's words: on stdout, where scripts look for
 * it, and on stderr, when that is somewhere else. With JSON on stdout, on stderr only. */
void output_failure(const Output *output, const char *text);

/* "busvisorctl: TEXT" on stderr. */
void output_error(const char *text);

/* Writes out what is buffered. False, with a line on stderr, when stdout did not take all of it. */
bool output_finish(void);

/* Control characters as \n, \t or \x1b, the rest as it is. Caller frees with g_free. */
char *output_printable(const char *text);
/* At most width characters, the last one an ellipsis when something is missing; 0 = all. Caller
 * frees. */
char *output_cut(const char *text, unsigned width);
