/* Descriptors of a message belong to it: the ones to keep are duplicates. */

#include "listener-host/takeover.h"

#include <errno.h>
#include <fcntl.h>

#include "bus/cleanup.h"
#include "bus/names.h"

struct Takeover {
        char *process;
        uint64_t generation;
        bool is_running;
        TakeoverDone done;
        void *userdata; /* borrowed */
        QueuedCall *call;
};

const char *takeover_process(const Takeover *takeover)
{
        return takeover->process;
}

uint64_t takeover_generation(const Takeover *takeover)
{
        return takeover->generation;
}

void takeover_note_running(Takeover *takeover)
{
        takeover->is_running = true;
}

bool takeover_is_running(const Takeover *takeover)
{
        return takeover->is_running;
}

static int duplicate(int fd)
{
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

        return copy < 0 ? -errno : copy;
}

static int read_pipes(sd_bus_message *reply, ListenerPipes *ret)
{
        int to_stdin, from_stdout, log, r;
        autofd to_stdin_copy = -1;
        autofd from_stdout_copy = -1;
        uint32_t pid;

        r = sd_bus_message_read(reply, "uhhh", &pid, &to_stdin, &from_stdout, &log);
        if (r < 0)
                return r;
        to_stdin_copy = duplicate(to_stdin);
        if (to_stdin_copy < 0)
                return to_stdin_copy;
        from_stdout_copy = duplicate(from_stdout);
        if (from_stdout_copy < 0)
                return from_stdout_copy;
        r = duplicate(log);
        if (r < 0)
                return r;
        *ret = (ListenerPipes){ fd_steal(&to_stdin_copy), fd_steal(&from_stdout_copy), r };
        return 0;
}

static void on_answer(sd_bus_message *reply, const sd_bus_error *error, void *userdata)
{
        Takeover *takeover = userdata;
        auto_bus_error trouble = SD_BUS_ERROR_NULL;
        ListenerPipes pipes;
        int r;

        takeover->call = NULL;
        if (error) {
                takeover->done(takeover, NULL, error, takeover->userdata);
                return;
        }
        r = read_pipes(reply, &pipes);
        sd_bus_error_set_errno(&trouble, r);
        takeover->done(takeover, r < 0 ? NULL : &pipes, r < 0 ? &trouble : NULL,
                        takeover->userdata);
}

int takeover_new(const Peer *peer, const char *path, const char *process, uint64_t generation,
                TakeoverDone done, void *userdata, Takeover **ret)
{
        g_autoptr(Takeover) takeover = g_new0(Takeover, 1);
        g_autoptr(sd_bus_message) call = NULL;
        int r;

        takeover->process = g_strdup(process);
        takeover->generation = generation;
        takeover->done = done;
        takeover->userdata = userdata;
        r = call_new(peer, path, BUS_INTERFACE_POOL, "TakeListener", &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "st", process, generation);
        if (r < 0)
                return r;
        r = call_send(peer, call, on_answer, takeover, &takeover->call);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&takeover);
        return 0;
}

Takeover *takeover_free(Takeover *takeover)
{
        if (!takeover)
                return NULL;
        queued_call_cancel(takeover->call);
        g_free(takeover->process);
        g_free(takeover);
        return NULL;
}
