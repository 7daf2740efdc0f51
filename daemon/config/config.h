/* Config: what the daemon is to do, as plain data.
 *
 * Made by config_load() from INI or YAML, after all expansion. What is in a GroupConfig is
 * immutable from then on: a Process borrows its ProcessConfig, a Group its GroupConfig, so they
 * live until nothing made from them is left. The list of groups of the running Config changes with
 * each reload. Option names, defaults and meanings are those of Supervisor's configuration file;
 * the option table (options.h) says which field belongs to which option. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#include "bus/event-filter.h"
#include "bus/pool-options.h"
#include "daemon/output/log-level.h"

typedef enum Autorestart {
        AUTORESTART_FALSE,
        AUTORESTART_UNEXPECTED, /* only after an exit code that is not in exitcodes */
        AUTORESTART_TRUE,
} Autorestart;

/* What the end of a program means for the daemon. */
typedef enum ExitPolicy {
        EXIT_POLICY_NONE,
        EXIT_POLICY_ESSENTIAL, /* the daemon ends with it, and with its exit status */
        _EXIT_POLICY_MAX,
} ExitPolicy;

/* Who starts the listener-host. */
typedef enum HostStart {
        HOST_START_AUTO,     /* the daemon, where there are pools */
        HOST_START_EXTERNAL, /* a unit of its own, or a person */
        _HOST_START_MAX,
} HostStart;

/* How a record stands in a log file. */
typedef enum LogFormat {
        LOG_FORMAT_TEXT, /* of a program: its bytes, behind the prefixes if there are any */
        LOG_FORMAT_JSON, /* one object a line */
        _LOG_FORMAT_MAX,
} LogFormat;

/* What stands before each line of a log file; a set. */
typedef enum LogPrefix {
        LOG_PREFIX_TIMESTAMP = 1 << 0, /* as in the main log */
        LOG_PREFIX_NAME = 1 << 1,      /* of the process */
        _LOG_PREFIX_MAX = 2,           /* how many there are */
} LogPrefix;

/* The program that compresses rotated files. */
typedef enum LogCompression {
        LOG_COMPRESSION_NONE,
        LOG_COMPRESSION_GZIP,
        LOG_COMPRESSION_XZ,
        LOG_COMPRESSION_ZSTD,
        LOG_COMPRESSION_BZIP2,
        _LOG_COMPRESSION_MAX,
} LogCompression;

/* Where the bytes of one output channel of a process go, and what else they do. */
typedef struct ChannelConfig {
        char *logfile;            /* path as written, ~ worked out, "AUTO", or NULL for none */
        int64_t logfile_maxbytes; /* 0 = never rotated */
        int64_t logfile_backups;
        int64_t rotate_every;     /* ours: seconds, by the local clock; 0 = never */
        LogCompression compress;  /* ours: of the backups */
        LogFormat format;         /* ours */
        unsigned prefix;          /* ours: of LogPrefix */
        int64_t capture_maxbytes; /* bytes; 0 = no capture of communication events */
        bool events_enabled;
        bool events_by_line; /* ours: one event a line instead of one a read */
        bool syslog;
        bool journal; /* ours */
} ChannelConfig;

/* Where an fcgi-program listens. */
typedef struct SocketConfig {
        char *program;   /* whose it is */
        char *url;       /* unix:///PATH or tcp://HOST:PORT */
        int64_t backlog; /* -1 = system maximum */
        uid_t uid;       /* of a UNIX socket; -1 = unchanged */
        gid_t gid;
        int mode; /* -1 = not a UNIX socket */
} SocketConfig;

typedef struct ProcessConfig {
        char *name;          /* without the group */
        char *group;         /* name of the group it is in */
        unsigned position;   /* among the processes of its group, as the file has them */
        char *command;       /* split only when it is started; a list is quoted here */
        char **command_list; /* exact arguments, when the file gave a list; else NULL */
        int64_t priority;    /* lower starts first */
        bool autostart;
        Autorestart autorestart;
        int64_t startsecs; /* seconds to stay up to count as started */
        int64_t startretries;
        double start_interval; /* ours: least seconds between two automatic starts */
        GArray *exitcodes;     /* of int, 0 to 255: the expected ones */
        int stopsignal;
        int64_t stopwaitsecs; /* seconds until SIGKILL */
        bool stopasgroup, killasgroup;
        int pdeathsig;              /* ours: sent to it when the daemon dies; 0 = none */
        ExitPolicy exit_policy;     /* ours */
        char *user;                 /* as written, NULL when unset */
        uid_t uid;                  /* (uid_t)-1 when user is unset */
        int umask;                  /* -1 = inherit */
        char *directory;            /* NULL = inherit */
        char *serverurl;            /* NULL = computed */
        const SocketConfig *socket; /* its stdin; NULL = a pipe. Borrowed from its group */
        bool redirect_stderr;
        ChannelConfig output, error; /* stdout and stderr are macros of stdio */
        GHashTable *environment;     /* char * to char *: [supervisord] environment, then its own */
} ProcessConfig;

typedef enum GroupKind {
        GROUP_PROGRAM, /* [program:x] and [group:x] */
        GROUP_EVENTLISTENER,
        GROUP_FCGI_PROGRAM,
} GroupKind;

