/* Quota: how much each caller has under way, and all of them together.
 *
 * A caller who has nothing may always have one thing, however large. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct Quota Quota;

/* In units of whatever it is that is bounded. */
Quota *quota_new(unsigned max_each, unsigned max_all);
/* What is under way may outlast who set the bounds, so it has a reference of its own. */
Quota *quota_ref(Quota *quota);
Quota *quota_unref(Quota *quota);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Quota, quota_unref)

/* Has the caller, a unique name, room for more? */
bool quota_has_room(const Quota *quota, const char *caller);

/* What was taken is given back once. */
void quota_take(Quota *quota, const char *caller, unsigned amount);
void quota_give_back(Quota *quota, const char *caller, unsigned amount);
