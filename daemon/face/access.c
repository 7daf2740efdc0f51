/* sd_bus_query_sender_creds would wait for the bus; so the questions are put as calls like any
 * other: first who it is, then, if that is nobody who may by himself, polkit. */

#include "daemon/face/access.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"
#include "daemon/face/access-right.h"
#include "daemon/face/authority.h"
#include "daemon/face/quota.h"

/* Calls that wait for polkit, of each user and of all; so many passwords are not typed at a time.
 */
#define WAITING_MAX_EACH 16
#define WAITING_MAX      64
/* Calls whose callers the bus is being asked about. */
#define QUESTIONS_MAX_EACH 256
#define QUESTIONS_MAX      4096

struct Access {
        const RpcSeats *rpc_seats; /* borrowed */
        AccessCrowd crowd;
        gid_t group;      /* -1 = there is none of that name */
        uid_t host_uid;   /* may be the listener-host without a token; -1 = nobody but the owner */
        Quota *waiting;   /* for polkit; by user ids */
        Quota *questions; /* to the bus; by unique names */
};

typedef struct Question {
        Access *access; /* borrowed */
        sd_bus_message *call;
        char *action;
        AccessGranted granted;
        void *userdata;
        bool is_for_host; /* the user of the hosts may do it */
        Quota *counted;   /* where it takes room; borrowed */
        char *counted_as;
} Question;

Access *access_new(const RpcSeats *rpc_seats)
{
        Access *access = g_new0(Access, 1);
        const struct group *group = getgrnam(ACCESS_GROUP);

        access->rpc_seats = rpc_seats;
        access->group = group ? group->gr_gid : (gid_t)-1;
        access->host_uid = (uid_t)-1;
        access->waiting = quota_new(WAITING_MAX_EACH, WAITING_MAX);
        access->questions = quota_new(QUESTIONS_MAX_EACH, QUESTIONS_MAX);
        return access;
}

Access *access_free(Access *access)
{
        if (!access)
                return NULL;
        quota_unref(access->waiting);
        quota_unref(access->questions);
        g_free(access);
        return NULL;
}

void access_set_crowd(Access *access, AccessCrowd crowd)
{
        access->crowd = crowd;
}

void access_admit_host(Access *access, uid_t uid)
{
        access->host_uid = uid;
}

bool access_is_private(const Access *access)
{
        return access->crowd != ACCESS_ANYBODY;
}

static void question_free(void *data)
{
        Question *question = data;

        quota_give_back(question->counted, question->counted_as, 1);
        sd_bus_message_unref(question->call);
        g_free(question->counted_as);
        g_free(question->action);
        g_free(question);
}

/* Takes room in the quota. */
static Question *question_new(const Question *from, Quota *quota, const char *caller)
{
        Question *question = g_new0(Question, 1);

        *question = *from;
        question->call = sd_bus_message_ref(from->call);
        question->action = g_strdup(from->action);
        question->counted = quota;
        question->counted_as = g_strdup(caller);
        quota_take(quota, caller, 1);
        return question;
}

/* From now on the bus owns the slot, and the slot the question. */
static void give_to_slot(sd_bus_slot *slot, Question *question)
{
        sd_bus_slot_set_userdata(slot, question);
        sd_bus_slot_set_destroy_callback(slot, question_free);
        sd_bus_slot_set_floating(slot, true);
        sd_bus_slot_unref(slot);
}

static int refuse(const Question *question, sd_bus_error *error)
{
        const char *right = access_right_of(question->call);

        if (!right)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "%s is only for root and the user that busvisord runs as",
                                question->action);
        return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                        "%s is only for root, the user that busvisord runs as, the group " ACCESS_GROUP
                        ", and whom polkit allows %s",
                        question->action, right);
}

static int refuse_without_password(const Question *question, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                        "%s needs a password, which polkit may ask for only where the call allows "
                        "it (%s)",
                        question->action, access_right_of(question->call));
}

static int answer_of_authority(const Question *question, sd_bus_message *reply, sd_bus_error *error)
{
        switch (authority_read(reply)) {
        case AUTHORITY_YES:
                return question->granted(question->call, question->userdata, error);
        case AUTHORITY_CHALLENGE:
                return refuse_without_password(question, error);
        case AUTHORITY_NO:
                return refuse(question, error);
        }
        g_assert_not_reached();
}

static int reply_error(const Question *question, int r, const sd_bus_error *error)
{
        if (sd_bus_error_is_set(error))
                return sd_bus_reply_method_error(question->call, error);
        if (r < 0)
                return sd_bus_reply_method_errno(question->call, r, NULL);
        return 0;
}

