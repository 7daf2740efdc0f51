/* The rules are those of Supervisor's own converters, which lean on Python's int(): so numbers are
 * read by hand here and not by strtol, which knows no underscores and takes other blanks. */

#include "daemon/config/value.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>

#include "bus/names.h"
#include "daemon/config/place.h"
#include "daemon/config/text.h"

/* A leap year. */
#define MAX_DURATION (INT64_C(366) * 24 * 60 * 60)

static const char *const true_words[] = { "yes", "true", "on", "1" };
static const char *const false_words[] = { "no", "false", "off", "0" };

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (text_is_word(text, words[i]))
                        return true;
        return false;
}

bool value_boolean(const char *text, bool *ret, GError **error)
{
        bool is_true = is_one_of(text, true_words, G_N_ELEMENTS(true_words));

        if (!is_true && !is_one_of(text, false_words, G_N_ELEMENTS(false_words)))
                return value_error(error,
                                "'%s' is neither true (yes, true, on, 1) nor false "
                                "(no, false, off, 0)",
                                text);
        *ret = is_true;
        return true;
}

/* Value of a digit in this base, or -1. */
static int digit_of(gunichar character, int base)
{
        int digit = g_unichar_isdigit(character) ? g_unichar_digit_value(character) : -1;

        return digit < base ? digit : -1;
}

/* Digits with single underscores between them. */
static bool parse_digits(const char *text, const char *end, int base, bool negative, int64_t *ret)
{
        int64_t number = 0;
        bool after_digit = false;

        for (; text < end; text = g_utf8_next_char(text)) {
                int digit = digit_of(g_utf8_get_char(text), base);

                if (digit < 0 && (*text != '_' || !after_digit))
                        return false;
                after_digit = digit >= 0;
                if (after_digit && (__builtin_mul_overflow(number, base, &number) ||
                                                   __builtin_sub_overflow(number, digit, &number)))
                        return false;
        }
        if (!after_digit || (!negative && number == INT64_MIN))
                return false;
        *ret = negative ? number : -number;
        return true;
}

static bool parse_integer(const char *text, int base, int64_t *ret)
{
        const char *digits = text_skip_blanks(text), *end = text_end(digits);
        bool negative = *digits == '-';

        if (*digits == '-' || *digits == '+')
                digits++;
        if (base == 8 && g_ascii_strncasecmp(digits, "0o", 2) == 0) {
                digits += 2;
                if (*digits == '_')
                        digits++;
        }
        return parse_digits(digits, end, base, negative, ret);
}

bool value_integer(const char *text, int64_t *ret, GError **error)
{
        return parse_integer(text, 10, ret) ||
               value_error(error, "'%s' is not a whole number", text);
}

bool value_seconds(const char *text, double *ret, GError **error)
{
        g_autofree char *stripped = text_strip(text);
        char *end;
        double seconds = g_ascii_strtod(stripped, &end);

        if (!*stripped || *end || !(seconds >= 0 && seconds <= 1e9))
                return value_error(error, "'%s' is not a number of seconds from 0 up", text);
        *ret = seconds;
        return true;
}

bool value_duration(const char *text, int64_t *ret, GError **error)
{
        static const struct {
                char letter;
                int64_t seconds;
        } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
        g_autofree char *number = text_strip(text);
        size_t length = strlen(number);
        int64_t seconds, unit = 1;

        for (size_t i = 0; i < G_N_ELEMENTS(units) && length > 0; i++)
                if (g_ascii_tolower(number[length - 1]) == units[i].letter) {
                        number[length - 1] = '\0';
                        unit = units[i].seconds;
                        break;
                }
        if (!parse_integer(number, 10, &seconds) || seconds < 0 ||
                        __builtin_mul_overflow(seconds, unit, &seconds) || seconds > MAX_DURATION)
                return value_error(error,
                                "'%s' is not a time of up to 366 days; write seconds, or a number "
                                "with s, m, h, d or w, such as 1d",
                                text);
        *ret = seconds;
        return true;
}

