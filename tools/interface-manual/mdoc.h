/* Mdoc: an interface as a chapter of a manual page. */
#pragma once

#include <stdio.h>

#include "tools/interface-manual/interface.h"

/* A text in paragraphs; lines that begin with "- NAME: " make a list. */
void mdoc_print_text(FILE *stream, const char *text);
void mdoc_print_interface(FILE *stream, const Interface *interface);
