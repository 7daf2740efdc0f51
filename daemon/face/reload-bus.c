/* Apart from manager-bus.c, as the replies have many parts. The call itself is what waits for the
 * end of an update: whoever made it may be gone by then, and nobody has to know. */

#include "daemon/face/reload-bus.h"

#include <errno.h>
#include <string.h>

#include "bus/cleanup.h"
#include "bus/error.h"
#include "bus/names.h"
#include "daemon/face/answer-size.h"
#include "daemon/face/face.h"
#include "daemon/face/jobs.h"
#include "daemon/face/string-array.h"
#include "daemon/process/reload.h"

static const char *const error_names[_RELOAD_ERROR_MAX] = {
        [RELOAD_ERROR_BAD_CONFIGURATION] = BUS_ERROR_BAD_CONFIGURATION,
        [RELOAD_ERROR_STALE] = BUS_ERROR_STALE_PLAN,
        [RELOAD_ERROR_BUSY] = BUS_ERROR_UPDATE_UNDER_WAY,
        [RELOAD_ERROR_NO_SUCH_GROUP] = BUS_ERROR_NO_SUCH_GROUP,
        [RELOAD_ERROR_ALREADY_ADDED] = BUS_ERROR_ALREADY_ADDED,
        [RELOAD_ERROR_STILL_RUNNING] = BUS_ERROR_STILL_RUNNING,
        [RELOAD_ERROR_CLOSING] = BUS_ERROR_SHUTTING_DOWN,
};

int reload_bus_fail(const GError *failure, sd_bus_error *error)
{
        g_assert(failure->domain == RELOAD_ERROR && failure->code < _RELOAD_ERROR_MAX);
        return sd_bus_error_set(error, error_names[failure->code], failure->message);
}

/* *bytes: how long the answer may be by now. */
static int append_change(sd_bus_message *reply, const Change *change, size_t *bytes)
{
        g_autofree char *reason = change_reason(change);
        const char *const texts[] = { change->group, change->process, reason };
        const char *const *options = (const char *const *)change->options;
        int r;

        *bytes += answer_size_of_texts(texts, G_N_ELEMENTS(texts));
        if (options)
                *bytes += answer_size_of_texts(options, g_strv_length(change->options));
        r = sd_bus_message_open_container(reply, 'r', "ssssas");
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "ssss", change_kind_to_string(change->kind), change->group,
                        change->process, reason);
        if (r < 0)
                return r;
        r = sd_bus_message_append_strv(reply, change->options);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int reload_bus_plan(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_autoptr(sd_bus_message) reply = NULL;
        g_autoptr(ReloadPlan) plan = NULL;
        g_autoptr(GError) failure = NULL;
        size_t bytes = 0;
        int r;

        if (!reload_plan(face_setup(userdata)->reload, &plan, &failure))
                return reload_bus_fail(failure, error);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", plan->token);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(ssssas)");
        for (guint i = 0; r >= 0 && i < plan->changes->len; i++) {
                r = append_change(reply, plan->changes->pdata[i], &bytes);
                if (r >= 0)
                        r = answer_size_check(bytes, error);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int append_step(sd_bus_message *reply, const UpdateStep *step, size_t *bytes)
{
        const char *const texts[] = { step->change->group, step->change->process,
                step->error ? step->error : "", step->message ? step->message : "" };

        *bytes += answer_size_of_texts(texts, G_N_ELEMENTS(texts));
        return sd_bus_message_append(reply, "(ssss)", texts[0], texts[1], texts[2], texts[3]);
}

static int reply_steps(sd_bus_message *call, const GPtrArray *steps)
{
        g_autoptr(sd_bus_message) reply = NULL;
        auto_bus_error error = SD_BUS_ERROR_NULL;
        size_t bytes = 0;
        int r;

        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(ssss)");
        for (guint i = 0; r >= 0 && i < steps->len; i++)
                r = append_step(reply, steps->pdata[i], &bytes);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        if (answer_size_check(bytes, &error) < 0)
                return sd_bus_reply_method_error(call, &error);
        return sd_bus_send(NULL, reply, NULL);
}

static void on_done(const GPtrArray *steps, void *userdata)
{
        g_autoptr(sd_bus_message) call = userdata;

        if (steps)
                (void)reply_steps(call, steps);
        else
                (void)sd_bus_reply_method_errorf(call, BUS_ERROR_SHUTTING_DOWN,
                                "everything is being stopped before the update is complete");
}

int reload_bus_apply(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Reload *reload = face_setup(userdata)->reload;
        g_autoptr(GError) failure = NULL;
        g_auto(GStrv) groups = NULL;
        const char *token;
        uint64_t flags;
        bool waits;
        int r;

        r = sd_bus_message_read(call, "s", &token);
        if (r < 0)
                return r;
        r = string_array_read(call, &groups, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "t", &flags);
        if (r >= 0)
                r = jobs_check_flags(flags, BUS_FLAG_NO_WAIT, error);
        if (r < 0)
                return r;
        waits = !(flags & BUS_FLAG_NO_WAIT);
        if (!reload_apply(reload, token, groups, waits ? on_done : NULL, call, &failure))
                return reload_bus_fail(failure, error);
        if (!waits)
                return reply_steps(call, reload_steps(reload));
        sd_bus_message_ref(call);
        return 1;
}

int reload_bus_restart(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const FaceSetup *setup = face_setup(userdata);
        g_autoptr(GError) failure = NULL;

        if (!setup->restart(&failure, setup->userdata))
                return reload_bus_fail(failure, error);
        return sd_bus_reply_method_return(call, NULL);
}

/* One group. */

typedef bool (*GroupDeed)(Reload *reload, const char *name, GError **error);

static int do_to_group(sd_bus_message *call, const Face *face, GroupDeed deed, sd_bus_error *error)
{
        g_autoptr(GError) failure = NULL;
        const char *name;
        int r = sd_bus_message_read(call, "s", &name);

        if (r < 0)
                return r;
        if (!deed(face_setup(face)->reload, name, &failure))
                return reload_bus_fail(failure, error);
        return sd_bus_reply_method_return(call, NULL);
}

int reload_bus_add_group(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return do_to_group(call, userdata, reload_add_group, error);
}

int reload_bus_remove_group(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return do_to_group(call, userdata, reload_remove_group, error);
}
