/* Rows are found through a table by kind and name that is made at the first look: ten thousand
 * sections ask for forty options each. */

#include "daemon/config/options.h"

#include <string.h>

#include <glib.h>

#include "bus/nearest-word.h"
#include "daemon/config/config.h"

#define BIT(kind) SECTION_BIT(SECTION_##kind)
#define HTTP      (BIT(UNIX_HTTP_SERVER) | BIT(INET_HTTP_SERVER))
#define PROCESSES (BIT(PROGRAM) | BIT(EVENTLISTENER) | BIT(FCGI_PROGRAM))

#define SUPERVISORD_FIELD(field) TARGET_SUPERVISORD, offsetof(SupervisordConfig, field), 0
#define HTTP_FIELD(field)        TARGET_HTTP_SERVER, offsetof(HttpServerConfig, field), 0
#define PROGRAM_FIELD(field)     TARGET_PROGRAM, offsetof(ProgramSettings, field), 0
#define PROCESS_FIELD(field)     TARGET_PROCESS, offsetof(ProcessConfig, field), 0
#define GROUP_FIELD(field)       TARGET_GROUP, offsetof(GroupConfig, field), 0
#define SOCKET_FIELD(field)      TARGET_SOCKET, offsetof(SocketConfig, field), 0
#define NO_FIELD                 TARGET_NONE, 0, 0

#define BOTH(target, structure, first, second)                                                     \
        target, offsetof(structure, first), offsetof(structure, second)

#define LIVE      RELOAD_LIVE, false
#define LIVE_EACH RELOAD_LIVE, true
#define RESTART   RELOAD_RESTART, false
#define EACH      RELOAD_RESTART, true
#define ANEW      RELOAD_ANEW, false
#define DAEMON    RELOAD_DAEMON, false

/* clang-format off */
static const SectionInfo kinds[_SECTION_KIND_MAX] = {
        [SECTION_SUPERVISORD] = {"supervisord", "supervisord", NULL,
                .help = "the daemon itself"},
        [SECTION_UNIX_HTTP_SERVER] = {"unix_http_server", "unix_http_server", "unix_http_servers",
                .any_prefix = true, .help = "XML-RPC on a UNIX socket"},
        [SECTION_INET_HTTP_SERVER] = {"inet_http_server", "inet_http_server", "inet_http_servers",
                .any_prefix = true, .help = "XML-RPC on a TCP port"},
        [SECTION_SUPERVISORCTL] = {"supervisorctl", "supervisorctl", NULL,
                .help = "for Supervisor's own supervisorctl"},
        [SECTION_INCLUDE] = {"include", NULL, NULL,
                .help = "more files"},
        [SECTION_RPCINTERFACE] = {"rpcinterface:", NULL, "rpcinterfaces",
                .free_keys = true, .help = "an XML-RPC name space"},
        [SECTION_CTLPLUGIN] = {"ctlplugin:", NULL, "ctlplugins",
                .free_keys = true, .help = "a plug-in of Supervisor's own supervisorctl"},
        [SECTION_PROGRAM] = {"program:", NULL, "programs",
                .help = "a program to keep running"},
        [SECTION_EVENTLISTENER] = {"eventlistener:", NULL, "eventlisteners",
                .help = "a program that is told of events"},
        [SECTION_FCGI_PROGRAM] = {"fcgi-program:", NULL, "fcgi_programs",
                .help = "a program with a FastCGI socket as its standard input"},
        [SECTION_GROUP] = {"group:", NULL, "groups",
                .help = "programs under one name"},
};
/* clang-format on */

static const char *const exit_policies[] = {
        [EXIT_POLICY_NONE] = "none",
        [EXIT_POLICY_ESSENTIAL] = "essential",
        [_EXIT_POLICY_MAX] = NULL,
};

static const char *const starters[] = {
        [HOST_START_AUTO] = "auto",
        [HOST_START_EXTERNAL] = "external",
        [_HOST_START_MAX] = NULL,
};

static const char *const formats[] = {
        [LOG_FORMAT_TEXT] = "text",
        [LOG_FORMAT_JSON] = "json",
        [_LOG_FORMAT_MAX] = NULL,
};

