/* The subject is the sender's unique name: polkit asks the bus about it itself, and a process that
 * is replaced by another one meanwhile gains nothing. */

#include "daemon/face/authority.h"

#include "bus/cleanup.h"

/* Of polkit's CheckAuthorizationFlags. */
#define ALLOW_USER_INTERACTION UINT32_C(1)

/* Somebody may be typing a password. */
#define ANSWER_USEC       (2 * 60 * UINT64_C(1000000))
#define QUIET_ANSWER_USEC (10 * UINT64_C(1000000))

static int append_details(sd_bus_message *question, GHashTable *details)
{
        GHashTableIter iterator;
        gpointer name, value;
        int r = sd_bus_message_open_container(question, 'a', "{ss}");

        g_hash_table_iter_init(&iterator, details);
        while (r >= 0 && g_hash_table_iter_next(&iterator, &name, &value))
                r = sd_bus_message_append(question, "{ss}", name, value);
        return r < 0 ? r : sd_bus_message_close_container(question);
}

static int new_question(sd_bus_message *call, const char *action, GHashTable *details,
                bool is_interactive, sd_bus_message **ret)
{
        g_autoptr(sd_bus_message) question = NULL;
        int r;

        r = sd_bus_message_new_method_call(sd_bus_message_get_bus(call), &question,
                        "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                        "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
        if (r < 0)
                return r;
        r = sd_bus_message_append(question, "(sa{sv})s", "system-bus-name", 1, "name", "s",
                        sd_bus_message_get_sender(call), action);
        if (r < 0)
                return r;
        r = append_details(question, details);
        if (r < 0)
                return r;
        r = sd_bus_message_append(
                        question, "us", is_interactive ? ALLOW_USER_INTERACTION : UINT32_C(0), "");
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&question);
        return 0;
}

int authority_ask(sd_bus_message *call, const char *action, GHashTable *details,
                sd_bus_message_handler_t callback, void *userdata, sd_bus_slot **ret_slot)
{
        bool is_interactive = sd_bus_message_get_allow_interactive_authorization(call) > 0;
        g_autoptr(sd_bus_message) question = NULL;
        int r;

        r = new_question(call, action, details, is_interactive, &question);
        if (r < 0)
                return r;
        return sd_bus_call_async(sd_bus_message_get_bus(call), ret_slot, question, callback,
                        userdata, is_interactive ? ANSWER_USEC : QUIET_ANSWER_USEC);
}

AuthorityAnswer authority_read(sd_bus_message *reply)
{
        int is_authorized, is_challenge;

        if (sd_bus_message_is_method_error(reply, NULL) ||
                        sd_bus_message_enter_container(reply, 'r', "bba{ss}") <= 0 ||
                        sd_bus_message_read(reply, "bb", &is_authorized, &is_challenge) < 0)
                return AUTHORITY_NO;
        if (is_authorized)
                return AUTHORITY_YES;
        return is_challenge ? AUTHORITY_CHALLENGE : AUTHORITY_NO;
}
