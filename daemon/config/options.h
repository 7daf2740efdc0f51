/* Options: the table of every option of the configuration file.
 *
 * The single source for readers, builder, dump, sample and whatever else has to know which options
 * there are. A name may have several rows: one for each structure that it sets a field of. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of sections. */
typedef enum SectionKind {
        SECTION_SUPERVISORD,
        SECTION_UNIX_HTTP_SERVER,
        SECTION_INET_HTTP_SERVER,
        SECTION_SUPERVISORCTL,
        SECTION_INCLUDE,
        SECTION_RPCINTERFACE,
        SECTION_CTLPLUGIN,
        SECTION_PROGRAM,
        SECTION_EVENTLISTENER,
        SECTION_FCGI_PROGRAM,
        SECTION_GROUP,
        _SECTION_KIND_MAX,
        _SECTION_KIND_INVALID = -1,
} SectionKind;

#define SECTION_BIT(kind) (1u << (kind))

typedef struct SectionInfo {
        const char *header;    /* of INI; those that end in a colon have a name behind it */
        const char *yaml;      /* the key in YAML for one of them */
        const char *yaml_many; /* the key in YAML for a map of them by name; either may be NULL */
        bool any_prefix;       /* everything that starts like the header belongs here */
        bool free_keys;        /* has keys of somebody else besides */
        const char *help;
} SectionInfo;

typedef enum OptionType {
        OPTION_STRING,      /* char * */
        OPTION_BOOLEAN,     /* bool */
        OPTION_INTEGER,     /* int64_t */
        OPTION_SECONDS,     /* double */
        OPTION_DURATION,    /* int64_t, in seconds */
        OPTION_BYTES,       /* int64_t */
        OPTION_OCTAL,       /* int, -1 = unset */
        OPTION_LOG_LEVEL,   /* LogLevel */
        OPTION_SIGNAL,      /* int */
        OPTION_EXIT_CODES,  /* GArray * of int */
        OPTION_AUTORESTART, /* Autorestart */
        OPTION_USER,        /* char *, and uid_t */
        OPTION_OWNER,       /* uid_t, and gid_t */
        OPTION_DIRECTORY,   /* char *: a folder that exists */
        OPTION_PATH,        /* char *: a file whose folder exists */
        OPTION_ABSOLUTE,    /* char *: a path, made absolute */
        OPTION_LOGFILE,     /* char *: path, "AUTO", "syslog", "journal" or NULL */
        OPTION_ADDRESS,     /* char * host, and int port */
        OPTION_NAME,        /* char *: a name by a format */
        OPTION_BUS,         /* char *: which message bus */
        OPTION_STATE,       /* char *: "auto", "none" or the absolute path of a folder */
        OPTION_COMMAND,     /* char *, and char ** where the arguments were given as a list */
        OPTION_ENVIRONMENT, /* GHashTable * */
        OPTION_CHOICE,      /* an enum from 0: one of the words in the row */
        OPTION_FLAGS,       /* unsigned: a bit for each of the words in the row */
        OPTION_LIST,        /* char **: strings, separated by commas */
        OPTION_EVENTS,      /* char **, and EventTypeSet */
        _OPTION_TYPE_MAX,
} OptionType;

/* The structure that has the field. */
typedef enum OptionTarget {
        TARGET_NONE, /* read by name, or left to other programs */
        TARGET_SUPERVISORD,
        TARGET_HTTP_SERVER,
        TARGET_PROGRAM,
        TARGET_PROCESS,
        TARGET_GROUP,
        TARGET_SOCKET,
} OptionTarget;

/* What a changed value asks for when the file is read again. */
typedef enum OptionReload {
        RELOAD_LIVE,    /* nothing is restarted */
        RELOAD_RESTART, /* that process is */
        RELOAD_ANEW,    /* it counts when everything is started anew */
        RELOAD_DAEMON,  /* it counts from the next start of busvisord on */
} OptionReload;

/* What a program section says about itself rather than about each process. */
typedef struct ProgramSettings {
        int64_t numprocs;
        int64_t numprocs_start;
} ProgramSettings;

typedef struct Option {
        const char *name;
        unsigned sections; /* of SECTION_BIT() */
        OptionType type;
        OptionTarget target;
        size_t offset;            /* of the field in its structure */
        size_t also;              /* of the second field, where the type has one */
        const char *default_text; /* as it would stand in the file; NULL = the structure's own */
        OptionReload reload;
        bool per_process;         /* worked out anew for each process: process_num and so on */
        int64_t minimum, maximum; /* of numbers; both 0 = any */
        const char *help;
        const char *const
                        *choices; /* the words of OPTION_CHOICE and OPTION_FLAGS, NULL at the end */
} Option;

/* All rows, sections together, in the order in which they are read. */
extern const Option options[];
extern const size_t n_options;

const SectionInfo *section_info(SectionKind kind);
/* By the header of INI, "program:web". *ret_name (if not NULL) is what follows the colon, borrowed;
 * NULL where there is none. */
SectionKind section_kind_from_header(const char *header, const char **ret_name);

/* The first row of this name that applies to the kind; NULL when there is none. */
const Option *option_find(SectionKind kind, const char *name);
/* The known name most like this one, or NULL when none is near. */
const char *option_nearest(SectionKind kind, const char *name);
/* Likewise among INI headers, without a name behind the colon. */
const char *section_nearest_header(const char *header);
