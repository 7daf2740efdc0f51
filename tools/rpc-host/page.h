/* Page: the status page, and the headers that it must go out with. */
#pragma once

#include <stddef.h>

/* status.html, put into the program when that is built. */
extern const unsigned char status_html[];
extern const size_t status_html_size;

/* What Content-Security-Policy lets the page do: run its own script, which is the one that has this
 * hash, show its own style, talk to where it came from. Nobody may put it into a frame. Caller
 * frees with g_free. */
char *page_policy(void);

/* The others: name, value, name, value, and NULL. */
extern const char *const page_headers[];

/* Where Supervisor's own page of one log, /tail.html?processname=NAME, is now. Without a name, or
 * with one of more than PAGE_NAME_MAX bytes, the page itself. Caller frees with g_free. */
char *page_log_location(const char *process_name);
#define PAGE_NAME_MAX 1024
