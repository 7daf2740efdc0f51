/* Sorted, since it is reported by serial, oldest first. It is short: what fails is the exception,
 * and leaves with its next success. */

#include "listener-host/attempts.h"

#include <stdbool.h>

struct Attempts {
        GArray *list; /* Attempt, by serial */
};

Attempts *attempts_new(void)
{
        Attempts *attempts = g_new0(Attempts, 1);

        attempts->list = g_array_new(false, false, sizeof(Attempt));
        return attempts;
}

Attempts *attempts_free(Attempts *attempts)
{
        if (!attempts)
                return NULL;
        g_array_unref(attempts->list);
        g_free(attempts);
        return NULL;
}

/* The place of the first that is not below the serial. */
static unsigned place_of(const Attempts *attempts, uint64_t serial)
{
        unsigned low = 0, high = attempts->list->len;

        while (low < high) {
                unsigned middle = low + (high - low) / 2;

                if (g_array_index(attempts->list, Attempt, middle).serial < serial)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool is_at(const Attempts *attempts, unsigned place, uint64_t serial)
{
        return place < attempts->list->len &&
               g_array_index(attempts->list, Attempt, place).serial == serial;
}

uint32_t attempts_find(const Attempts *attempts, uint64_t serial)
{
        unsigned place = place_of(attempts, serial);

        return is_at(attempts, place, serial)
                               ? g_array_index(attempts->list, Attempt, place).n_failed
                               : 0;
}

const Attempt *attempts_list(const Attempts *attempts, size_t *ret_n)
{
        *ret_n = attempts->list->len;
        return (const Attempt *)attempts->list->data;
}

void attempts_note(Attempts *attempts, uint64_t serial, uint32_t n_failed)
{
        const Attempt attempt = { serial, n_failed };
        unsigned place = place_of(attempts, serial);

        if (is_at(attempts, place, serial))
                g_array_index(attempts->list, Attempt, place) = attempt;
        else
                g_array_insert_val(attempts->list, place, attempt);
}

void attempts_forget(Attempts *attempts, uint64_t serial)
{
        unsigned place = place_of(attempts, serial);

        if (is_at(attempts, place, serial))
                g_array_remove_index(attempts->list, place);
}

void attempts_forget_below(Attempts *attempts, uint64_t serial)
{
        unsigned n = place_of(attempts, serial);

        if (n > 0)
                g_array_remove_range(attempts->list, 0, n);
}
