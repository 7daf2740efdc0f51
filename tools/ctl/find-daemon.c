/* Each place is tried with the same probe (open, wait for the handshake, does the name have an
 * owner?), which writes into one line why the place was not the right one. That line is the error
 * when nothing is found: people want to know where was looked. */

#include "tools/ctl/find-daemon.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/connection.h"
#include "bus/names.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/identifier.h"
#include "tools/ctl/loop.h"
#include "tools/ctl/remote-address.h"

/* A bus that hangs is passed over after this time; over ssh somebody may be asked for a password,
 * and sd-bus itself has a limit of a minute and a half. */
#define PROBE_USEC  (UINT64_C(5) * G_USEC_PER_SEC)
#define REMOTE_USEC (UINT64_C(300) * G_USEC_PER_SEC)

/* Instances that are looked at in one runtime folder. */
#define MAX_INSTANCES 256
#define MAX_NUMBERED  100 /* the daemon makes no more of one identifier */

typedef struct Search {
        uint64_t patience_usec; /* with a place */
        GString *tried;         /* where, and why that was not the place */
        bool is_refused;        /* by one of them */
        bool is_remote;
        sd_event *loop; /* borrowed, or NULL */
} Search;

/* In the loop, where there is one, an attached connection is closed by what goes wrong. */
static int wait_for_more(sd_bus *bus, const Search *search, uint64_t usec)
{
        int r;

        if (search->loop)
                return sd_bus_is_open(bus) > 0 ? loop_step(search->loop, usec) : -ECONNRESET;
        r = sd_bus_process(bus, NULL);
        return r == 0 ? sd_bus_wait(bus, usec) : r;
}

static int wait_until_ready(sd_bus *bus, const Search *search)
{
        gint64 deadline = g_get_monotonic_time() + search->patience_usec;

        for (;;) {
                gint64 left = deadline - g_get_monotonic_time();
                int r = sd_bus_is_ready(bus);

                if (r != 0)
                        return r;
                if (left <= 0)
                        return -ETIMEDOUT;
                r = wait_for_more(bus, search, left);
                if (r < 0 && r != -EINTR)
                        return r;
        }
}

/* Calls a method of the bus or the daemon with one string and reads the answer. */
static int ask(sd_bus *bus, const Search *search, const char *destination, const char *path,
                const char *interface, const char *member, sd_bus_message **ret, const char *types,
                ...)
{
        g_autoptr(sd_bus_message) call = NULL;
        va_list arguments;
        int r = sd_bus_message_new_method_call(bus, &call, destination, path, interface, member);

        if (r < 0)
                return r;
        va_start(arguments, types);
        r = sd_bus_message_appendv(call, types, arguments);
        va_end(arguments);
        if (r < 0)
                return r;
        r = sd_bus_message_set_auto_start(call, false);
        if (r < 0)
                return r;
        if (search->loop)
                return loop_call(search->loop, bus, call, search->patience_usec, NULL, ret);
        return sd_bus_call(bus, call, search->patience_usec, NULL, ret);
}

static int name_has_owner(sd_bus *bus, const Search *search, const char *name)
{
        g_autoptr(sd_bus_message) reply = NULL;
        int has_owner = 0;
        int r = ask(bus, search, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                        "org.freedesktop.DBus", "NameHasOwner", &reply, "s", name);

        if (r >= 0)
                r = sd_bus_message_read(reply, "b", &has_owner);
        return r < 0 ? r : has_owner;
}

/* Of the manager; empty where it does not say. */
static char *property_of(
                sd_bus *bus, const Search *search, const char *bus_name, const char *property)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const char *answer;

        if (ask(bus, search, bus_name, BUS_PATH, "org.freedesktop.DBus.Properties", "Get", &reply,
                            "ss", BUS_INTERFACE_MANAGER, property) < 0 ||
                        sd_bus_message_read(reply, "v", "s", &answer) < 0)
                return g_strdup("");
        return g_strdup(answer);
}

static void note_tried(Search *search, const char *place, const char *why)
{
        g_string_append_printf(
                        search->tried, "%s%s: %s", search->tried->len ? "; " : "", place, why);
}

static void note_failed(Search *search, const char *place, int r)
{
        search->is_refused = search->is_refused || r == -EACCES || r == -EPERM;
        /* The bridge there says nothing, ssh does. */
        if (search->is_remote && (r == -ECONNRESET || r == -EPIPE))
                note_tried(search, place, "no connection, or there is no such bus");
        else
                note_tried(search, place, r == -ENOENT ? "not there" : g_strerror(-r));
}