static int on_authority(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        const Question *question = userdata;
        auto_bus_error error = SD_BUS_ERROR_NULL;
        int r = answer_of_authority(question, reply, &error);

        return reply_error(question, r, &error);
}

static int ask_authority(const Question *asked, uint32_t uid, sd_bus_error *error)
{
        const char *action = access_right_of(asked->call);
        g_autoptr(GHashTable) details = action ? access_right_details(asked->call) : NULL;
        g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
        sd_bus_slot *slot = NULL;
        int r;

        if (!details)
                return refuse(asked, error);
        if (!quota_has_room(asked->access->waiting, user))
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%s: too many calls of this user, or of all, wait for polkit "
                                "already",
                                asked->action);
        r = authority_ask(asked->call, action, details, on_authority, NULL, &slot);
        if (r < 0)
                return r;
        give_to_slot(slot, question_new(asked, asked->access->waiting, user));
        return 0;
}

/* Who somebody is, as the bus knows it. */
typedef struct Caller {
        uint32_t uid;
        bool is_operator;
} Caller;

static int read_groups(sd_bus_message *reply, gid_t group, Caller *caller)
{
        const uint32_t *gids;
        size_t size;
        int r = sd_bus_message_enter_container(reply, 'v', "au");

        if (r < 0)
                return r;
        r = sd_bus_message_read_array(reply, 'u', (const void **)&gids, &size);
        if (r < 0)
                return r;
        for (size_t i = 0; i < size / sizeof *gids; i++)
                if (group != (gid_t)-1 && gids[i] == group)
                        caller->is_operator = true;
        return sd_bus_message_exit_container(reply);
}

static int read_credential(sd_bus_message *reply, gid_t group, Caller *caller)
{
        const char *name;
        int r = sd_bus_message_read(reply, "s", &name);

        if (r < 0)
                return r;
        if (strcmp(name, "UnixUserID") == 0)
                return sd_bus_message_read(reply, "v", "u", &caller->uid);
        if (strcmp(name, "UnixGroupIDs") == 0)
                return read_groups(reply, group, caller);
        return sd_bus_message_skip(reply, "v");
}

static int read_caller(sd_bus_message *reply, gid_t group, Caller *caller)
{
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = read_credential(reply, group, caller);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(reply);
                if (r < 0)
                        return r;
        }
        return r;
}

static bool may_do(const Question *question, const Caller *caller)
{
        if (caller->uid == 0 || caller->uid == geteuid())
                return true;
        if (question->is_for_host && caller->uid == question->access->host_uid)
                return true;
        return caller->is_operator && access_right_of(question->call);
}

static int answer_of_bus(const Question *question, sd_bus_message *reply, sd_bus_error *error)
{
        Caller caller = { .uid = UINT32_MAX };

        if (sd_bus_message_is_method_error(reply, NULL) ||
                        read_caller(reply, question->access->group, &caller) < 0)
                return refuse(question, error);
        if (may_do(question, &caller))
                return question->granted(question->call, question->userdata, error);
        if (access_is_private(question->access))
                return refuse(question, error);
        return ask_authority(question, caller.uid, error);
}

static int on_credentials(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        const Question *question = userdata;
        auto_bus_error error = SD_BUS_ERROR_NULL;
        int r = answer_of_bus(question, reply, &error);

        return reply_error(question, r, &error);
}

static int ask(const Question *question, sd_bus_error *error)
{
        sd_bus_message *call = question->call;
        const char *sender = sd_bus_message_get_sender(call);
        sd_bus_slot *slot = NULL;
        int r;

        if (question->access->crowd == ACCESS_OWNER ||
                        rpc_seats_has(question->access->rpc_seats, sd_bus_message_get_sender(call)))
                return question->granted(call, question->userdata, error);
        if (!quota_has_room(question->access->questions, sender))
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%s: too many calls are being looked at already", question->action);
        r = sd_bus_call_method_async(sd_bus_message_get_bus(call), &slot, "org.freedesktop.DBus",
                        "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionCredentials",
                        on_credentials, NULL, "s", sender);
        if (r < 0)
                return r;
        give_to_slot(slot, question_new(question, question->access->questions, sender));
        return 1;
}

int access_require(sd_bus_message *call, Access *access, const char *action, AccessGranted granted,
                void *userdata, sd_bus_error *error)
{
        const Question question = { access, call, (char *)action, granted, userdata,
                .is_for_host = false };

        return ask(&question, error);
}

int access_require_host(sd_bus_message *call, Access *access, const char *action,
                AccessGranted granted, void *userdata, sd_bus_error *error)
{
        const Question question = { access, call, (char *)action, granted, userdata,
                .is_for_host = true };

        return ask(&question, error);
}
