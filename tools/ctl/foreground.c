/* What a process wrote last is in its log before the daemon tells of its end, so everything is
 * shown when nothing else is left to do in the loop: there the foreground ends, not at the signal.
 */

#include "tools/ctl/foreground.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/cleanup.h"
#include "bus/event-message.h"
#include "bus/names.h"
#include "tools/ctl/json-text.h"
#include "tools/ctl/log-access.h"
#include "tools/ctl/log-writer.h"
#include "tools/ctl/loop.h"
#include "tools/ctl/stdin-writer.h"

/* As Supervisor does. */
#define LAST_BYTES 1024

#define ACTION "be the foreground of the process"

typedef struct Foreground {
        Context *context;
        const ProcessEntry *entry;
        sd_event *loop;
        sd_event_source *end; /* due when there is nothing else to do; off until then */
        bool is_killed;
        GError *failure;
} Foreground;

/* One of its logs. */
typedef struct Channel {
        Foreground *foreground;
        LogWriter *writer;
} Channel;

static void end_soon(Foreground *foreground)
{
        sd_event_source_set_enabled(foreground->end, SD_EVENT_ONESHOT);
}

static int on_end_due(sd_event_source *source, void *userdata)
{
        return sd_event_exit(sd_event_source_get_event(source), 0);
}

static void set_failure(Foreground *foreground, const GError *error)
{
        if (!foreground->failure)
                foreground->failure = g_error_copy(error);
        end_soon(foreground);
}

/* Its output. */

static void on_data(const void *data, size_t size, void *userdata)
{
        const Channel *channel = userdata;

        log_writer_data(channel->writer, data, size);
        if (fflush(stdout) != 0)
                (void)sd_event_exit(channel->foreground->loop, 0);
}

static void on_lost(void *userdata)
{
        g_autoptr(GError) error = g_error_new_literal(FAILURE, FAILURE_LOST, "busvisord is gone");

        set_failure(userdata, error);
}

static void on_log_lost(void *userdata)
{
        const Channel *channel = userdata;

        on_lost(channel->foreground);
}

/* NULL without an error when there is no log of this channel. */
static LogFollow *follow_log(Channel *channel, const LogSource *source, GError **error)
{
        const LogFollowHandler handler = { on_data, NULL, on_log_lost, NULL, channel };
        const Foreground *foreground = channel->foreground;
        g_autoptr(GError) own = NULL;
        LogFollow *log = log_access_follow(source, foreground->context->client, foreground->loop,
                        &handler, LAST_BYTES, &own);

        if (own && !g_error_matches(own, FAILURE, FAILURE_NO_FILE))
                g_propagate_error(error, g_steal_pointer(&own));
        return log;
}

/* Its input. */

static void on_input_end(void *userdata)
{
        end_soon(userdata);
}

static void on_input_failed(const GError *error, void *userdata)
{
        /* That it has ended comes as a signal too, behind all that it wrote. */
        if (!g_error_matches(error, FAILURE, FAILURE_NOT_RUNNING))
                set_failure(userdata, error);
}

/* Its state. */

static int on_change(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Foreground *foreground = userdata;
        const ProcessEntry *entry = foreground->entry;
        g_autoptr(Event) event = NULL;
        uint64_t previous;

        if (event_message_read_signal(message, &event, &previous) < 0 || event->pid != entry->pid ||
                        strcmp(event->group, entry->group) != 0 ||
                        strcmp(event->process, entry->process) != 0)
                return 0;
        switch (event_process_state(event)) {
        case PROCESS_STARTING:
        case PROCESS_RUNNING:
        case PROCESS_STOPPING: /* it may have something to say yet */
                return 0;
        case PROCESS_STOPPED:
        case PROCESS_BACKOFF:
        case PROCESS_EXITED:
        case PROCESS_FATAL:
        case PROCESS_UNKNOWN:
        case _PROCESS_STATE_MAX:
        case _PROCESS_STATE_INVALID:
                break;
        }
        foreground->is_killed = true;
        end_soon(foreground);
        return 0;
}

/* What can have happened before the signals were asked for. */
static bool still_runs(const Foreground *foreground, GError **error)
{
        g_autoptr(GPtrArray) list = process_list_read(foreground->context->client, error);

        for (unsigned i = 0; list && i < list->len; i++) {
                const ProcessEntry *entry = list->pdata[i];

                if (strcmp(entry->path, foreground->entry->path) == 0)
                        return entry->pid == foreground->entry->pid;
        }
        return false;
}

/* The daemon. */

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        const char *name, *old_owner, *new_owner;

        if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) >= 0 && !*new_owner)
                on_lost(userdata);
        return 0;
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        on_lost(userdata);
        return 0;
}

/* The matches go with the connection, which the next command makes anew; until then nothing is
 * dispatched. */
