/* Host program: where the programs of the hosts lie. */
#pragma once

/* Path of one of our programs: beside this one (as in a build folder), else in ../libexec/busvisor
 * (as in any prefix), else where it was to be installed. Caller frees with g_free. */
char *host_program_find(const char *name);
