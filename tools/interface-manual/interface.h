/* Interface: a D-Bus interface as a file of introspection data has it, with what its comments say
 * of it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum MemberKind {
        MEMBER_PROPERTY,
        MEMBER_METHOD,
        MEMBER_SIGNAL,
        _MEMBER_KIND_MAX,
} MemberKind;

/* Of a method or a signal. */
typedef struct Argument {
        char *name, *type;
        bool is_out; /* of a method */
} Argument;

typedef struct Member {
        MemberKind kind;
        char *name;
        char *heading;    /* a comment before its own, about what follows; may be NULL */
        char *text;       /* the comment right above it; may be NULL */
        char *type;       /* of a property */
        bool is_writable; /* likewise */
        char *changes;    /* likewise: EmitsChangedSignal, "true" unless it says something else */
        GPtrArray *arguments; /* of Argument */
} Member;

typedef struct Interface {
        char *name;
        char *text;         /* the first comment of the file; may be NULL */
        char *more;         /* the second one above the interface; may be NULL */
        GPtrArray *members; /* of Member, in the order of the file */
} Interface;

Interface *interface_new(void);
Interface *interface_free(Interface *interface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Interface, interface_free)

/* Adds one; borrowed. */
Member *interface_add_member(Interface *interface, MemberKind kind, const char *name);
void member_add_argument(Member *member, const char *name, const char *type, bool is_out);
