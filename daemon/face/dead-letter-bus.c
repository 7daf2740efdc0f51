/* What the host says twice, because an answer was lost, has to come out the same: a letter given up
 * again replaces itself, and one that is gone was settled before.
 *
 * Events may hold secrets, so people need the right of the owner here. */

#include "daemon/face/dead-letter-bus.h"

#include <inttypes.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/face/pool-bus.h"

/* Of letters in one answer; one letter may have more. */
#define PAGE_BYTES (BUS_MESSAGE_MAX_BYTES / 2)

#define RETRY_ITEM "tu(" EVENT_MESSAGE_PAGE_ITEM ")"
#define LIST_ITEM  "tssutsb"

static DeadLetters *letters_of(const Face *face)
{
        return face_setup(face)->dead_letters;
}

static const char *name_of(const Group *pool)
{
        return group_config(pool)->name;
}

/* The pool shows how many there are. */
static void note_change(const Face *face, const char *pool)
{
        publisher_pool_changed(face_publisher(face), manager_find_group(face_manager(face), pool));
}

/* The listener-host's. */

/* A letter that was being tried again and is not there any more was dropped by somebody. */
static bool was_dropped(const Face *face, const char *pool, uint64_t serial)
{
        return cursors_is_done(manager_cursors(face_manager(face)), pool, serial) &&
               !dead_letters_find(letters_of(face), pool, serial);
}

static int read_given_up(sd_bus_message *call, DeadLetter **ret, sd_bus_error *error)
{
        g_autoptr(Event) event = NULL;
        uint64_t serial, poolserial, unused;
        const char *process, *reason;
        uint32_t n_attempts;
        int r;

        r = sd_bus_message_read(
                        call, "ttuss", &serial, &poolserial, &n_attempts, &process, &reason);
        if (r < 0)
                return r;
        r = event_message_read_item(call, &event, &unused);
        if (r < 0 || event->serial != serial)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "that is not event %" PRIu64, serial);
        *ret = dead_letter_new(event, poolserial, n_attempts, process, reason);
        return 0;
}

static void keep(const Face *face, const char *pool, DeadLetter *letter)
{
        cursors_note_given_up(manager_cursors(face_manager(face)), pool, letter->event->serial);
        dead_letters_add(letters_of(face), pool, letter);
        note_change(face, pool);
}

int dead_letter_bus_give_up(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        g_autoptr(DeadLetter) letter = NULL;
        int r;

        r = pool_bus_check_host(call, face, userdata, error);
        if (r < 0)
                return r;
        r = read_given_up(call, &letter, error);
        if (r < 0)
                return r;
        if (!was_dropped(face, name_of(userdata), letter->event->serial))
                keep(face, name_of(userdata), g_steal_pointer(&letter));
        return sd_bus_reply_method_return(call, NULL);
}

