/* Signal name: signals by name and number, as configuration files and callers write them. */
#pragma once

/* "TERM", "SIGTERM", "term" or "15"; RTMIN and RTMAX; "0", with which nothing is sent; -1 when
 * there is no such signal. */
int signal_name_from_string(const char *text);

/* "SIGTERM"; "signal 40" for what has no name. Caller frees with g_free. */
char *signal_name_to_string(int number);
