/* Value: what a text means as a number, a size, a signal, a user, a path.
 *
 * Accepts and refuses what Supervisor does. Every function leaves its output untouched on failure,
 * and its error says what is wrong and what would be right, without a place. Texts are UTF-8. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "daemon/config/config.h"

bool value_boolean(const char *text, bool *ret, GError **error);
/* Decimal, a sign, blanks around, _ between digits, digits of any script. */
bool value_integer(const char *text, int64_t *ret, GError **error);
/* Seconds with a fraction, from 0 up. */
bool value_seconds(const char *text, double *ret, GError **error);
/* Seconds, or a number with s, m, h, d or w behind it; from 0 up to 366 days. */
bool value_duration(const char *text, int64_t *ret, GError **error);
/* Which of the words it is, NULL at the end of them; any case, blanks around. */
bool value_choice(const char *text, const char *const *words, int *ret, GError **error);
/* The set of those that are named, separated by commas: bit N is the word N. */
bool value_flags(const char *text, const char *const *words, unsigned *ret, GError **error);
/* Bytes, with KB, MB or GB behind or nothing. */
bool value_bytes(const char *text, int64_t *ret, GError **error);
bool value_octal(const char *text, int *ret, GError **error);
bool value_log_level(const char *text, LogLevel *ret, GError **error);
/* A name with or without SIG, or a number. */
bool value_signal(const char *text, int *ret, GError **error);
/* An array of int, 0 to 255 each; the caller unrefs it. */
bool value_exit_codes(const char *text, GArray **ret, GError **error);
bool value_autorestart(const char *text, Autorestart *ret, GError **error);
/* A name or a number that the password database knows. */
bool value_user(const char *text, uid_t *ret, GError **error);
/* "user" or "user:group"; without a group that is (gid_t)-1. */
bool value_owner(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **error);
/* PORT or HOST:PORT; "" for all addresses. The host is lower-cased, to be freed with g_free. */
bool value_address(const char *text, char **ret_host, int *ret_port, GError **error);
/* auto, system, user, private or a D-Bus address; g_free. */
bool value_bus(const char *text, char **ret, GError **error);
/* A name of a program, group or process, stripped: no blank, colon or slash. */
bool value_name(const char *text, char **ret, GError **error);

/* ~ and ~user in front worked out; g_free. */
char *value_expand_home(const char *path);
/* Home worked out, made absolute, without . and ..; g_free. */
char *value_absolute_path(const char *path);
/* A folder that exists; g_free. */
bool value_directory(const char *text, char **ret, GError **error);
/* A file whose folder exists; g_free. */
bool value_path(const char *text, char **ret, GError **error);
/* NULL for none, "AUTO", "syslog", "journal", or a path as above; g_free. */
bool value_logfile(const char *text, char **ret, GError **error);

/* "auto", "none", or the absolute path of a folder, which need not be there; g_free. */
bool value_state(const char *text, char **ret, GError **error);

/* "SIGTERM"; "signal 0" for a number without a name; g_free. */
char *value_signal_to_string(int number);
