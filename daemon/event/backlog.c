/* A queue of words with a bit for each serial. What was taken away in front is moved over only when
 * it is as much as what is left, so both ends cost the same however long it is. */

#include "daemon/event/backlog.h"

#include <stdbool.h>

#define BITS 64

struct Backlog {
        GArray *words; /* uint64_t */
        size_t head;   /* the first word that counts */
        uint64_t base; /* serial / BITS of that word */
        uint64_t count;
};

Backlog *backlog_new(void)
{
        Backlog *backlog = g_new0(Backlog, 1);

        backlog->words = g_array_new(false, true, sizeof(uint64_t));
        return backlog;
}

Backlog *backlog_free(Backlog *backlog)
{
        if (!backlog)
                return NULL;
        g_array_unref(backlog->words);
        g_free(backlog);
        return NULL;
}

static size_t n_words(const Backlog *backlog)
{
        return backlog->words->len - backlog->head;
}

static uint64_t *word_at(const Backlog *backlog, size_t i)
{
        return &g_array_index(backlog->words, uint64_t, backlog->head + i);
}

static bool has(const Backlog *backlog, uint64_t serial)
{
        uint64_t number = serial / BITS;

        return number >= backlog->base && number - backlog->base < n_words(backlog) &&
               *word_at(backlog, number - backlog->base) >> serial % BITS & 1;
}

uint64_t backlog_count(const Backlog *backlog, const uint64_t *except, size_t n_except)
{
        uint64_t count = backlog->count;

        for (size_t i = 0; i < n_except; i++)
                count -= has(backlog, except[i]);
        return count;
}

static bool is_in(const uint64_t *serials, size_t n, uint64_t serial, size_t *from)
{
        while (*from < n && serials[*from] < serial)
                ++*from;
        return *from < n && serials[*from] == serial;
}

uint64_t backlog_first(const Backlog *backlog, const uint64_t *except, size_t n_except)
{
        size_t from = 0;

        for (size_t i = 0; i < n_words(backlog); i++)
                for (uint64_t left = *word_at(backlog, i); left; left &= left - 1) {
                        uint64_t serial = (backlog->base + i) * BITS + __builtin_ctzll(left);

                        if (!is_in(except, n_except, serial, &from))
                                return serial;
                }
        return 0;
}

static void clear(Backlog *backlog)
{
        g_array_set_size(backlog->words, 0);
        backlog->head = 0;
        backlog->count = 0;
}

void backlog_add(Backlog *backlog, uint64_t serial)
{
        uint64_t number = serial / BITS;

        if (backlog->count == 0) {
                clear(backlog);
                backlog->base = number;
        }
        if (number - backlog->base >= n_words(backlog))
                g_array_set_size(backlog->words, backlog->head + number - backlog->base + 1);
        *word_at(backlog, number - backlog->base) |= UINT64_C(1) << serial % BITS;
        backlog->count++;
}

static void drop_words(Backlog *backlog, size_t n)
{
        for (size_t i = 0; i < n; i++)
                backlog->count -= __builtin_popcountll(*word_at(backlog, i));
        backlog->head += n;
        backlog->base += n;
        if (backlog->head > n_words(backlog)) {
                g_array_remove_range(backlog->words, 0, backlog->head);
                backlog->head = 0;
        }
}

static void drop_bits(Backlog *backlog, uint64_t gone)
{
        uint64_t *word = word_at(backlog, 0);

        backlog->count -= __builtin_popcountll(*word & gone);
        *word &= ~gone;
}

void backlog_forget_up_to(Backlog *backlog, uint64_t serial)
{
        uint64_t number = (serial + 1) / BITS; /* of the first serial that stays */

        if (backlog->count == 0 || serial + 1 <= backlog->base * BITS)
                return;
        if (number - backlog->base >= n_words(backlog)) {
                clear(backlog);
                return;
        }
        drop_words(backlog, number - backlog->base);
        drop_bits(backlog, (UINT64_C(1) << (serial + 1) % BITS) - 1);
}
