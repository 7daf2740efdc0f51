/* GMarkup hands over comments where they stand. The last one before a member is about it; one more
 * before that is about the members that follow. */

#include "tools/interface-manual/interface-reader.h"

#include <string.h>

#define CHANGED_SIGNAL "org.freedesktop.DBus.Property.EmitsChangedSignal"

typedef struct Reader {
        Interface *interface;
        Member *member;      /* that is open; borrowed */
        char *last, *before; /* comments that belong to nothing yet */
} Reader;

static void forget_comments(Reader *reader)
{
        g_clear_pointer(&reader->last, g_free);
        g_clear_pointer(&reader->before, g_free);
}

static void on_passthrough(GMarkupParseContext *context, const char *text, size_t length,
                void *userdata, GError **error)
{
        Reader *reader = userdata;

        if (!g_str_has_prefix(text, "<!--"))
                return;
        g_free(reader->before);
        reader->before = g_steal_pointer(&reader->last);
        reader->last = g_strndup(text + strlen("<!--"), length - strlen("<!---->"));
}

/* NULL when it has none. */
static const char *attribute(const char *name, const char **names, const char **values)
{
        for (; *names; names++, values++)
                if (strcmp(*names, name) == 0)
                        return *values;
        return NULL;
}

static void begin_member(Reader *reader, MemberKind kind, const char **names, const char **values)
{
        const char *access = attribute("access", names, values);

        reader->member = interface_add_member(
                        reader->interface, kind, attribute("name", names, values));
        reader->member->type = g_strdup(attribute("type", names, values));
        reader->member->is_writable = access && strcmp(access, "read") != 0;
        reader->member->changes = g_strdup("true");
        reader->member->text = g_steal_pointer(&reader->last);
        reader->member->heading = g_steal_pointer(&reader->before);
}

static void begin_interface(Reader *reader, const char **names, const char **values)
{
        g_free(reader->interface->name);
        reader->interface->name = g_strdup(attribute("name", names, values));
        if (reader->before) {
                reader->interface->text = g_steal_pointer(&reader->before);
                reader->interface->more = g_steal_pointer(&reader->last);
        } else
                reader->interface->text = g_steal_pointer(&reader->last);
}

static void take_annotation(Member *member, const char **names, const char **values)
{
        if (g_strcmp0(attribute("name", names, values), CHANGED_SIGNAL) != 0)
                return;
        g_free(member->changes);
        member->changes = g_strdup(attribute("value", names, values));
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
                const char **values, void *userdata, GError **error)
{
        static const char *const kinds[_MEMBER_KIND_MAX] = { "property", "method", "signal" };
        Reader *reader = userdata;

        if (strcmp(element, "interface") == 0)
                begin_interface(reader, names, values);
        for (int kind = 0; kind < _MEMBER_KIND_MAX; kind++)
                if (strcmp(element, kinds[kind]) == 0)
                        begin_member(reader, kind, names, values);
        if (!reader->member)
                return;
        if (strcmp(element, "annotation") == 0)
                take_annotation(reader->member, names, values);
        if (strcmp(element, "arg") == 0)
                member_add_argument(reader->member, attribute("name", names, values),
                                attribute("type", names, values),
                                g_strcmp0(attribute("direction", names, values), "out") == 0);
}

static void on_end(
                GMarkupParseContext *context, const char *element, void *userdata, GError **error)
{
        Reader *reader = userdata;

        if (reader->member && strcmp(element, "arg") != 0 && strcmp(element, "annotation") != 0)
                reader->member = NULL;
        if (!reader->member)
                forget_comments(reader);
}

Interface *interface_read(const char *path, GError **error)
{
        static const GMarkupParser parser = {
                .start_element = on_start, .end_element = on_end, .passthrough = on_passthrough
        };
        g_autoptr(Interface) interface = interface_new();
        g_autoptr(GMarkupParseContext) context = NULL;
        g_autofree char *text = NULL;
        Reader reader = { .interface = interface };
        size_t length;
        bool good;

        if (!g_file_get_contents(path, &text, &length, error))
                return NULL;
        context = g_markup_parse_context_new(&parser, 0, &reader, NULL);
        good = g_markup_parse_context_parse(context, text, length, error) &&
               g_markup_parse_context_end_parse(context, error);
        forget_comments(&reader);
        if (!good)
                g_prefix_error(error, "%s: ", path);
        return good ? g_steal_pointer(&interface) : NULL;
}