static int find_word(const char *text, const char *const *words)
{
        for (int i = 0; words[i]; i++)
                if (text_is_word(text, words[i]))
                        return i;
        return -1;
}

static bool no_such_word(const char *text, const char *const *words, GError **error)
{
        g_autofree char *known = g_strjoinv(", ", (char **)words);

        return value_error(error, "'%s' is not one of %s", text, known);
}

bool value_choice(const char *text, const char *const *words, int *ret, GError **error)
{
        g_autofree char *stripped = text_strip(text);
        int found = find_word(stripped, words);

        if (found < 0)
                return no_such_word(stripped, words, error);
        *ret = found;
        return true;
}

bool value_flags(const char *text, const char *const *words, unsigned *ret, GError **error)
{
        g_auto(GStrv) names = text_split_list(text);
        unsigned set = 0;

        for (char **name = names; *name; name++) {
                int found = find_word(*name, words);

                if (found < 0)
                        return no_such_word(*name, words, error);
                set |= 1u << found;
        }
        *ret = set;
        return true;
}

bool value_bytes(const char *text, int64_t *ret, GError **error)
{
        static const char suffixes[][3] = { "kb", "mb", "gb" };
        size_t length = strlen(text);
        g_autofree char *number = g_strdup(text);
        int64_t bytes, unit = 1;

        for (size_t i = 0; i < G_N_ELEMENTS(suffixes) && length >= 2; i++)
                if (text_is_word(text + length - 2, suffixes[i])) {
                        number[length - 2] = '\0';
                        unit = INT64_C(1) << (10 * (i + 1));
                }
        if (!parse_integer(number, 10, &bytes) || __builtin_mul_overflow(bytes, unit, &bytes))
                return value_error(error,
                                "'%s' is not a size; write a whole number of bytes, or "
                                "with KB, MB or GB",
                                text);
        *ret = bytes;
        return true;
}

bool value_octal(const char *text, int *ret, GError **error)
{
        int64_t number;

        if (!parse_integer(text, 8, &number) || number < INT_MIN || number > INT_MAX)
                return value_error(error, "'%s' is not an octal number such as 022", text);
        *ret = number;
        return true;
}

bool value_log_level(const char *text, LogLevel *ret, GError **error)
{
        LogLevel level = log_level_from_string(text);

        if (level == _LOG_LEVEL_INVALID)
                return value_error(error,
                                "'%s' is no log level; there are critical, error, warn, "
                                "info, debug, trace and blather",
                                text);
        *ret = level;
        return true;
}

typedef struct SignalName {
        const char *name; /* without SIG */
        int number;
} SignalName;

/* The first name of a number is the one that is printed. Supervisor asks Python's signal module,
 * whose table has no real-time signals but the first and the last, and has SIG_DFL and its like,
 * which is how 0 gets in. */
static const SignalName signals[] = {
        { "HUP", SIGHUP },
        { "INT", SIGINT },
        { "QUIT", SIGQUIT },
        { "ILL", SIGILL },
        { "TRAP", SIGTRAP },
        { "ABRT", SIGABRT },
        { "IOT", SIGABRT },
        { "BUS", SIGBUS },
        { "FPE", SIGFPE },
        { "KILL", SIGKILL },
        { "USR1", SIGUSR1 },
        { "SEGV", SIGSEGV },
        { "USR2", SIGUSR2 },
        { "PIPE", SIGPIPE },
        { "ALRM", SIGALRM },
        { "TERM", SIGTERM },
        { "STKFLT", SIGSTKFLT },
        { "CHLD", SIGCHLD },
        { "CLD", SIGCHLD },
        { "CONT", SIGCONT },
        { "STOP", SIGSTOP },
        { "TSTP", SIGTSTP },
        { "TTIN", SIGTTIN },
        { "TTOU", SIGTTOU },
        { "URG", SIGURG },
        { "XCPU", SIGXCPU },
        { "XFSZ", SIGXFSZ },
        { "VTALRM", SIGVTALRM },
        { "PROF", SIGPROF },
        { "WINCH", SIGWINCH },
        { "IO", SIGIO },
        { "POLL", SIGIO },
        { "PWR", SIGPWR },
        { "SYS", SIGSYS },
        { "RTMIN", 34 },
        { "RTMAX", 64 },
        { "_DFL", 0 },
        { "_BLOCK", 0 },
        { "_IGN", 1 },
        { "_UNBLOCK", 1 },
        { "_SETMASK", 2 },
};

