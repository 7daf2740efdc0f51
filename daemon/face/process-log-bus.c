/* Apart from process-bus.c, which has what is about the process itself. Logs may hold secrets, so
 * reading them takes the same right as changing something. */

#include "daemon/face/process-log-bus.h"

#include <string.h>

#include "bus/error.h"
#include "daemon/face/access.h"
#include "daemon/face/log-reply.h"
#include "daemon/face/process-bus.h"
#include "daemon/process/process.h"

typedef int (*LogReply)(
                sd_bus_message *call, const char *path, const char *whose, sd_bus_error *error);

/* The log of a channel by its name; *ret_path is NULL when there is none. */
static int find_log(const Process *process, const char *channel, const char **ret_path,
                sd_bus_error *error)
{
        if (strcmp(channel, "stdout") == 0)
                *ret_path = process_stdout_log(process);
        else if (strcmp(channel, "stderr") == 0)
                *ret_path = process_stderr_log(process);
        else
                return sd_bus_error_setf(error, BUS_ERROR_BAD_ARGUMENTS,
                                "there is no channel '%s', only stdout and stderr", channel);
        return 0;
}

static int reply_from_log(
                sd_bus_message *call, const Face *face, LogReply reply, sd_bus_error *error)
{
        g_autofree char *whose = NULL;
        const char *channel, *path = NULL;
        Process *process;
        int r;

        r = process_bus_find_called(call, face, &process, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "s", &channel);
        if (r < 0)
                return r;
        r = find_log(process, channel, &path, error);
        if (r < 0)
                return r;
        whose = g_strdup_printf("%s of %s", channel, process_config(process)->name);
        return reply(call, path, whose, error);
}

static int granted_read(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_from_log(call, userdata, log_reply_read, error);
}

static int granted_tail(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_from_log(call, userdata, log_reply_tail, error);
}

static int granted_open(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Handouts *handouts = face_handouts(userdata);
        int r = handouts_check(handouts, call, error);

        if (r < 0)
                return r;
        r = reply_from_log(call, userdata, log_reply_open, error);
        if (r >= 0)
                handouts_note(handouts, call);
        return r;
}

static int granted_clear(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Process *process;
        int r;

        r = process_bus_find_called(call, userdata, &process, error);
        if (r < 0)
                return r;
        r = process_clear_logs(process);
        if (r < 0)
                return sd_bus_error_setf(error, BUS_ERROR_FAILED, "cannot clear the logs of %s: %s",
                                process_config(process)->name, g_strerror(-r));
        return sd_bus_reply_method_return(call, NULL);
}

static int granted_reopen(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Process *process;
        int r;

        r = process_bus_find_called(call, userdata, &process, error);
        if (r < 0)
                return r;
        process_reopen_logs(process);
        return sd_bus_reply_method_return(call, NULL);
}

int process_log_bus_read(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "reading a log", granted_read, error);
}

int process_log_bus_tail(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "reading a log", granted_tail, error);
}

int process_log_bus_open(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "reading a log", granted_open, error);
}

int process_log_bus_clear(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "clearing logs", granted_clear, error);
}

int process_log_bus_reopen(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return process_bus_require_owner(call, "reopening logs", granted_reopen, error);
}