static int add_matches(Foreground *foreground)
{
        Client *client = foreground->context->client;
        sd_bus *bus = client_bus(client);
        g_autofree char *owner_rule = g_strdup_printf(
                        "type='signal',sender='org.freedesktop.DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        client_bus_name(client));
        int r = sd_bus_match_signal(bus, NULL, client_bus_name(client), BUS_PATH,
                        BUS_INTERFACE_EVENTS, "ProcessStateChanged", on_change, foreground);

        if (r >= 0)
                r = sd_bus_add_match(bus, NULL, owner_rule, on_owner_changed, foreground);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                                "org.freedesktop.DBus.Local", "Disconnected", on_disconnected,
                                foreground);
        return r;
}

/* Life. */

static int set_up(Foreground *foreground)
{
        int r = loop_new(&foreground->loop);

        if (r >= 0)
                r = loop_end_at(foreground->loop, client_deadline(foreground->context->client));
        if (r >= 0)
                r = sd_event_add_defer(foreground->loop, &foreground->end, on_end_due, foreground);
        if (r >= 0)
                r = sd_event_source_set_priority(foreground->end, SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_source_set_enabled(foreground->end, SD_EVENT_OFF);
        return r < 0 ? r : add_matches(foreground);
}

static int run_loop(Foreground *foreground, LineBuffer *input)
{
        Client *client = foreground->context->client;
        const StdinWriterHandler handler = { on_input_end, on_input_failed, foreground };
        g_autoptr(StdinWriter) writer = stdin_writer_new(
                        client, foreground->loop, foreground->entry->path, input, &handler);
        int r = sd_bus_attach_event(client_bus(client), foreground->loop, SD_EVENT_PRIORITY_NORMAL);

        if (r >= 0)
                r = stdin_writer_start(writer);
        if (r >= 0)
                r = sd_event_loop(foreground->loop);
        (void)sd_bus_detach_event(client_bus(client));
        return r;
}

static int follow_and_run(Foreground *foreground, LineBuffer *input, GError **error)
{
        const LogSource stdout_log = { foreground->entry->path, "stdout" };
        const LogSource stderr_log = { foreground->entry->path, "stderr" };
        const Output *output = foreground->context->output;
        g_autofree char *name =
                        process_display_name(foreground->entry->group, foreground->entry->process);
        g_autoptr(LogWriter) out_writer = log_writer_new(output, name, stdout_log.channel);
        g_autoptr(LogWriter) err_writer = log_writer_new(output, name, stderr_log.channel);
        Channel out_channel = { foreground, out_writer }, err_channel = { foreground, err_writer };
        g_autoptr(LogFollow) out = NULL;
        g_autoptr(LogFollow) err = NULL;

        out = follow_log(&out_channel, &stdout_log, error);
        if (!*error)
                err = follow_log(&err_channel, &stderr_log, error);
        if (!*error && !out && !err)
                output_error("it has no log of which its output could be shown");
        return *error ? 0 : run_loop(foreground, input);
}

static void run(Foreground *foreground)
{
        LineReader *reader = foreground->context->reader;
        g_autoptr(LineBuffer) own = reader ? NULL : line_buffer_new(STDIN_FILENO);
        int r = set_up(foreground);

        if (r >= 0)
                foreground->is_killed = !still_runs(foreground, &foreground->failure);
        if (r >= 0 && !foreground->is_killed)
                r = follow_and_run(foreground, reader ? line_reader_buffer(reader) : own,
                                &foreground->failure);
        if (r < 0)
                client_set_error(NULL, r, ACTION, &foreground->failure);
        /* Behind a ^C. */
        if (r == SIGINT && foreground->context->output->width > 0)
                output_raw(foreground->context->output, "");
}

/* The last line of all. */
static void print_end(const Foreground *foreground)
{
        const ProcessEntry *entry = foreground->entry;
        json_object *object = json_object_new_object();
        g_autofree char *name = process_display_name(entry->group, entry->process);

        json_text_add(object, "name", name);
        json_object_object_add(object, "ended", json_object_new_boolean(foreground->is_killed));
        json_text_print_line(foreground->context->output, object);
}

static ExitStatus tell_end(const Foreground *foreground)
{
        const Output *output = foreground->context->output;
        ExitStatus status = EXIT_STATUS_FINE;

        if (foreground->failure)
                status = command_fail(foreground->failure);
        else if (foreground->is_killed)
                output_line(output, "Process got killed");
        output_line(output, "Exiting foreground");
        if (output->json)
                print_end(foreground);
        return status;
}

ExitStatus foreground_run(Context *context, const ProcessEntry *entry)
{
        Foreground foreground = { .context = context, .entry = entry };
        ExitStatus status;

        output_line(context->output, "==> Press Ctrl-C to exit <==");
        fflush(stdout);
        run(&foreground);
        status = tell_end(&foreground);
        sd_event_source_disable_unref(foreground.end);
        sd_event_unref(foreground.loop);
        g_clear_error(&foreground.failure);
        return status;
}
