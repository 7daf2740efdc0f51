/* What is noted is nearly always the highest so far, so its place is searched from the end. */

#include "listener-host/answered.h"

struct Answered {
        size_t max;
        GArray *serials; /* uint64_t, ascending */
};

static int compare_serials(gconstpointer a, gconstpointer b)
{
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

        return (x > y) - (x < y);
}

Answered *answered_new(size_t max, const uint64_t *serials, size_t n_serials)
{
        Answered *answered = g_new0(Answered, 1);

        answered->max = max;
        answered->serials = g_array_new(false, false, sizeof(uint64_t));
        if (n_serials > 0)
                g_array_append_vals(answered->serials, serials, n_serials);
        g_array_sort(answered->serials, compare_serials);
        return answered;
}

Answered *answered_free(Answered *answered)
{
        if (!answered)
                return NULL;
        g_array_unref(answered->serials);
        g_free(answered);
        return NULL;
}

bool answered_has(const Answered *answered, uint64_t serial)
{
        return g_array_binary_search(answered->serials, &serial, compare_serials, NULL);
}

bool answered_is_full(const Answered *answered)
{
        return answered->serials->len >= answered->max;
}

const uint64_t *answered_list(const Answered *answered, size_t *ret_n)
{
        *ret_n = answered->serials->len;
        return (const uint64_t *)answered->serials->data;
}

void answered_note(Answered *answered, uint64_t serial)
{
        const uint64_t *serials = (const uint64_t *)answered->serials->data;
        unsigned at = answered->serials->len;

        if (answered_is_full(answered))
                return;
        while (at > 0 && serials[at - 1] > serial)
                at--;
        g_array_insert_val(answered->serials, at, serial);
}

void answered_forget_below(Answered *answered, uint64_t serial)
{
        const uint64_t *serials = (const uint64_t *)answered->serials->data;
        unsigned n = 0;

        while (n < answered->serials->len && serials[n] < serial)
                n++;
        if (n > 0)
                g_array_remove_range(answered->serials, 0, n);
}