static bool is_same_file(const char *one, const char *other)
{
        g_autofree char *absolute = g_canonicalize_filename(other, NULL);
        struct stat first, second;

        return strcmp(one, absolute) == 0 ||
               (stat(one, &first) == 0 && stat(absolute, &second) == 0 &&
                               first.st_dev == second.st_dev && first.st_ino == second.st_ino);
}

/* Notes the instance that is there where it is another one. */
static bool identifier_is(sd_bus *bus, Search *search, const char *place, const char *bus_name,
                const char *identifier)
{
        g_autofree char *found = property_of(bus, search, bus_name, "Identifier");
        g_autofree char *why = g_strconcat("only instance ", found, " is there", NULL);

        if (strcmp(found, identifier) == 0)
                return true;
        note_tried(search, place, *found ? why : "it does not say which instance it is");
        return false;
}

/* place is what people call the address. True with a connection when bus_name has an owner there.
 */
static bool probe(const char *address, const char *place, const char *bus_name, Search *search,
                sd_bus **ret)
{
        g_autoptr(sd_bus) bus = NULL;
        int r = connection_open(address, "busvisorctl", NULL, NULL, &bus);

        if (r >= 0 && search->loop)
                r = sd_bus_attach_event(bus, search->loop, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = wait_until_ready(bus, search);
        if (r >= 0)
                r = name_has_owner(bus, search, bus_name);
        if (r > 0) {
                *ret = g_steal_pointer(&bus);
                return true;
        }
        sd_bus_close(bus); /* which also ends an ssh that hangs */
        if (r < 0) {
                note_failed(search, place, r);
        } else {
                g_autofree char *why = g_strdup_printf("%s has no owner", bus_name);

                note_tried(search, place, why);
        }
        return false;
}

char *find_daemon_runtime_folder(void)
{
        const char *given = g_getenv("RUNTIME_DIRECTORY");
        const char *user = g_getenv("XDG_RUNTIME_DIR");

        /* systemd joins several by colons. */
        if (given && *given)
                return g_strndup(given, strcspn(given, ":"));
        if (geteuid() == 0)
                return g_strdup("/run/busvisor");
        return user && *user ? g_build_filename(user, "busvisor", NULL) : NULL;
}

static bool probe_socket(const char *folder, const char *identifier, const char *bus_name,
                Search *search, sd_bus **ret)
{
        g_autofree char *path = g_build_filename(folder, identifier, BUS_PRIVATE_SOCKET, NULL);
        g_autofree char *address = connection_address_of_socket(path);

        return probe(address, path, bus_name, search, ret);
}

static const struct {
        const char *address, *place;
} shared_buses[] = {
        { "system", "system bus" },
        { "user", "session bus" },
};

/* With a file: only the instance that runs with it. Notes that it is another one. */
static bool file_is(sd_bus *bus, Search *search, const char *place, const char *bus_name,
                const char *file)
{
        g_autofree char *found =
                        file ? property_of(bus, search, bus_name, "ConfigurationFile") : NULL;
        g_autofree char *why = found ? g_strconcat("that one runs with ", found, NULL) : NULL;

        if (!file || is_same_file(found, file))
                return true;
        note_tried(search, place, *found ? why : "it does not say with which file it runs");
        return false;
}

/* An instance may have taken a shared bus instead of a private one; there it tells who it is. */
static bool find_on_shared_bus(const char *identifier, const char *file, const char *bus_name,
                Search *search, sd_bus **ret)
{
        for (size_t i = 0; i < G_N_ELEMENTS(shared_buses); i++) {
                const char *place = shared_buses[i].place;
                g_autoptr(sd_bus) bus = NULL;

                if (!probe(shared_buses[i].address, place, bus_name, search, &bus))
                        continue;
                if (identifier_is(bus, search, place, bus_name, identifier) &&
                                file_is(bus, search, place, bus_name, file)) {
                        *ret = g_steal_pointer(&bus);
                        return true;
                }
        }
        return false;
}

/* The second instance of an identifier has ".2" behind the name of its folder, and so on. */
static bool find_numbered(const char *folder, const char *name, const char *file,
                const char *bus_name, Search *search, sd_bus **ret)
{
        for (int i = 1; i <= MAX_NUMBERED; i++) {
                g_autofree char *own = i == 1 ? g_strdup(name) : g_strdup_printf("%s.%d", name, i);
                g_autofree char *socket = g_build_filename(folder, own, BUS_PRIVATE_SOCKET, NULL);
                g_autoptr(sd_bus) bus = NULL;

                if (!g_file_test(socket, G_FILE_TEST_EXISTS) ||
                                !probe_socket(folder, own, bus_name, search, &bus) ||
                                !file_is(bus, search, socket, bus_name, file))
                        continue;
                *ret = g_steal_pointer(&bus);
                return true;
        }
        return false;
}

/* A file that no instance says to run with may have been moved, or be one that is only for clients:
 * then the identifier has to do. But what each is called that was given no name means nobody, where
 * the instance has a file of its own; the search has noted which. */
static bool find_namesake(const char *folder, const char *name, const char *bus_name,
                Search *search, sd_bus **ret)
{
        g_autoptr(sd_bus) bus = NULL;
        g_autofree char *file = NULL;

        if (!probe_socket(folder, name, bus_name, search, &bus))
                return false;
        file = property_of(bus, search, bus_name, "ConfigurationFile");
        if (strcmp(name, IDENTIFIER_DEFAULT) == 0 && g_file_test(file, G_FILE_TEST_EXISTS))
                return false;
        *ret = g_steal_pointer(&bus);
        return true;
}

/* The folder has no "/" in its name, whatever the identifier. */
static bool find_instance(const char *identifier, const char *file, const char *bus_name,
                Search *search, sd_bus **ret)
{
        g_autofree char *folder = find_daemon_runtime_folder();
        g_autofree char *name = g_strdelimit(g_strdup(identifier), "/", '_');

        if (folder && file && find_numbered(folder, name, file, bus_name, search, ret))
                return true;
        if (folder && !file && probe_socket(folder, name, bus_name, search, ret))
                return true;
        if (find_on_shared_bus(identifier, file, bus_name, search, ret))
                return true;
        return folder && file && find_namesake(folder, name, bus_name, search, ret);
}

/* Only where an instance is found that runs with the file; else it is as if there were none. */
static bool find_preferred(const DaemonPlace *place, Search *search, sd_bus **ret)
{
        g_autofree char *folder = find_daemon_runtime_folder();
        g_autofree char *identifier = identifier_from_file(place->preferred, NULL);
        g_autofree char *name = identifier ? g_strdelimit(g_strdup(identifier), "/", '_') : NULL;
        size_t before = search->tried->len;

        if (name && ((folder && find_numbered(folder, name, place->preferred, place->bus_name,
                                                search, ret)) ||
                                    find_on_shared_bus(identifier, place->preferred,
                                                    place->bus_name, search, ret)))
                return true;
        g_string_truncate(search->tried, before);
        return false;
}

/* Those of the private sockets behind which a daemon lives. The last connection is kept. */
static GPtrArray *live_instances(
                const char *folder, const char *bus_name, Search *search, sd_bus **ret)
{
        GPtrArray *identifiers = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
        const char *entry;
        unsigned n_sockets = 0;

        while (directory && (entry = g_dir_read_name(directory)) && n_sockets < MAX_INSTANCES) {
                g_autofree char *socket = g_build_filename(folder, entry, BUS_PRIVATE_SOCKET, NULL);
                g_autoptr(sd_bus) bus = NULL;

                if (!g_file_test(socket, G_FILE_TEST_EXISTS))
                        continue;
                n_sockets++;
                if (!probe_socket(folder, entry, bus_name, search, &bus))
                        continue;
                g_ptr_array_add(identifiers, g_strdup(entry));
                sd_bus_close_unref(*ret);
                *ret = g_steal_pointer(&bus);
        }
        if (n_sockets == 0)
                note_tried(search, folder, "no instance");
        return identifiers;
}

static int compare_strings(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool find_private(const char *bus_name, Search *search, sd_bus **ret, GError **error)
{
        g_autofree char *folder = find_daemon_runtime_folder();
        g_autoptr(GPtrArray) identifiers = NULL;
        g_autoptr(sd_bus) bus = NULL;
        g_autofree char *list = NULL;

        if (!folder)
                return false;
        identifiers = live_instances(folder, bus_name, search, &bus);
        if (identifiers->len == 1) {
                *ret = g_steal_pointer(&bus);
                return true;
        }
        if (identifiers->len == 0)
                return false;
        g_ptr_array_sort(identifiers, compare_strings);
        g_ptr_array_add(identifiers, NULL);
        list = g_strjoinv(", ", (char **)identifiers->pdata);
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "several instances run, say which one is meant with -i: %s", list);
        return false;
}

static bool find_anywhere(const char *bus_name, Search *search, sd_bus **ret, GError **error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(shared_buses); i++)
                if (probe(shared_buses[i].address, shared_buses[i].place, bus_name, search, ret))
                        return true;
        return find_private(bus_name, search, ret, error);
}