typedef struct GroupConfig {
        char *name;
        GroupKind kind;
        int64_t priority;
        GPtrArray *processes; /* of ProcessConfig, in the order of starting; names are unique */
        char **event_names;   /* eventlistener: as subscribed, upper case, sorted, no repeats */
        int64_t buffer_size;  /* eventlistener: events, at least 1 */
        char *result_handler; /* eventlistener: "module:attribute" */
        bool event_extras;    /* ours, eventlistener: more facts in the headers */
        EventFilter filter; /* eventlistener: types with the hierarchy worked out; the rest ours */
        /* The rest is ours and for eventlisteners. */
        int64_t event_timeout; /* seconds that an answer may take; 0 = for ever */
        int64_t max_attempts;  /* deliveries of one event until it is given up; 0 = for ever */
        PoolOverflow overflow;
        PoolProtocol protocol;
        PayloadLength payload_length;
        bool durable;       /* goes on in the next run of the daemon */
        GPtrArray *sockets; /* of SocketConfig: those of the fcgi-programs in it */
} GroupConfig;

/* One [unix_http_server…] or [inet_http_server…] section. */
typedef struct HttpServerConfig {
        char *section;   /* the header, "unix_http_server" */
        char *file;      /* unix: absolute path; else NULL */
        int chmod;       /* unix */
        uid_t owner_uid; /* unix: (uid_t)-1 = unchanged */
        gid_t owner_gid;
        char *host;                /* inet: "" = all addresses */
        int port;                  /* inet */
        char *username, *password; /* both NULL or both set */
} HttpServerConfig;

typedef struct SupervisordConfig {
        char *logfile; /* absolute, or "syslog", or "journal" */
        int64_t logfile_maxbytes;
        int64_t logfile_backups;
        int64_t rotate_every; /* ours: as in ChannelConfig, as are the next two */
        LogCompression compress;
        LogFormat format;
        LogLevel loglevel;
        char *pidfile; /* absolute */
        int umask;
        bool umask_is_given; /* else it is for the background only */
        bool nodaemon, silent, nocleanup, strip_ansi;
        int64_t minfds, minprocs;
        char *childlogdir;
        char *user; /* as written, NULL when unset */
        uid_t uid;  /* (uid_t)-1 when user is unset */
        gid_t gid;
        char *directory; /* NULL when unset; entered when daemonizing */
        char *identifier;
        GHashTable *environment; /* char * to char * */
        char *bus;               /* ours: auto, system, user, private or an address */
        char *bus_name;          /* ours: the well-known name to own */
        char *host_user;         /* ours: as written, NULL when unset */
        uid_t host_uid;          /* (uid_t)-1 when host_user is unset */
        HostStart listener_host; /* ours */
        char *event_log;         /* ours: "auto", "none" or an absolute path */
        int64_t event_log_maxbytes;
        int64_t event_log_maxage; /* seconds; 0 = any */
        bool event_log_sync;      /* on the disk before anybody hears of it */
} SupervisordConfig;

/* Something to tell in the main log once it is open: a warning, or which files were included. */
typedef struct ConfigNotice {
        LogLevel level;
        char *text; /* "FILE:LINE: …" where there is a place */
} ConfigNotice;

typedef struct Config {
        char *file; /* absolute path of the main file */
        SupervisordConfig supervisord;
        GPtrArray *http_servers; /* of HttpServerConfig: inet, then unix, in the file's order */
        GPtrArray *groups;       /* of GroupConfig, by (priority, name); names are unique */
        GPtrArray *notices;      /* of ConfigNotice, in the order found */
} Config;

Config *config_new(void);
Config *config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* Empty ones with Supervisor's "unset" values (uid -1, umask -1, …); used while building. */
ProcessConfig *process_config_new(void);
ProcessConfig *process_config_free(ProcessConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProcessConfig, process_config_free)
SocketConfig *socket_config_new(void);
SocketConfig *socket_config_free(SocketConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SocketConfig, socket_config_free)
GroupConfig *group_config_new(GroupKind kind);
GroupConfig *group_config_free(GroupConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GroupConfig, group_config_free)
HttpServerConfig *http_server_config_new(void);
HttpServerConfig *http_server_config_free(HttpServerConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpServerConfig, http_server_config_free)

/* NULL when there is none of that name. */
GroupConfig *config_find_group(const Config *config, const char *name);
/* Takes a group out and hands it over; NULL when there is none of that name. */
GroupConfig *config_take_group(Config *config, const char *name);
/* Takes over a group, which gets its place in the order of starting. */
void config_put_group(Config *config, GroupConfig *group);
/* As strcmp, by the order of starting: priority, then name. */
int group_config_compare(const GroupConfig *a, const GroupConfig *b);

/* Adds a notice in printf style; line ends in it become blanks. */
void config_notice(Config *config, LogLevel level, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Writes all of them to the main log. */
void config_log_notices(const Config *config);

/* What children find as SUPERVISOR_SERVER_URL unless their section says otherwise: the first UNIX
 * socket, else the last TCP port. NULL when there is no HTTP server; g_free. */
char *config_server_url(const Config *config);
/* "program", "eventlistener", "fcgi-program". */
const char *group_kind_to_string(GroupKind kind);
/* "false", "unexpected", "true". */
const char *autorestart_to_string(Autorestart autorestart);
/* Does it run as another user than we do? */
bool process_config_changes_user(const ProcessConfig *config);
/* Is this exit code among the expected ones? */
bool process_config_expects(const ProcessConfig *config, int exit_code);
