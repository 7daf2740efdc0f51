/* A thousand letters at most, mostly added at the end: a sorted array does for everything. */

#include "daemon/event/dead-letters.h"

#include <string.h>

#include "bus/clock.h"
#include "daemon/output/main-log.h"

typedef struct Box {
        GPtrArray *letters; /* of DeadLetter, by serial */
        size_t bytes;
} Box;

struct DeadLetters {
        size_t max_letters, max_bytes;
        GHashTable *by_pool;                 /* char * to Box * */
        const DeadLettersObserver *observer; /* borrowed; may be NULL */
        void *userdata;                      /* borrowed */
};

DeadLetter *dead_letter_new(const Event *event, uint64_t poolserial, unsigned n_attempts,
                const char *process, const char *reason)
{
        DeadLetter *letter = g_new0(DeadLetter, 1);

        letter->event = event_ref(event);
        letter->poolserial = poolserial;
        letter->n_attempts = n_attempts;
        letter->realtime_usec = clock_now_usec(CLOCK_REALTIME);
        letter->process = g_strdup(process);
        letter->reason = g_strdup(reason);
        return letter;
}

DeadLetter *dead_letter_copy(const DeadLetter *letter)
{
        DeadLetter *copy = g_new(DeadLetter, 1);

        *copy = *letter;
        copy->event = event_ref(letter->event);
        copy->process = g_strdup(letter->process);
        copy->reason = g_strdup(letter->reason);
        return copy;
}

DeadLetter *dead_letter_free(DeadLetter *letter)
{
        if (!letter)
                return NULL;
        event_unref(letter->event);
        g_free(letter->process);
        g_free(letter->reason);
        g_free(letter);
        return NULL;
}

static size_t letter_size(const DeadLetter *letter)
{
        return sizeof *letter + event_size(letter->event) + strlen(letter->process) + 1 +
               strlen(letter->reason) + 1;
}

static void free_letter(gpointer letter)
{
        dead_letter_free(letter);
}

static void free_box(gpointer data)
{
        Box *box = data;

        g_ptr_array_unref(box->letters);
        g_free(box);
}

DeadLetters *dead_letters_new(size_t max_letters, size_t max_bytes)
{
        DeadLetters *letters = g_new0(DeadLetters, 1);

        letters->max_letters = max_letters;
        letters->max_bytes = max_bytes;
        letters->by_pool = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_box);
        return letters;
}

DeadLetters *dead_letters_free(DeadLetters *letters)
{
        if (!letters)
                return NULL;
        g_hash_table_unref(letters->by_pool);
        g_free(letters);
        return NULL;
}

void dead_letters_set_observer(
                DeadLetters *letters, const DeadLettersObserver *observer, void *userdata)
{
        letters->observer = observer;
        letters->userdata = userdata;
}

static Box *find_box(const DeadLetters *letters, const char *pool)
{
        return g_hash_table_lookup(letters->by_pool, pool);
}

static Box *make_box(DeadLetters *letters, const char *pool)
{
        Box *box = find_box(letters, pool);

        if (box)
                return box;
        box = g_new0(Box, 1);
        box->letters = g_ptr_array_new_with_free_func(free_letter);
        g_hash_table_insert(letters->by_pool, g_strdup(pool), box);
        return box;
}

static DeadLetter *letter_at(const Box *box, unsigned position)
{
        return box->letters->pdata[position];
}

/* The position of the first letter that has this serial or a higher one. */
static unsigned search(const Box *box, uint64_t serial)
{
        unsigned low = 0, high = box->letters->len;

        while (low < high) {
                unsigned middle = low + (high - low) / 2;

                if (letter_at(box, middle)->event->serial < serial)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool has_at(const Box *box, unsigned position, uint64_t serial)
{
        return position < box->letters->len && letter_at(box, position)->event->serial == serial;
}

static DeadLetter *find(const DeadLetters *letters, const char *pool, uint64_t serial)
{
        const Box *box = find_box(letters, pool);
        unsigned position = box ? search(box, serial) : 0;

        return box && has_at(box, position, serial) ? letter_at(box, position) : NULL;
}

unsigned dead_letters_count(const DeadLetters *letters, const char *pool)
{
        const Box *box = find_box(letters, pool);

        return box ? box->letters->len : 0;
}

const DeadLetter *dead_letters_at(const DeadLetters *letters, const char *pool, unsigned position)
{
        const Box *box = find_box(letters, pool);

        return box && position < box->letters->len ? letter_at(box, position) : NULL;
}

const DeadLetter *dead_letters_find(const DeadLetters *letters, const char *pool, uint64_t serial)
{
        return find(letters, pool, serial);
}

static void remove_at(Box *box, unsigned position)
{
        box->bytes -= letter_size(letter_at(box, position));
        g_ptr_array_remove_index(box->letters, position);
}

static void put(Box *box, DeadLetter *letter)
{
        unsigned position = search(box, letter->event->serial);

        if (has_at(box, position, letter->event->serial))
                remove_at(box, position);
        g_ptr_array_insert(box->letters, position, letter);
        box->bytes += letter_size(letter);
}

static void drop_at(DeadLetters *letters, const char *pool, Box *box, unsigned position)
{
        uint64_t serial = letter_at(box, position)->event->serial;

        remove_at(box, position);
        if (letters->observer)
                letters->observer->dropped(pool, serial, letters->userdata);
}

static void drop_beyond_bounds(DeadLetters *letters, const char *pool, Box *box)
{
        uint64_t lowest = letter_at(box, 0)->event->serial, highest = lowest;
        unsigned n = 0;

        while (box->letters->len > letters->max_letters || box->bytes > letters->max_bytes) {
                highest = letter_at(box, 0)->event->serial;
                drop_at(letters, pool, box, 0);
                n++;
        }
        if (n == 1)
                log_warn("pool %s: the dead letter %" G_GUINT64_FORMAT " is dropped for newer ones",
                                pool, lowest);
        else if (n > 1)
                log_warn("pool %s: the dead letters %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                         " are dropped for newer ones, %u of them",
                                pool, lowest, highest, n);
}

/* Those that it pushes out are told first: who writes all of it down has never more than the
 * bounds allow. */
void dead_letters_add(DeadLetters *letters, const char *pool, DeadLetter *letter)
{
        uint64_t serial = letter->event->serial;
        Box *box = make_box(letters, pool);

        put(box, letter);
        drop_beyond_bounds(letters, pool, box);
        if (letters->observer && dead_letters_find(letters, pool, serial))
                letters->observer->added(pool, letter, letters->userdata);
}

bool dead_letters_retry(DeadLetters *letters, const char *pool, uint64_t serial)
{
        DeadLetter *letter = find(letters, pool, serial);

        if (!letter || letter->is_retried)
                return false;
        letter->is_retried = true;
        if (letters->observer)
                letters->observer->retried(pool, serial, letters->userdata);
        return true;
}

bool dead_letters_drop(DeadLetters *letters, const char *pool, uint64_t serial)
{
        Box *box = find_box(letters, pool);
        unsigned position = box ? search(box, serial) : 0;

        if (!box || !has_at(box, position, serial))
                return false;
        drop_at(letters, pool, box, position);
        return true;
}

void dead_letters_recall(DeadLetters *letters, const char *pool, DeadLetter *letter)
{
        put(make_box(letters, pool), letter);
}

void dead_letters_forget(DeadLetters *letters, const char *pool)
{
        g_hash_table_remove(letters->by_pool, pool);
}
