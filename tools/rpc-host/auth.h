/* Auth: the password of a request. */
#pragma once

#include <stdbool.h>

/* Does the header Authorization (NULL = there is none) carry this user and password by the scheme
 * Basic? password is compared as it is, or, where it begins with "{SHA}", by the SHA-1 of what was
 * sent, in lower-case hexadecimal. How long that takes says nothing about how much was right. */
bool auth_admits(const char *header, const char *username, const char *password);
