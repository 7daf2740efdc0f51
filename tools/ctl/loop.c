/* Signals end the loop as anything else does, so that commands leave by their own ways. */

#include "tools/ctl/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <glib.h>

#include "bus/cleanup.h"

#define ACCURACY_USEC 1000

static const int ending_signals[] = { SIGINT, SIGTERM };

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        return sd_event_exit(sd_event_source_get_event(source), (int)info->ssi_signo);
}

/* Before everything else: Ctrl-C reaches an ssh beside us too, and we end by it, not by the lost
 * connection. */
int loop_end_by(sd_event *loop, int number)
{
        sd_event_source *source;
        sigset_t blocked;
        int r;

        sigemptyset(&blocked);
        sigaddset(&blocked, number);
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        r = sd_event_add_signal(loop, &source, number, on_signal, NULL);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
        if (r >= 0)
                r = sd_event_source_set_floating(source, true);
        sd_event_source_unref(source);
        return r;
}

int loop_new(sd_event **ret)
{
        g_autoptr(sd_event) loop = NULL;
        int r = sd_event_new(&loop);

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(ending_signals); i++)
                r = loop_end_by(loop, ending_signals[i]);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&loop);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        return sd_event_exit(sd_event_source_get_event(source), 0);
}

int loop_end_at(sd_event *loop, uint64_t usec)
{
        if (usec == UINT64_MAX)
                return 0;
        return sd_event_add_time(loop, NULL, CLOCK_MONOTONIC, usec, ACCURACY_USEC, on_time, NULL);
}

static int on_no_reader(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        return sd_event_exit(sd_event_source_get_event(source), 0);
}

int loop_end_with_reader(sd_event *loop)
{
        /* Of a pipe or a terminal. A file, which always takes more, cannot be watched. */
        int r = sd_event_add_io(loop, NULL, STDOUT_FILENO, EPOLLERR, on_no_reader, NULL);

        return r == -EPERM ? 0 : r;
}

bool loop_is_over(sd_event *loop)
{
        return loop && sd_event_get_state(loop) == SD_EVENT_FINISHED;
}

int loop_run(sd_event *loop, void (*work)(void *userdata), void *userdata)
{
        int r = 0, code;

        while (r >= 0 && !loop_is_over(loop)) {
                r = sd_event_run(loop, UINT64_MAX);
                if (r >= 0 && work && !loop_is_over(loop))
                        work(userdata);
        }
        if (r >= 0)
                r = sd_event_get_exit_code(loop, &code);
        return r < 0 ? r : code;
}

int loop_step(sd_event *loop, uint64_t usec)
{
        int r = loop_is_over(loop) ? 0 : sd_event_run(loop, usec);

        return r >= 0 && loop_is_over(loop) ? -ECANCELED : r;
}

static int on_reply(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        sd_bus_message **reply = userdata;

        *reply = sd_bus_message_ref(message);
        return 0;
}

int loop_call(sd_event *loop, sd_bus *bus, sd_bus_message *call, uint64_t timeout_usec,
                sd_bus_error *ret_error, sd_bus_message **ret_reply)
{
        g_autoptr(sd_bus_slot) slot = NULL;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = sd_bus_call_async(bus, &slot, call, on_reply, &reply, timeout_usec);

        while (r >= 0 && !reply)
                r = loop_step(loop, UINT64_MAX);
        if (r < 0)
                return r;
        if (sd_bus_message_is_method_error(reply, NULL)) {
                if (ret_error)
                        sd_bus_error_copy(ret_error, sd_bus_message_get_error(reply));
                return -sd_bus_message_get_errno(reply);
        }
        *ret_reply = g_steal_pointer(&reply);
        return 0;
}

bool loop_is_ending(sd_event *loop)
{
        sigset_t pending;

        if (!loop || sigpending(&pending) < 0)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(ending_signals); i++)
                if (sigismember(&pending, ending_signals[i]))
                        return true;
        return false;
}
