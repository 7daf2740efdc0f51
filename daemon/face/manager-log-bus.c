/* Apart from manager-bus.c, as these are about logs and nothing else. */

#include "daemon/face/manager-log-bus.h"

#include "bus/error.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/face/jobs.h"
#include "daemon/face/log-reply.h"
#include "daemon/face/string-array.h"
#include "daemon/output/main-log.h"

#define WHOSE "the main log"

static int granted_read(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return log_reply_read(call, main_log_path(), WHOSE, error);
}

static int granted_tail(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return log_reply_tail(call, main_log_path(), WHOSE, error);
}

static int granted_open(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Handouts *handouts = face_handouts(userdata);
        int r = handouts_check(handouts, call, error);

        if (r < 0)
                return r;
        r = log_reply_open(call, main_log_path(), WHOSE, error);
        if (r >= 0)
                handouts_note(handouts, call);
        return r;
}

/* As with Supervisor the log says so before, not after: then it is empty. */
static int granted_clear(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        int r;

        if (!main_log_path())
                return sd_bus_error_set(
                                error, BUS_ERROR_NO_FILE, "the main log does not go to a file");
        log_info("reopening log file");
        r = main_log_clear();
        if (r < 0)
                return sd_bus_error_setf(error, BUS_ERROR_FAILED, "cannot clear %s: %s",
                                main_log_path(), g_strerror(-r));
        return sd_bus_reply_method_return(call, NULL);
}

static int granted_reopen_all(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        log_info("received a call of ReopenLogs on the bus indicating log reopen request");
        main_log_reopen();
        manager_reopen_logs(face_manager(userdata));
        log_info("supervisord logreopen");
        return sd_bus_reply_method_return(call, NULL);
}

static int granted_clear_many(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        g_auto(GStrv) names = NULL;
        int r = string_array_read(call, &names, error);

        if (r < 0)
                return r;
        return jobs_clear_many(call, face_manager(userdata), names);
}

static int require(sd_bus_message *call, void *userdata, const char *action, AccessGranted granted,
                sd_bus_error *error)
{
        return access_require(call, face_access(userdata), action, granted, userdata, error);
}

int manager_log_bus_read(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reading the main log", granted_read, error);
}

int manager_log_bus_tail(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reading the main log", granted_tail, error);
}

int manager_log_bus_open(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reading the main log", granted_open, error);
}

int manager_log_bus_clear(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "clearing the main log", granted_clear, error);
}

int manager_log_bus_reopen_all(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "reopening logs", granted_reopen_all, error);
}

int manager_log_bus_clear_many(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return require(call, userdata, "clearing logs", granted_clear_many, error);
}