static const SignalName *find_signal(const char *name, int number)
{
        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
                if (name ? text_is_word(name, signals[i].name) : signals[i].number == number)
                        return &signals[i];
        return NULL;
}

bool value_signal(const char *text, int *ret, GError **error)
{
        g_autofree char *stripped = text_strip(text);
        bool prefixed = g_ascii_strncasecmp(stripped, "SIG", 3) == 0;
        const SignalName *found;
        int64_t number;

        if (parse_integer(text, 10, &number))
                found = number >= 0 && number <= 64 ? find_signal(NULL, number) : NULL;
        else
                found = find_signal(stripped + (prefixed ? 3 : 0), -1);
        if (!found)
                return value_error(error,
                                "'%s' is no signal; write a name such as TERM, or a "
                                "number",
                                text);
        *ret = found->number;
        return true;
}

char *value_signal_to_string(int number)
{
        const SignalName *found = number > 0 ? find_signal(NULL, number) : NULL;

        return found ? g_strconcat("SIG", found->name, NULL) : g_strdup_printf("signal %d", number);
}

bool value_exit_codes(const char *text, GArray **ret, GError **error)
{
        g_auto(GStrv) items = g_strsplit(text, ",", -1);
        g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(int));

        for (char **item = items; *item; item++) {
                int64_t number;
                int code;

                if (!parse_integer(*item, 10, &number) || number < 0 || number > 255)
                        return value_error(error,
                                        "'%s' is no exit code; write numbers from 0 to "
                                        "255, separated by commas",
                                        *item);
                code = number;
                g_array_append_val(codes, code);
        }
        *ret = g_steal_pointer(&codes);
        return true;
}

bool value_autorestart(const char *text, Autorestart *ret, GError **error)
{
        bool always;

        if (text_is_word(text, "unexpected")) {
                *ret = AUTORESTART_UNEXPECTED;
                return true;
        }
        if (!value_boolean(text, &always, NULL))
                return value_error(error, "'%s' is not one of true, false, unexpected", text);
        *ret = always ? AUTORESTART_TRUE : AUTORESTART_FALSE;
        return true;
}

bool value_user(const char *text, uid_t *ret, GError **error)
{
        int64_t number;
        struct passwd *entry = NULL;

        if (!parse_integer(text, 10, &number))
                entry = getpwnam(text);
        else if (number >= 0 && number < UINT32_MAX)
                entry = getpwuid(number);
        if (!entry)
                return value_error(error, "there is no user '%s' on this machine", text);
        *ret = entry->pw_uid;
        return true;
}

static bool value_group(const char *text, gid_t *ret, GError **error)
{
        int64_t number;
        struct group *entry = NULL;

        if (!parse_integer(text, 10, &number))
                entry = getgrnam(text);
        else if (number >= 0 && number < UINT32_MAX)
                entry = getgrgid(number);
        if (!entry)
                return value_error(error, "there is no group '%s' on this machine", text);
        *ret = entry->gr_gid;
        return true;
}

bool value_owner(const char *text, uid_t *ret_uid, gid_t *ret_gid, GError **error)
{
        g_auto(GStrv) parts = g_strsplit(text, ":", 2);
        gid_t gid = -1;
        uid_t uid;

        if (!value_user(parts[0] ? parts[0] : "", &uid, error))
                return false;
        if (parts[0] && parts[1] && !value_group(parts[1], &gid, error))
                return false;
        *ret_uid = uid;
        *ret_gid = gid;
        return true;
}