bool find_daemon_is_bus(const char *text)
{
        return strcmp(text, "system") == 0 || strcmp(text, "user") == 0 || bus_is_address(text);
}

static bool check_address(const char *address, GError **error)
{
        if (find_daemon_is_bus(address))
                return true;
        g_set_error(error, FAILURE, FAILURE_USAGE,
                        "'%s' is no bus; write system, user or a D-Bus address such as "
                        "unix:path=/run/bus",
                        address);
        return false;
}

/* For who asked for a machine, or for an instance on it, and got its system bus. */
static void note_remote_bus(const DaemonPlace *place, Search *search)
{
        if (place->address || !g_str_has_suffix(search->tried->str, "has no owner"))
                return;
        g_string_append(search->tried,
                        place->identifier ? ", and the instance has no bus of its own there"
                                          : " on its system bus; say with -i which instance with a "
                                            "bus of its own is meant");
}

static char *remote_name(const DaemonPlace *place)
{
        return g_strconcat(place->identifier ? "instance " : "",
                        place->identifier ? place->identifier : "", place->identifier ? " on " : "",
                        place->host, " over ssh", NULL);
}

/* What ssh has to say it says by itself. */
static bool find_remote(const DaemonPlace *place, Search *search, sd_bus **ret, GError **error)
{
        const RemotePlace remote = {
                .host = place->host,
                .address = place->address,
                .identifier = place->identifier,
                .is_unattended = place->is_unattended,
        };
        g_autofree char *address = NULL;
        g_autofree char *name = remote_name(place);
        g_autoptr(sd_bus) bus = NULL;

        if (place->configuration && !place->address && !place->identifier) {
                g_set_error_literal(error, FAILURE, FAILURE_USAGE,
                                "the configuration file is one of this machine; with --host say "
                                "with -i which instance is meant");
                return false;
        }
        address = remote_address(&remote, error);
        if (!address)
                return false;
        if (!probe(address, name, place->bus_name, search, &bus)) {
                note_remote_bus(place, search);
                return false;
        }
        if (place->identifier &&
                        !identifier_is(bus, search, name, place->bus_name, place->identifier))
                return false;
        *ret = g_steal_pointer(&bus);
        return true;
}

