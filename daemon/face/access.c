/* sd_bus_query_sender_creds would wait for the bus; so the question is put as a call like any
 * other. */

#include "daemon/face/access.h"

#include <errno.h>
#include <unistd.h>

#include "bus/cleanup.h"

typedef struct Question {
        sd_bus_message *call;
        char *action;
        AccessGranted granted;
        void *userdata;
} Question;

static void question_free(void *data)
{
        Question *question = data;

        sd_bus_message_unref(question->call);
        g_free(question->action);
        g_free(question);
}

static int refuse(const Question *question, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                        "%s is only for root and the user that busvisord runs as",
                        question->action);
}

static int answer(const Question *question, sd_bus_message *reply, sd_bus_error *error)
{
        uint32_t uid;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL))
                return refuse(question, error);
        r = sd_bus_message_read(reply, "u", &uid);
        if (r < 0)
                return r;
        if (uid != 0 && uid != geteuid())
                return refuse(question, error);
        return question->granted(question->call, question->userdata, error);
}

static int on_uid(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        const Question *question = userdata;
        auto_bus_error error = SD_BUS_ERROR_NULL;
        int r = answer(question, reply, &error);

        if (sd_bus_error_is_set(&error))
                return sd_bus_reply_method_error(question->call, &error);
        if (r < 0)
                return sd_bus_reply_method_errno(question->call, r, NULL);
        return 0;
}

int access_require_owner(sd_bus_message *call, bool trusted, const char *action,
                AccessGranted granted, void *userdata, sd_bus_error *error)
{
        Question *question;
        sd_bus_slot *slot = NULL;
        int r;

        if (trusted)
                return granted(call, userdata, error);
        r = sd_bus_call_method_async(sd_bus_message_get_bus(call), &slot, "org.freedesktop.DBus",
                        "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
                        on_uid, NULL, "s", sd_bus_message_get_sender(call));
        if (r < 0)
                return r;
        question = g_new0(Question, 1);
        question->call = sd_bus_message_ref(call);
        question->action = g_strdup(action);
        question->granted = granted;
        question->userdata = userdata;
        sd_bus_slot_set_userdata(slot, question);
        sd_bus_slot_set_destroy_callback(slot, question_free);
        /* From now on the bus owns the slot, and the slot the question. */
        sd_bus_slot_set_floating(slot, true);
        sd_bus_slot_unref(slot);
        return 1;
}
