/* Who has gone is not looked for: what it began comes to its end, and so does its row. */

#include "daemon/face/quota.h"

#include "bus/cleanup.h"

struct Quota {
        unsigned max_each, max_all, all;
        GHashTable *callers; /* char * to the amount, never 0 */
};

Quota *quota_new(unsigned max_each, unsigned max_all)
{
        Quota *quota = g_rc_box_new0(Quota);

        quota->max_each = max_each;
        quota->max_all = max_all;
        quota->callers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return quota;
}

Quota *quota_ref(Quota *quota)
{
        return g_rc_box_acquire(quota);
}

static void clear(void *data)
{
        Quota *quota = data;

        g_hash_table_unref(quota->callers);
}

Quota *quota_unref(Quota *quota)
{
        if (quota)
                g_rc_box_release_full(quota, clear);
        return NULL;
}

static unsigned amount_of(const Quota *quota, const char *caller)
{
        return GPOINTER_TO_UINT(g_hash_table_lookup(quota->callers, caller));
}

static void set_amount(Quota *quota, const char *caller, unsigned amount)
{
        if (amount > 0)
                g_hash_table_replace(quota->callers, g_strdup(caller), GUINT_TO_POINTER(amount));
        else
                g_hash_table_remove(quota->callers, caller);
}

bool quota_has_room(const Quota *quota, const char *caller)
{
        return quota->all < quota->max_all && amount_of(quota, caller) < quota->max_each;
}

void quota_take(Quota *quota, const char *caller, unsigned amount)
{
        set_amount(quota, caller, amount_of(quota, caller) + amount);
        quota->all += amount;
}

void quota_give_back(Quota *quota, const char *caller, unsigned amount)
{
        g_assert(amount_of(quota, caller) >= amount);
        set_amount(quota, caller, amount_of(quota, caller) - amount);
        quota->all -= amount;
}
