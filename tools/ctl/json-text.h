/* JSON text: how objects of json-c get out, and what is common to those of several commands. */
#pragma once

#include <stddef.h>

#include <json-c/json.h>

#include "tools/ctl/output.h"

/* Prints it, over several lines or in one, and takes it over. One line is written out at once, as
 * whoever reads lines wants to see them when they are there. */
void json_text_print(const Output *output, json_object *object);
void json_text_print_line(const Output *output, json_object *object);

/* Members of an object. text must be UTF-8. */
void json_text_add(json_object *object, const char *name, const char *text);
void json_text_add_number(json_object *object, const char *name, uint64_t number);
/* "name", "group" and "process"; process may be empty. */
void json_text_add_process(json_object *object, const char *group, const char *process);
/* "error" and "message", both empty where it went well. */
void json_text_add_error(json_object *object, const char *error, const char *message);
/* "data", or "data_base64" where the bytes are no UTF-8 text. */
void json_text_add_bytes(json_object *object, const void *data, size_t size);

/* All that is to be told of what needs no more words: an object with "action" and "result". */
void json_text_print_action(const Output *output, const char *action, const char *result);