static int append_retry(sd_bus_message *reply, const DeadLetter *letter)
{
        int r = sd_bus_message_open_container(reply, 'r', RETRY_ITEM);

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tu", letter->poolserial, (uint32_t)letter->n_attempts);
        if (r < 0)
                return r;
        r = event_message_append_item(reply, letter->event, 0);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static int append_retries(sd_bus_message *reply, const DeadLetters *letters, const char *pool,
                uint64_t after, uint32_t max)
{
        const DeadLetter *letter;
        size_t bytes = 0;
        uint32_t n = 0;
        int r = sd_bus_message_open_container(reply, 'a', "(" RETRY_ITEM ")");

        for (unsigned i = 0; r >= 0 && n < max && (letter = dead_letters_at(letters, pool, i));
                        i++) {
                if (!letter->is_retried || letter->event->serial <= after)
                        continue;
                bytes += event_size(letter->event);
                if (n > 0 && bytes > PAGE_BYTES)
                        break;
                r = append_retry(reply, letter);
                n++;
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int dead_letter_bus_fetch_retries(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        g_autoptr(sd_bus_message) reply = NULL;
        uint64_t after;
        uint32_t max;
        int r;

        r = pool_bus_check_host(call, face, userdata, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "tu", &after, &max);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = append_retries(reply, letters_of(face), name_of(userdata), after, max);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

typedef bool (*LetterChange)(DeadLetters *letters, const char *pool, uint64_t serial);

static unsigned change_each(const Face *face, const char *pool, const uint64_t *serials,
                size_t n_serials, LetterChange change)
{
        unsigned n = 0;

        for (size_t i = 0; i < n_serials; i++)
                n += change(letters_of(face), pool, serials[i]);
        note_change(face, pool);
        return n;
}

int dead_letter_bus_settle_retries(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = face_current(sd_bus_message_get_bus(call));
        const void *serials;
        size_t size;
        int r;

        r = pool_bus_check_host(call, face, userdata, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read_array(call, 't', &serials, &size);
        if (r < 0)
                return r;
        change_each(face, name_of(userdata), serials, size / sizeof(uint64_t), dead_letters_drop);
        return sd_bus_reply_method_return(call, NULL);
}

/* People's. */

/* The pool may be another one than when the question for the right was put, or none. */
static int find_pool(sd_bus_message *call, Face *face, const char **ret, sd_bus_error *error)
{
        const char *path = sd_bus_message_get_path(call);
        void *pool;

        if (pool_bus_find(sd_bus_message_get_bus(call), path, BUS_INTERFACE_POOL, face, &pool,
                            error) <= 0)
                return sd_bus_error_setf(
                                error, BUS_ERROR_NO_SUCH_GROUP, "there is no pool at %s", path);
        *ret = name_of(pool);
        return 0;
}

static int require_owner(sd_bus_message *call, const char *action, AccessGranted granted,
                sd_bus_error *error)
{
        Face *face = face_current(sd_bus_message_get_bus(call));

        return access_require(call, face_access(face), action, granted, face, error);
}

static int append_letter(sd_bus_message *reply, const DeadLetter *letter)
{
        return sd_bus_message_append(reply, "(" LIST_ITEM ")", letter->event->serial,
                        event_type_to_string(letter->event->type), letter->reason,
                        (uint32_t)letter->n_attempts, letter->realtime_usec, letter->process,
                        (int)letter->is_retried);
}

static int granted_list(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        const DeadLetter *letter;
        const char *pool;
        int r;

        r = find_pool(call, userdata, &pool, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "(" LIST_ITEM ")");
        for (unsigned i = 0; r >= 0 && (letter = dead_letters_at(letters_of(userdata), pool, i));
                        i++)
                r = append_letter(reply, letter);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

int dead_letter_bus_list(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require_owner(call, "reading dead letters", granted_list, error);
}

static int no_such_letter(sd_bus_error *error, const char *pool, uint64_t serial)
{
        return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_DEAD_LETTER,
                        "pool %s has no dead letter %" PRIu64, pool, serial);
}

static int reply_letter(sd_bus_message *call, const DeadLetter *letter)
{
        g_autoptr(sd_bus_message) reply = NULL;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "tsutsb", letter->poolserial, letter->reason,
                        (uint32_t)letter->n_attempts, letter->realtime_usec, letter->process,
                        (int)letter->is_retried);
        if (r < 0)
                return r;
        r = event_message_append_item(reply, letter->event, 0);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int granted_show(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const DeadLetter *letter;
        uint64_t serial;
        const char *pool;
        int r;

        r = find_pool(call, userdata, &pool, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "t", &serial);
        if (r < 0)
                return r;
        letter = dead_letters_find(letters_of(userdata), pool, serial);
        return letter ? reply_letter(call, letter) : no_such_letter(error, pool, serial);
}

int dead_letter_bus_show(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require_owner(call, "reading dead letters", granted_show, error);
}

static GArray *all_serials(const DeadLetters *letters, const char *pool)
{
        GArray *serials = g_array_new(false, false, sizeof(uint64_t));
        const DeadLetter *letter;

        for (unsigned i = 0; (letter = dead_letters_at(letters, pool, i)); i++)
                g_array_append_val(serials, letter->event->serial);
        return serials;
}

/* Those that the call names, or all; each of them exists. */
static int read_serials(sd_bus_message *call, const DeadLetters *letters, const char *pool,
                GArray **ret, sd_bus_error *error)
{
        const uint64_t *serials;
        const void *data;
        size_t size;
        int r = sd_bus_message_read_array(call, 't', &data, &size);

        if (r < 0)
                return r;
        serials = data;
        for (size_t i = 0; i < size / sizeof *serials; i++)
                if (!dead_letters_find(letters, pool, serials[i]))
                        return no_such_letter(error, pool, serials[i]);
        if (size == 0) {
                *ret = all_serials(letters, pool);
                return 0;
        }
        *ret = g_array_new(false, false, sizeof *serials);
        g_array_append_vals(*ret, serials, size / sizeof *serials);
        return 0;
}

static int change_named(sd_bus_message *call, Face *face, LetterChange change, unsigned *ret_n,
                sd_bus_error *error)
{
        g_autoptr(GArray) serials = NULL;
        const char *pool;
        int r;

        r = find_pool(call, face, &pool, error);
        if (r < 0)
                return r;
        r = read_serials(call, letters_of(face), pool, &serials, error);
        if (r < 0)
                return r;
        *ret_n = change_each(
                        face, pool, (const uint64_t *)(void *)serials->data, serials->len, change);
        return sd_bus_reply_method_return(call, "u", (uint32_t)*ret_n);
}

static int granted_retry(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        unsigned n = 0;
        int r = change_named(call, userdata, dead_letters_retry, &n, error);

        /* A host that is told of nothing asks when it attaches again. */
        if (n > 0)
                (void)sd_bus_emit_signal(sd_bus_message_get_bus(call),
                                sd_bus_message_get_path(call), BUS_INTERFACE_POOL, "RetriesPending",
                                NULL);
        return r;
}

int dead_letter_bus_retry(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require_owner(call, "retrying dead letters", granted_retry, error);
}

static int granted_drop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        unsigned n;

        return change_named(call, userdata, dead_letters_drop, &n, error);
}

int dead_letter_bus_drop(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require_owner(call, "dropping dead letters", granted_drop, error);
}