bool value_address(const char *text, char **ret_host, int *ret_port, GError **error)
{
        const char *colon = strrchr(text, ':');
        int64_t port;

        if (!parse_integer(colon ? colon + 1 : text, 10, &port) || port < 1 || port > 65535)
                return value_error(error,
                                "'%s' is no address; write PORT, HOST:PORT or *:PORT with "
                                "a port from 1 to 65535",
                                text);
        if (!colon || colon == text || (colon == text + 1 && *text == '*')) {
                *ret_host = g_strdup("");
        } else {
                g_autofree char *host = g_strndup(text, colon - text);

                *ret_host = g_utf8_strdown(host, -1);
        }
        *ret_port = port;
        return true;
}

bool value_bus(const char *text, char **ret, GError **error)
{
        static const char *const kinds[] = { "auto", "system", "user", "private", NULL };

        if (!g_strv_contains(kinds, text) && !bus_is_address(text))
                return value_error(error,
                                "'%s' is no bus; write auto, system, user, private or a D-Bus "
                                "address such as unix:path=/run/bus",
                                text);
        *ret = g_strdup(text);
        return true;
}

bool value_name(const char *text, char **ret, GError **error)
{
        g_autofree char *name = text_strip(text);
        const char *bad = strpbrk(name, " :/");

        if (bad)
                return value_error(error, "the name '%s' must not contain '%c'", text, *bad);
        if (strlen(name) > BUS_PATH_NAME_MAX)
                return value_error(error, "a name must not have more than %d bytes",
                                BUS_PATH_NAME_MAX);
        *ret = g_steal_pointer(&name);
        return true;
}

char *value_expand_home(const char *path)
{
        size_t length = strcspn(path, "/");
        const char *home = NULL;
        g_autofree char *user = NULL;
        struct passwd *entry;

        if (path[0] != '~')
                return g_strdup(path);
        user = g_strndup(path + 1, length - 1);
        if (!*user)
                home = g_getenv("HOME");
        if (!home) {
                entry = *user ? getpwnam(user) : getpwuid(getuid());
                home = entry ? entry->pw_dir : NULL;
        }
        return home ? g_strconcat(home, path + length, NULL) : g_strdup(path);
}

char *value_absolute_path(const char *path)
{
        g_autofree char *expanded = value_expand_home(path);

        return g_canonicalize_filename(expanded, NULL);
}

bool value_directory(const char *text, char **ret, GError **error)
{
        g_autofree char *path = value_expand_home(text);

        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
                return value_error(error, "the folder '%s' does not exist", text);
        *ret = g_steal_pointer(&path);
        return true;
}

bool value_path(const char *text, char **ret, GError **error)
{
        g_autofree char *path = value_expand_home(text);
        const char *slash = strrchr(path, '/');
        g_autofree char *folder = slash ? g_strndup(path, MAX(slash - path, 1)) : NULL;

        if (folder && !g_file_test(folder, G_FILE_TEST_IS_DIR))
                return value_error(error, "the folder of '%s' does not exist", text);
        *ret = g_steal_pointer(&path);
        return true;
}

bool value_logfile(const char *text, char **ret, GError **error)
{
        if (!*text || text_is_word(text, "none") || text_is_word(text, "off"))
                *ret = NULL;
        else if (text_is_word(text, "auto"))
                *ret = g_strdup("AUTO");
        else if (text_is_word(text, "syslog"))
                *ret = g_strdup("syslog");
        else if (text_is_word(text, "journal"))
                *ret = g_strdup("journal");
        else
                return value_path(text, ret, error);
        return true;
}

/* A word without a slash is more likely a slip than a folder. */
bool value_state(const char *text, char **ret, GError **error)
{
        if (text_is_word(text, "auto"))
                *ret = g_strdup("auto");
        else if (text_is_word(text, "none") || text_is_word(text, "off"))
                *ret = g_strdup("none");
        else if (text[0] == '~' || strchr(text, '/'))
                *ret = value_absolute_path(text);
        else
                return value_error(
                                error, "'%s' is neither auto, none nor the path of a folder", text);
        return true;
}
