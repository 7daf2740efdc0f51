/* Slashes stay as they are: paths are for people too. */

#include "tools/ctl/json-text.h"

#include <stdio.h>

#include "tools/ctl/process-list.h"

static void print(const Output *output, json_object *object, int flags)
{
        output_raw(output, json_object_to_json_string_ext(
                                           object, flags | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
}

void json_text_print(const Output *output, json_object *object)
{
        print(output, object, JSON_C_TO_STRING_PRETTY);
}

void json_text_print_line(const Output *output, json_object *object)
{
        print(output, object, JSON_C_TO_STRING_PLAIN);
        fflush(stdout);
}

void json_text_add(json_object *object, const char *name, const char *text)
{
        json_object_object_add(object, name, json_object_new_string(text));
}

void json_text_add_number(json_object *object, const char *name, uint64_t number)
{
        json_object_object_add(object, name, json_object_new_uint64(number));
}

void json_text_add_process(json_object *object, const char *group, const char *process)
{
        g_autofree char *name = process_display_name(group, process);

        json_text_add(object, "name", name);
        json_text_add(object, "group", group);
        json_text_add(object, "process", process);
}

void json_text_add_error(json_object *object, const char *error, const char *message)
{
        json_text_add(object, "error", error);
        json_text_add(object, "message", message);
}

void json_text_add_bytes(json_object *object, const void *data, size_t size)
{
        g_autofree char *encoded = NULL;

        if (size == 0 || g_utf8_validate(data, size, NULL)) {
                json_object_object_add(object, "data",
                                json_object_new_string_len(size > 0 ? data : "", size));
                return;
        }
        encoded = g_base64_encode(data, size);
        json_text_add(object, "data_base64", encoded);
}

void json_text_print_action(const Output *output, const char *action, const char *result)
{
        json_object *object = json_object_new_object();

        json_text_add(object, "action", action);
        json_text_add(object, "result", result);
        json_text_print(output, object);
}