static const char *const compressions[] = {
        [LOG_COMPRESSION_NONE] = "none",
        [LOG_COMPRESSION_GZIP] = "gzip",
        [LOG_COMPRESSION_XZ] = "xz",
        [LOG_COMPRESSION_ZSTD] = "zstd",
        [LOG_COMPRESSION_BZIP2] = "bzip2",
        [_LOG_COMPRESSION_MAX] = NULL,
};

/* In the order of the bits of LogPrefix. */
static const char *const prefixes[_LOG_PREFIX_MAX + 1] = { "timestamp", "name" };

/* A row is two lines, the second of them mostly for people. */
/* clang-format off */
const Option options[] = {
        /* name, sections, type, field,
         *        default, reload, bounds, help */
        {"logfile", BIT(SUPERVISORD), OPTION_PATH, SUPERVISORD_FIELD(logfile),
                "supervisord.log", DAEMON, 0, 0, "file of the main log, syslog or journal"},
        {"logfile_maxbytes", BIT(SUPERVISORD), OPTION_BYTES, SUPERVISORD_FIELD(logfile_maxbytes),
                "50MB", DAEMON, 0, 0, "size at which the main log is rotated; 0 = never"},
        {"logfile_backups", BIT(SUPERVISORD), OPTION_INTEGER, SUPERVISORD_FIELD(logfile_backups),
                "10", DAEMON, 0, 0, "how many rotated main logs are kept"},
        {"logfile_rotate_every", BIT(SUPERVISORD), OPTION_DURATION, SUPERVISORD_FIELD(rotate_every),
                "0", DAEMON, 0, 0, "rotate the main log by the clock: 1h, 1d, 1w; 0 = never"},
        {"logfile_compress", BIT(SUPERVISORD), OPTION_CHOICE, SUPERVISORD_FIELD(compress),
                "none", DAEMON, 0, 0, "program that compresses rotated main logs", compressions},
        {"logfile_format", BIT(SUPERVISORD), OPTION_CHOICE, SUPERVISORD_FIELD(format),
                "text", DAEMON, 0, 0, "records of the main log", formats},
        {"loglevel", BIT(SUPERVISORD), OPTION_LOG_LEVEL, SUPERVISORD_FIELD(loglevel),
                "info", DAEMON, 0, 0, "least grave level that is logged"},
        {"pidfile", BIT(SUPERVISORD), OPTION_PATH, SUPERVISORD_FIELD(pidfile),
                "supervisord.pid", DAEMON, 0, 0, "file with the process id"},
        {"umask", BIT(SUPERVISORD), OPTION_OCTAL, SUPERVISORD_FIELD(umask),
                "022", DAEMON, 0, 0, "umask; the default is for the background only"},
        {"nodaemon", BIT(SUPERVISORD), OPTION_BOOLEAN, SUPERVISORD_FIELD(nodaemon),
                "false", DAEMON, 0, 0, "stay in the foreground"},
        {"silent", BIT(SUPERVISORD), OPTION_BOOLEAN, SUPERVISORD_FIELD(silent),
                "false", DAEMON, 0, 0, "in the foreground: no copy of the main log on stdout"},
        {"minfds", BIT(SUPERVISORD), OPTION_INTEGER, SUPERVISORD_FIELD(minfds),
                "1024", DAEMON, 0, 0, "open files that a program may have at least"},
        {"minprocs", BIT(SUPERVISORD), OPTION_INTEGER, SUPERVISORD_FIELD(minprocs),
                "200", DAEMON, 0, 0, "processes that there may be at least"},
        {"nocleanup", BIT(SUPERVISORD), OPTION_BOOLEAN, SUPERVISORD_FIELD(nocleanup),
                "false", DAEMON, 0, 0, "keep the automatic logs of the last run"},
        {"childlogdir", BIT(SUPERVISORD), OPTION_DIRECTORY, SUPERVISORD_FIELD(childlogdir),
                NULL, DAEMON, 0, 0, "folder of automatic logs; the temporary folder if unset"},
        {"user", BIT(SUPERVISORD), OPTION_USER,
                BOTH(TARGET_SUPERVISORD, SupervisordConfig, user, uid),
                NULL, DAEMON, 0, 0, "user to become when started by root"},
        {"directory", BIT(SUPERVISORD), OPTION_DIRECTORY, SUPERVISORD_FIELD(directory),
                NULL, DAEMON, 0, 0, "working folder"},
        {"strip_ansi", BIT(SUPERVISORD), OPTION_BOOLEAN, SUPERVISORD_FIELD(strip_ansi),
                "false", DAEMON, 0, 0, "take terminal colours out of program logs"},
        {"environment", BIT(SUPERVISORD), OPTION_ENVIRONMENT, SUPERVISORD_FIELD(environment),
                "", RESTART, 0, 0, "variables for all programs"},
        {"identifier", BIT(SUPERVISORD), OPTION_STRING, SUPERVISORD_FIELD(identifier),
                "supervisor", DAEMON, 0, 0, "name of this instance"},
        {"bus", BIT(SUPERVISORD), OPTION_BUS, SUPERVISORD_FIELD(bus),
                "auto", DAEMON, 0, 0, "message bus: auto, system, user, private or an address"},
        {"bus_name", BIT(SUPERVISORD), OPTION_STRING, SUPERVISORD_FIELD(bus_name),
                "org.busvisor1", DAEMON, 0, 0, "well-known name on the bus"},
        {"host_user", BIT(SUPERVISORD), OPTION_USER,
                BOTH(TARGET_SUPERVISORD, SupervisordConfig, host_user, host_uid),
                NULL, DAEMON, 0, 0, "user of the hosts under root; busvisor-host if there is one"},
        {"listener_host", BIT(SUPERVISORD), OPTION_CHOICE, SUPERVISORD_FIELD(listener_host),
                "auto", DAEMON, 0, 0, "who starts busvisor-listener-host: auto, external", starters},
        {"event_log", BIT(SUPERVISORD), OPTION_STATE, SUPERVISORD_FIELD(event_log),
                "auto", DAEMON, 0, 0, "folder of the event log, auto, or none for memory alone"},
        {"event_log_maxbytes", BIT(SUPERVISORD), OPTION_BYTES,
                SUPERVISORD_FIELD(event_log_maxbytes),
                "256MB", DAEMON, 0, 0, "size of the event log at which its oldest part goes"},
        {"event_log_maxage", BIT(SUPERVISORD), OPTION_DURATION,
                SUPERVISORD_FIELD(event_log_maxage),
                "7d", DAEMON, 0, 0, "age at which events leave the event log; 0 = none"},
        {"event_log_sync", BIT(SUPERVISORD), OPTION_BOOLEAN, SUPERVISORD_FIELD(event_log_sync),
                "false", DAEMON, 0, 0, "events are on the disk before anybody is told of them"},

        {"file", BIT(UNIX_HTTP_SERVER), OPTION_ABSOLUTE, HTTP_FIELD(file),
                NULL, ANEW, 0, 0, "path of the socket; required"},
        {"chmod", BIT(UNIX_HTTP_SERVER), OPTION_OCTAL, HTTP_FIELD(chmod),
                "0700", ANEW, 0, 0, "mode of the socket"},
        {"chown", BIT(UNIX_HTTP_SERVER), OPTION_OWNER,
                BOTH(TARGET_HTTP_SERVER, HttpServerConfig, owner_uid, owner_gid),
                NULL, ANEW, 0, 0, "user:group of the socket"},
        {"port", BIT(INET_HTTP_SERVER), OPTION_ADDRESS,
                BOTH(TARGET_HTTP_SERVER, HttpServerConfig, host, port),
                NULL, ANEW, 0, 0, "PORT, HOST:PORT, *:PORT or [IPv6]:PORT; required"},
        {"username", HTTP, OPTION_STRING, HTTP_FIELD(username),
                NULL, ANEW, 0, 0, "who may log in"},
        {"password", HTTP, OPTION_STRING, HTTP_FIELD(password),
                NULL, ANEW, 0, 0, "the password, or {SHA} and its SHA-1 in hexadecimal"},

        {"serverurl", BIT(SUPERVISORCTL), OPTION_STRING, NO_FIELD,
                "http://localhost:9001", LIVE, 0, 0, "where supervisorctl finds the daemon"},
        {"username", BIT(SUPERVISORCTL), OPTION_STRING, NO_FIELD,
                NULL, LIVE, 0, 0, "log in as"},
        {"password", BIT(SUPERVISORCTL), OPTION_STRING, NO_FIELD,
                NULL, LIVE, 0, 0, "log in with"},
        {"prompt", BIT(SUPERVISORCTL), OPTION_STRING, NO_FIELD,
                "supervisor", LIVE, 0, 0, "prompt of the shell"},
        {"history_file", BIT(SUPERVISORCTL), OPTION_STRING, NO_FIELD,
                NULL, LIVE, 0, 0, "file for the shell's history"},
        {"files", BIT(INCLUDE), OPTION_STRING, NO_FIELD,
                NULL, LIVE, 0, 0, "patterns of files to read, separated by blanks; required"},
        {"supervisor.rpcinterface_factory", BIT(RPCINTERFACE), OPTION_STRING, NO_FIELD,
                NULL, DAEMON, 0, 0, "supervisor.rpcinterface:make_main_rpcinterface; required"},
        {"supervisor.ctl_factory", BIT(CTLPLUGIN), OPTION_STRING, NO_FIELD,
                NULL, LIVE, 0, 0, "Python name of the plug-in"},

        {"numprocs", PROCESSES, OPTION_INTEGER, PROGRAM_FIELD(numprocs),
                "1", RESTART, INT32_MIN, INT32_MAX, "how many processes of it"},
        {"numprocs_start", PROCESSES, OPTION_INTEGER, PROGRAM_FIELD(numprocs_start),
                "0", RESTART, INT32_MIN, INT32_MAX, "process_num of the first"},
        {"extends", PROCESSES, OPTION_STRING, NO_FIELD,
                NULL, RESTART, 0, 0, "another program, which it has all settings from that it lacks"},
        {"environment_file", PROCESSES | BIT(SUPERVISORD), OPTION_LIST, NO_FIELD,
                "", EACH, 0, 0, "files of KEY=VALUE lines; - before one that may be missing"},
        {"environment", PROCESSES, OPTION_ENVIRONMENT, PROCESS_FIELD(environment),
                "", EACH, 0, 0, "variables besides those of [supervisord]"},
        {"command", PROCESSES, OPTION_COMMAND,
                BOTH(TARGET_PROCESS, ProcessConfig, command, command_list),
                NULL, EACH, 0, 0, "what is run; required"},
        {"process_name", PROCESSES, OPTION_NAME, PROCESS_FIELD(name),
                "%(program_name)s", EACH, 0, 0, "name of each; %(process_num) if numprocs > 1"},
        {"directory", PROCESSES, OPTION_STRING, PROCESS_FIELD(directory),
                NULL, EACH, 0, 0, "working folder"},
        {"priority", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(priority),
                "999", LIVE, 0, 0, "lower ones start first and stop last"},
        {"autostart", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(autostart),
                "true", LIVE, 0, 0, "start it with the daemon"},
        {"autorestart", PROCESSES, OPTION_AUTORESTART, PROCESS_FIELD(autorestart),
                "unexpected", LIVE, 0, 0, "start it again after an exit: true, false, unexpected"},
        {"startsecs", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(startsecs),
                "1", LIVE, 0, 0, "seconds to stay up to count as started"},
        {"startretries", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(startretries),
                "3", LIVE, 0, 0, "failed starts in a row before giving up"},
        {"start_interval", PROCESSES, OPTION_SECONDS, PROCESS_FIELD(start_interval),
                "1", LIVE, 0, 0, "least seconds between two automatic starts; 0 = at once"},
        {"exitcodes", PROCESSES, OPTION_EXIT_CODES, PROCESS_FIELD(exitcodes),
                "0", LIVE, 0, 0, "exit codes that are expected"},
        {"stopsignal", PROCESSES, OPTION_SIGNAL, PROCESS_FIELD(stopsignal),
                "TERM", LIVE, 0, 0, "signal that stops it"},
        {"stopwaitsecs", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(stopwaitsecs),
                "10", LIVE, 0, 0, "seconds to wait before killing it"},
        {"stopasgroup", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(stopasgroup),
                "false", LIVE, 0, 0, "send the stop signal to its process group"},
        {"killasgroup", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(killasgroup),
                NULL, LIVE, 0, 0, "kill its process group; as stopasgroup if unset"},
        {"pdeathsig", PROCESSES, OPTION_SIGNAL, PROCESS_FIELD(pdeathsig),
                NULL, RESTART, 0, 0, "signal it gets when busvisord dies; none if unset"},
        {"exit_policy", PROCESSES, OPTION_CHOICE, PROCESS_FIELD(exit_policy),
                "none", LIVE, 0, 0, "essential: busvisord ends with it, and with its exit status",
                exit_policies},
        {"user", PROCESSES, OPTION_USER, BOTH(TARGET_PROCESS, ProcessConfig, user, uid),
                NULL, RESTART, 0, 0, "user it runs as"},
        {"umask", PROCESSES, OPTION_OCTAL, PROCESS_FIELD(umask),
                NULL, RESTART, 0, 0, "its umask; the daemon's if unset"},
        {"serverurl", PROCESSES, OPTION_STRING, PROCESS_FIELD(serverurl),
                NULL, RESTART, 0, 0, "SUPERVISOR_SERVER_URL; AUTO = worked out"},
        {"redirect_stderr", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(redirect_stderr),
                "false", RESTART, 0, 0, "its stderr goes where stdout goes"},
        {"stdout_logfile", PROCESSES, OPTION_LOGFILE, PROCESS_FIELD(output.logfile),
                "AUTO", EACH, 0, 0, "file for stdout, AUTO, NONE or journal"},
        {"stdout_logfile_maxbytes", PROCESSES, OPTION_BYTES, PROCESS_FIELD(output.logfile_maxbytes),
                "50MB", LIVE_EACH, 0, 0, "size at which it is rotated; 0 = never"},
        {"stdout_logfile_backups", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(output.logfile_backups),
                "10", LIVE_EACH, 0, 0, "how many rotated ones are kept"},
        {"stdout_logfile_rotate_every", PROCESSES, OPTION_DURATION,
                PROCESS_FIELD(output.rotate_every),
                "0", LIVE_EACH, 0, 0, "rotate it by the clock: 15m, 1h, 1d, 1w; 0 = never"},
        {"stdout_logfile_compress", PROCESSES, OPTION_CHOICE, PROCESS_FIELD(output.compress),
                "none", LIVE_EACH, 0, 0, "program that compresses the rotated ones", compressions},
        {"stdout_logfile_format", PROCESSES, OPTION_CHOICE, PROCESS_FIELD(output.format),
                "text", RESTART, 0, 0, "json: one object a line", formats},
        {"stdout_logfile_prefix", PROCESSES, OPTION_FLAGS, PROCESS_FIELD(output.prefix),
                "", RESTART, 0, 0, "what stands before each line of it", prefixes},
        {"stdout_capture_maxbytes", PROCESSES, OPTION_BYTES, PROCESS_FIELD(output.capture_maxbytes),
                "0", RESTART, 0, 0, "most bytes of one PROCESS_COMMUNICATION event; 0 = off"},
        {"stdout_events_enabled", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(output.events_enabled),
                "false", RESTART, 0, 0, "make PROCESS_LOG_STDOUT events"},
        {"stdout_events_by_line", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(output.events_by_line),
                "false", RESTART, 0, 0, "make one of those events for each line"},
        {"stdout_syslog", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(output.syslog),
                "false", EACH, 0, 0, "send stdout to syslog"},
        {"stdout_journal", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(output.journal),
                "false", EACH, 0, 0, "send stdout to systemd's journal"},
        {"stderr_logfile", PROCESSES, OPTION_LOGFILE, PROCESS_FIELD(error.logfile),
                "AUTO", EACH, 0, 0, "file for stderr, AUTO, NONE or journal"},
        {"stderr_logfile_maxbytes", PROCESSES, OPTION_BYTES, PROCESS_FIELD(error.logfile_maxbytes),
                "50MB", LIVE_EACH, 0, 0, "size at which it is rotated; 0 = never"},
        {"stderr_logfile_backups", PROCESSES, OPTION_INTEGER, PROCESS_FIELD(error.logfile_backups),
                "10", LIVE_EACH, 0, 0, "how many rotated ones are kept"},
        {"stderr_logfile_rotate_every", PROCESSES, OPTION_DURATION,
                PROCESS_FIELD(error.rotate_every),
                "0", LIVE_EACH, 0, 0, "rotate it by the clock: 15m, 1h, 1d, 1w; 0 = never"},
        {"stderr_logfile_compress", PROCESSES, OPTION_CHOICE, PROCESS_FIELD(error.compress),
                "none", LIVE_EACH, 0, 0, "program that compresses the rotated ones", compressions},
        {"stderr_logfile_format", PROCESSES, OPTION_CHOICE, PROCESS_FIELD(error.format),
                "text", RESTART, 0, 0, "json: one object a line", formats},
        {"stderr_logfile_prefix", PROCESSES, OPTION_FLAGS, PROCESS_FIELD(error.prefix),
                "", RESTART, 0, 0, "what stands before each line of it", prefixes},
        {"stderr_capture_maxbytes", PROCESSES, OPTION_BYTES, PROCESS_FIELD(error.capture_maxbytes),
                "0", RESTART, 0, 0, "most bytes of one PROCESS_COMMUNICATION event; 0 = off"},
        {"stderr_events_enabled", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(error.events_enabled),
                "false", RESTART, 0, 0, "make PROCESS_LOG_STDERR events"},
        {"stderr_events_by_line", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(error.events_by_line),
                "false", RESTART, 0, 0, "make one of those events for each line"},
        {"stderr_syslog", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(error.syslog),
                "false", EACH, 0, 0, "send stderr to syslog"},
        {"stderr_journal", PROCESSES, OPTION_BOOLEAN, PROCESS_FIELD(error.journal),
                "false", EACH, 0, 0, "send stderr to systemd's journal"},

        {"priority", BIT(PROGRAM) | BIT(FCGI_PROGRAM) | BIT(GROUP), OPTION_INTEGER,
                GROUP_FIELD(priority),
                "999", LIVE, 0, 0, "lower ones start first and stop last"},
        {"priority", BIT(EVENTLISTENER), OPTION_INTEGER, GROUP_FIELD(priority),
                "-1", LIVE, 0, 0, "lower ones start first and stop last"},
        {"programs", BIT(GROUP), OPTION_LIST, NO_FIELD,
                "", LIVE, 0, 0, "names of its programs, separated by commas"},
        {"events", BIT(EVENTLISTENER), OPTION_EVENTS,
                BOTH(TARGET_GROUP, GroupConfig, event_names, filter.types),
                "", LIVE, 0, 0, "event types it is told of, separated by commas; required"},
        {"buffer_size", BIT(EVENTLISTENER), OPTION_INTEGER, GROUP_FIELD(buffer_size),
                "10", LIVE, 1, INT32_MAX, "events kept in memory for it"},
        {"event_extras", BIT(EVENTLISTENER), OPTION_BOOLEAN, GROUP_FIELD(event_extras),
                "false", LIVE, 0, 0, "more facts in the header of each event"},
        {"processes", BIT(EVENTLISTENER), OPTION_LIST, GROUP_FIELD(filter.processes),
                "", LIVE, 0, 0, "patterns of the processes whose events it gets; all if unset"},
        {"groups", BIT(EVENTLISTENER), OPTION_LIST, GROUP_FIELD(filter.groups),
                "", LIVE, 0, 0, "patterns of the groups whose events it gets; all if unset"},
        {"expected", BIT(EVENTLISTENER), OPTION_CHOICE, GROUP_FIELD(filter.expected),
                "any", LIVE, 0, 0, "which exits it gets", event_expected_names},
        {"event_timeout", BIT(EVENTLISTENER), OPTION_DURATION, GROUP_FIELD(event_timeout),
                "0", LIVE, 0, 0, "time after which a listener that owes an answer is restarted"},
        {"max_attempts", BIT(EVENTLISTENER), OPTION_INTEGER, GROUP_FIELD(max_attempts),
                "10", LIVE, 0, INT32_MAX, "deliveries of one event until it is given up; 0 = any"},
        {"overflow", BIT(EVENTLISTENER), OPTION_CHOICE, GROUP_FIELD(overflow),
                "keep", LIVE, 0, 0, "what becomes of events beyond buffer_size", pool_overflow_names},
        {"protocol", BIT(EVENTLISTENER), OPTION_CHOICE, GROUP_FIELD(protocol),
                "tolerant", LIVE, 0, 0, "how slips in the protocol are taken", pool_protocol_names},
        {"payload_length", BIT(EVENTLISTENER), OPTION_CHOICE, GROUP_FIELD(payload_length),
                "characters", LIVE, 0, 0, "what len in the header counts", payload_length_names},
        {"durable", BIT(EVENTLISTENER), OPTION_BOOLEAN, GROUP_FIELD(durable),
                "false", LIVE, 0, 0, "the next run of busvisord goes on where this one was"},
        {"result_handler", BIT(EVENTLISTENER), OPTION_STRING, GROUP_FIELD(result_handler),
                "supervisor.dispatchers:default_handler", RESTART, 0, 0, "what judges its answers"},
        {"socket", BIT(FCGI_PROGRAM), OPTION_STRING, SOCKET_FIELD(url),
                NULL, RESTART, 0, 0, "tcp://HOST:PORT or unix:///PATH; required"},
        {"socket_backlog", BIT(FCGI_PROGRAM), OPTION_INTEGER, SOCKET_FIELD(backlog),
                NULL, RESTART, 1, 65535, "connections that may wait; the system's most if unset"},
        {"socket_owner", BIT(FCGI_PROGRAM), OPTION_OWNER,
                BOTH(TARGET_SOCKET, SocketConfig, uid, gid),
                NULL, RESTART, 0, 0, "user:group of a UNIX socket"},
        {"socket_mode", BIT(FCGI_PROGRAM), OPTION_OCTAL, SOCKET_FIELD(mode),
                NULL, RESTART, 0, 0, "mode of a UNIX socket; 0700 if unset"},
};
/* clang-format on */
const size_t n_options = G_N_ELEMENTS(options);

