/* Plain data, from the reader to the writer. */

#include "tools/interface-manual/interface.h"

static void argument_free(void *data)
{
        Argument *argument = data;

        g_free(argument->name);
        g_free(argument->type);
        g_free(argument);
}

static void member_free(void *data)
{
        Member *member = data;

        g_free(member->name);
        g_free(member->heading);
        g_free(member->text);
        g_free(member->type);
        g_free(member->changes);
        g_ptr_array_unref(member->arguments);
        g_free(member);
}

Interface *interface_new(void)
{
        Interface *interface = g_new0(Interface, 1);

        interface->members = g_ptr_array_new_with_free_func(member_free);
        return interface;
}

Interface *interface_free(Interface *interface)
{
        if (!interface)
                return NULL;
        g_free(interface->name);
        g_free(interface->text);
        g_free(interface->more);
        g_ptr_array_unref(interface->members);
        g_free(interface);
        return NULL;
}

Member *interface_add_member(Interface *interface, MemberKind kind, const char *name)
{
        Member *member = g_new0(Member, 1);

        member->kind = kind;
        member->name = g_strdup(name);
        member->arguments = g_ptr_array_new_with_free_func(argument_free);
        g_ptr_array_add(interface->members, member);
        return member;
}

void member_add_argument(Member *member, const char *name, const char *type, bool is_out)
{
        Argument *argument = g_new0(Argument, 1);

        argument->name = g_strdup(name);
        argument->type = g_strdup(type);
        argument->is_out = is_out;
        g_ptr_array_add(member->arguments, argument);
}
