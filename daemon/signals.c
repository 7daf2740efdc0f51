/* Blocked signals reach process 1 too, whose default actions the kernel leaves out; and a signal
 * that comes while everything is being set up is not lost. */

#include "daemon/signals.h"

#include "daemon/output/main-log.h"
#include "daemon/process/signal-name.h"

struct Signals {
        SignalsSetup setup;
        GPtrArray *sources;
};

static int on_exit_signal(
                sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Signals *signals = userdata;
        g_autofree char *name = signal_name_to_string(info->ssi_signo);

        log_warn("received %s indicating exit request", name);
        signals->setup.on_exit(signals->setup.userdata);
        return 0;
}

/* What is to be logged depends on whether it is possible. */
static int on_reload_signal(
                sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Signals *signals = userdata;

        signals->setup.on_reload(signals->setup.userdata);
        return 0;
}

static int on_reopen_signal(
                sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Signals *signals = userdata;

        log_info("received SIGUSR2 indicating log reopen request");
        signals->setup.on_reopen(signals->setup.userdata);
        return 0;
}

static int on_stray_signal(
                sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        g_autofree char *name = signal_name_to_string(info->ssi_signo);

        log_warn("ignored %s from pid %ld, which means nothing here", name, (long)info->ssi_pid);
        return 0;
}

static const struct {
        int number;
        sd_event_signal_handler_t handler;
} handled[] = {
        { SIGTERM, on_exit_signal },
        { SIGINT, on_exit_signal },
        { SIGQUIT, on_exit_signal },
        { SIGHUP, on_reload_signal },
        { SIGUSR2, on_reopen_signal },
        { SIGUSR1, on_stray_signal },
        { SIGALRM, on_stray_signal },
        { SIGVTALRM, on_stray_signal },
        { SIGPROF, on_stray_signal },
        { SIGPOLL, on_stray_signal },
        { SIGPWR, on_stray_signal },
        { SIGSTKFLT, on_stray_signal },
};

void signals_block(sigset_t *ret_before)
{
        sigset_t set;

        sigemptyset(&set);
        for (size_t i = 0; i < G_N_ELEMENTS(handled); i++)
                sigaddset(&set, handled[i].number);
        for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
                sigaddset(&set, number);
        sigaddset(&set, SIGCHLD);
        sigprocmask(SIG_BLOCK, &set, ret_before);
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        /* Inherited as ignored, it would let the kernel reap our children before we see how they
         * ended. */
        signal(SIGCHLD, SIG_DFL);
}

static int add(Signals *signals, int number, sd_event_signal_handler_t handler)
{
        sd_event_source *source;
        int r = sd_event_add_signal(signals->setup.event, &source, number, handler, signals);

        if (r >= 0)
                g_ptr_array_add(signals->sources, source);
        return r;
}

static void free_source(gpointer source)
{
        sd_event_source_disable_unref(source);
}

int signals_new(const SignalsSetup *setup, Signals **ret)
{
        g_autoptr(Signals) signals = g_new0(Signals, 1);
        int r = 0;

        signals->setup = *setup;
        signals->sources = g_ptr_array_new_with_free_func(free_source);
        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(handled); i++)
                r = add(signals, handled[i].number, handled[i].handler);
        for (int number = SIGRTMIN; r >= 0 && number <= SIGRTMAX; number++)
                r = add(signals, number, on_stray_signal);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&signals);
        return 0;
}

Signals *signals_free(Signals *signals)
{
        if (!signals)
                return NULL;
        g_ptr_array_unref(signals->sources);
        g_free(signals);
        return NULL;
}
