/* Method table: the methods that there are, by name. */
#pragma once

#include "tools/rpc-host/method-call.h"

extern const MethodRow method_table[];
extern const size_t n_methods;

/* NULL when there is none of that name. */
const MethodRow *method_table_find(const char *name);
/* Is it one of the "supervisor." ones, which need the daemon? */
bool method_row_needs_daemon(const MethodRow *row);

size_t method_row_n_parameters(const MethodRow *row);
/* Type, one of METHOD_…, and name of a parameter. */
char method_row_parameter(
                const MethodRow *row, size_t i, const char **ret_name, size_t *ret_length);
/* Its type as XML-RPC calls it: "string". */
const char *method_type_name(char type);
/* What the method does, with a line for each parameter and the result. Caller frees with g_free. */
char *method_row_help(const MethodRow *row);

/* Are there as many as the row says? */
bool method_row_takes(const MethodRow *row, size_t n_given);