static bool find(const DaemonPlace *place, Search *search, sd_bus **ret, GError **error)
{
        const char *environment = g_getenv(BUS_ADDRESS_VARIABLE);
        g_autofree char *identifier = NULL;

        if (place->address && !check_address(place->address, error))
                return false;
        if (place->host)
                return find_remote(place, search, ret, error);
        if (place->address)
                return probe(place->address, place->address, place->bus_name, search, ret);
        if (place->identifier)
                return find_instance(place->identifier, NULL, place->bus_name, search, ret);
        if (place->configuration) {
                identifier = identifier_from_file(place->configuration, error);
                return identifier && find_instance(identifier,
                                                     identifier_is_for_clients(place->configuration)
                                                                     ? NULL
                                                                     : place->configuration,
                                                     place->bus_name, search, ret);
        }
        if (environment && *environment)
                return probe(environment, "$" BUS_ADDRESS_VARIABLE, place->bus_name, search, ret);
        return (place->preferred && find_preferred(place, search, ret)) ||
               find_anywhere(place->bus_name, search, ret, error);
}

static uint64_t patience(const DaemonPlace *place)
{
        uint64_t usual = place->host ? REMOTE_USEC : PROBE_USEC;
        uint64_t now_usec = g_get_monotonic_time();

        if (place->deadline_usec == 0)
                return usual;
        return place->deadline_usec > now_usec ? MIN(usual, place->deadline_usec - now_usec) : 1;
}

bool find_daemon(const DaemonPlace *place, sd_bus **ret_bus, GError **error)
{
        g_autoptr(GString) tried = g_string_new(NULL);
        g_autoptr(GError) own = NULL;
        Search search = {
                .tried = tried,
                .patience_usec = patience(place),
                .is_remote = place->host,
                .loop = place->loop,
        };

        if (find(place, &search, ret_bus, &own)) {
                if (place->loop)
                        (void)sd_bus_detach_event(*ret_bus);
                return true;
        }
        if (own)
                g_propagate_error(error, g_steal_pointer(&own));
        else if (search.is_refused)
                g_set_error(error, FAILURE, FAILURE_REFUSED, "not allowed to reach busvisord (%s)",
                                tried->str);
        else
                g_set_error(error, FAILURE, FAILURE_UNREACHABLE, "no busvisord found (%s)",
                                tried->str);
        return false;
}