const SectionInfo *section_info(SectionKind kind)
{
        g_assert(kind >= 0 && kind < _SECTION_KIND_MAX);
        return &kinds[kind];
}

static bool header_belongs(const char *header, const SectionInfo *info)
{
        if (info->any_prefix || g_str_has_suffix(info->header, ":"))
                return g_str_has_prefix(header, info->header);
        return strcmp(header, info->header) == 0;
}

SectionKind section_kind_from_header(const char *header, const char **ret_name)
{
        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++)
                if (header_belongs(header, &kinds[kind])) {
                        const char *colon = strchr(header, ':');

                        if (ret_name)
                                *ret_name = colon ? colon + 1 : NULL;
                        return kind;
                }
        return _SECTION_KIND_INVALID;
}

static GHashTable *make_index(SectionKind kind)
{
        GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

        for (size_t i = n_options; i-- > 0;)
                if (options[i].sections & SECTION_BIT(kind))
                        g_hash_table_insert(index, (char *)options[i].name, (Option *)&options[i]);
        return index;
}

const Option *option_find(SectionKind kind, const char *name)
{
        static GHashTable *by_name[_SECTION_KIND_MAX];

        g_assert(kind >= 0 && kind < _SECTION_KIND_MAX);
        if (!by_name[kind])
                by_name[kind] = make_index(kind);
        return g_hash_table_lookup(by_name[kind], name);
}

const char *option_nearest(SectionKind kind, const char *name)
{
        const char *names[G_N_ELEMENTS(options)];
        size_t count = 0;

        for (size_t i = 0; i < n_options; i++)
                if (options[i].sections & SECTION_BIT(kind))
                        names[count++] = options[i].name;
        return nearest_word(name, names, count);
}

const char *section_nearest_header(const char *header)
{
        const char *headers[_SECTION_KIND_MAX];
        const char *colon = strchr(header, ':');
        g_autofree char *start = colon ? g_strndup(header, colon + 1 - header) : g_strdup(header);

        for (int kind = 0; kind < _SECTION_KIND_MAX; kind++)
                headers[kind] = kinds[kind].header;
        return nearest_word(start, headers, _SECTION_KIND_MAX);
}
