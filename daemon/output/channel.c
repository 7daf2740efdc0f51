/* Each stage exists only where the configuration asks for it; where none does, all of this is one
 * write. A piece that the tags cut up is put together again before it is handed on, so that events
 * and log lines have the sizes that they would have without the looking for tags. */

#include "daemon/output/channel.h"

#include <string.h>
#include <syslog.h>

#include "bus/clock.h"
#include "daemon/output/communication.h"
#include "daemon/output/journal-message.h"
#include "daemon/output/line-format.h"
#include "daemon/output/lines.h"
#include "daemon/output/main-log.h"
#include "daemon/output/strip-ansi.h"
#include "daemon/output/syslog-message.h"

/* With a head before it a line stays below the 8 KiB at which rsyslog cuts. */
#define LINE_BYTES_MAX     (8192 - 512)
#define RECORDS_BYTES_KEPT ((size_t)256 * 1024)

struct Channel {
        char *group, *process, *identifier;
        bool is_error, is_protocol;
        pid_t pid;
        ChannelEmit emit;
        void *userdata;
        OutputLoss *loss;

        /* Each of these may be NULL, with the buffer that it needs. */
        StripAnsi *strip;
        GString *stripped;
        Communication *communication;
        GString *piece; /* what it has left of the present piece so far */
        bool piece_is_captured;
        LineFormat *format;
        GString *records; /* for the file */
        Outlet *file, *syslog, *journal;
        GString *message; /* for a log service */
        Lines *lines;     /* for format, syslog and journal */
        Lines *event_lines;
        bool has_events;
        uint64_t now; /* CLOCK_REALTIME of the present piece */

        OutletReady on_ready; /* while somebody watches */
        void *ready_data;
};

static void on_line(const char *line, size_t size, void *userdata);
static void on_event_line(const char *line, size_t size, void *userdata);
static const CommunicationHandler communication_handler;

bool channel_is_wanted(const ChannelConfig *config, const char *logfile)
{
        return logfile || config->events_enabled || config->capture_maxbytes > 0 ||
               config->syslog || config->journal || main_log_is_enabled(LOG_LEVEL_DEBUG);
}

static void open_outlets(Channel *channel, const ChannelPlan *plan, const ChannelConfig *config)
{
        const LogFilePlan file = {
                .path = plan->logfile,
                .rotation = rotation_of_channel(config),
                .is_private = g_strcmp0(config->logfile, "AUTO") == 0,
        };

        if (plan->logfile)
                channel->file = outlet_of_file(plan->outlets, &file);
        if (config->syslog)
                channel->syslog = outlet_of_syslog(plan->outlets);
        if (config->journal)
                channel->journal = outlet_of_journal(plan->outlets);
}

static void make_stages(Channel *channel, const ChannelPlan *plan, const ChannelConfig *config)
{
        if (plan->supervisord->strip_ansi) {
                channel->strip = strip_ansi_new();
                channel->stripped = g_string_new(NULL);
        }
        if (config->capture_maxbytes > 0) {
                channel->communication = communication_new(
                                MIN(config->capture_maxbytes, EVENT_DATA_MAX_BYTES),
                                &communication_handler, channel);
                channel->piece = g_string_new(NULL);
        }
        if (channel->file)
                channel->format = line_format_new(
                                config, channel->group, channel->process, channel_name(channel));
        if (channel->format)
                channel->records = g_string_new(NULL);
        if (channel->syslog || channel->journal)
                channel->message = g_string_new(NULL);
        if (channel->format || channel->message)
                channel->lines = lines_new(LINE_BYTES_MAX, on_line, channel);
        channel->has_events = config->events_enabled;
        if (config->events_enabled && config->events_by_line)
                channel->event_lines = lines_new(LINE_BYTES_MAX, on_event_line, channel);
}

/* As with Supervisor the other options have no effect there. */
static ChannelConfig config_of(const ChannelPlan *plan)
{
        ChannelConfig config = plan->is_error ? plan->process->error : plan->process->output;

        if (plan->is_protocol) {
                config.capture_maxbytes = 0;
                config.events_enabled = config.syslog = config.journal = false;
        }
        return config;
}

Channel *channel_new(const ChannelPlan *plan)
{
        const ChannelConfig config = config_of(plan);
        Channel *channel = g_new0(Channel, 1);

        channel->group = g_strdup(plan->process->group);
        channel->process = g_strdup(plan->process->name);
        channel->identifier = g_strdup(plan->supervisord->identifier);
        channel->is_error = plan->is_error;
        channel->is_protocol = plan->is_protocol;
        channel->emit = plan->emit;
        channel->userdata = plan->userdata;
        channel->loss = g_rc_box_acquire(plan->loss);
        open_outlets(channel, plan, &config);
        make_stages(channel, plan, &config);
        return channel;
}

/* Those outlets that there are. */
static void for_each_outlet(
                Channel *channel, void (*act)(Outlet *outlet, OutletReady on_ready, void *userdata))
{
        Outlet *const outlets[] = { channel->file, channel->syslog, channel->journal };

        for (size_t i = 0; i < G_N_ELEMENTS(outlets); i++)
                if (outlets[i])
                        act(outlets[i], channel->on_ready, channel->ready_data);
}

static void free_buffer(GString *buffer)
{
        if (buffer)
                g_string_free(buffer, true);
}

Channel *channel_free(Channel *channel)
{
        if (!channel)
                return NULL;
        if (channel->on_ready)
                for_each_outlet(channel, outlet_unwatch);
        outlet_unref(channel->file);
        outlet_unref(channel->syslog);
        outlet_unref(channel->journal);
        strip_ansi_free(channel->strip);
        communication_free(channel->communication);
        line_format_free(channel->format);
        lines_free(channel->lines);
        lines_free(channel->event_lines);
        free_buffer(channel->stripped);
        free_buffer(channel->piece);
        free_buffer(channel->records);
        free_buffer(channel->message);
        g_rc_box_release(channel->loss);
        g_free(channel->group);
        g_free(channel->process);
        g_free(channel->identifier);
        g_free(channel);
        return NULL;
}

const char *channel_process(const Channel *channel)
{
        return channel->process;
}

const char *channel_name(const Channel *channel)
{
        return channel->is_error ? "stderr" : "stdout";
}

bool channel_is_same(const Channel *a, const Channel *b)
{
        return a->is_error == b->is_error && strcmp(a->process, b->process) == 0 &&
               strcmp(a->group, b->group) == 0;
}

void channel_set_pid(Channel *channel, pid_t pid)
{
        channel->pid = pid;
        if (channel->format)
                line_format_set_pid(channel->format, pid);
}

/* The listener-host tells the main log what listeners say. */
static bool tells_main_log(const Channel *channel)
{
        return !channel->is_protocol && main_log_is_enabled(LOG_LEVEL_DEBUG);
}

Outlet *channel_direct_outlet(const Channel *channel)
{
        bool is_simple = !channel->strip && !channel->communication && !channel->lines &&
                         !channel->has_events && !tells_main_log(channel);

        return is_simple ? channel->file : NULL;
}

OutputLoss *channel_loss(const Channel *channel)
{
        return channel->loss;
}

static bool is_full(const Outlet *outlet)
{
        return outlet && outlet_is_full(outlet);
}

bool channel_is_full(const Channel *channel)
{
        return is_full(channel->file) || is_full(channel->syslog) || is_full(channel->journal);
}

void channel_watch(Channel *channel, OutletReady on_ready, void *userdata)
{
        g_assert(!channel->on_ready);
        channel->on_ready = on_ready;
        channel->ready_data = userdata;
        for_each_outlet(channel, outlet_watch);
}

/* To the log services, one line. */

static void send_to_syslog(Channel *channel, const char *line, size_t size)
{
        GString *message = channel->message;

        g_string_truncate(message, 0);
        syslog_message_begin(message, LOG_INFO, channel->now);
        g_string_append_printf(message, "%s ", channel->process);
        g_string_append_len(message, line, size);
        outlet_write(channel->syslog, message->str, message->len, channel->loss);
}

static void add_pid(GString *message, const char *field, pid_t pid)
{
        char text[16];

        g_snprintf(text, sizeof text, "%ld", (long)pid);
        journal_message_add_text(message, field, text);
}

/* stderr stands out, but is no error: that is for programs to say. */
static void send_to_journal(Channel *channel, const char *line, size_t size)
{
        GString *message = channel->message;

        g_string_truncate(message, 0);
        journal_message_add(message, "MESSAGE", line, size);
        journal_message_add_text(message, "PRIORITY", channel->is_error ? "4" : "6");
        journal_message_add_text(message, "SYSLOG_IDENTIFIER", channel->process);
        add_pid(message, "SYSLOG_PID", channel->pid);
        add_pid(message, "OBJECT_PID", channel->pid);
        journal_message_add_text(message, "BUSVISOR_IDENTIFIER", channel->identifier);
        journal_message_add_text(message, "BUSVISOR_GROUP", channel->group);
        journal_message_add_text(message, "BUSVISOR_PROCESS", channel->process);
        journal_message_add_text(message, "BUSVISOR_CHANNEL", channel_name(channel));
        outlet_write(channel->journal, message->str, message->len, channel->loss);
}

static void on_line(const char *line, size_t size, void *userdata)
{
        Channel *channel = userdata;

        if (line[size - 1] == '\n')
                size--;
        if (channel->format)
                line_format_append(channel->format, channel->records, line, size, channel->now);
        if (channel->syslog)
                send_to_syslog(channel, line, size);
        if (channel->journal)
                send_to_journal(channel, line, size);
}

/* Short lines grow much by what is put around them; that room is not kept for ever. */
static void flush_records(Channel *channel)
{
        GString *records = channel->records;

        if (records->len > 0)
                outlet_write(channel->file, records->str, records->len, channel->loss);
        g_string_truncate(records, 0);
        if (records->allocated_len > RECORDS_BYTES_KEPT) {
                g_string_free(records, true);
                channel->records = g_string_new(NULL);
        }
}

static void log_plain(Channel *channel, const char *data, size_t size)
{
        if (channel->lines)
                lines_push(channel->lines, data, size);
        if (channel->format)
                flush_records(channel);
        else if (channel->file)
                outlet_write(channel->file, data, size, channel->loss);
}

/* Events. */

static void emit(Channel *channel, EventType type, const char *data, size_t size)
{
        Event *event = event_new(type);

        event->group = g_strdup(channel->group);
        event->process = g_strdup(channel->process);
        event->pid = channel->pid;
        event->data = g_bytes_new(data, size);
        channel->emit(event, channel->userdata);
}

static void on_event_line(const char *line, size_t size, void *userdata)
{
        Channel *channel = userdata;

        emit(channel, channel->is_error ? EVENT_PROCESS_LOG_STDERR : EVENT_PROCESS_LOG_STDOUT, line,
                        size);
}

static void hand_on(Channel *channel, const char *data, size_t size, bool is_captured)
{
        if (tells_main_log(channel))
                log_debug("'%s' %s output:\n%.*s", channel->process, channel_name(channel),
                                (int)size, data);
        if (!is_captured)
                log_plain(channel, data, size);
        if (channel->event_lines)
                lines_push(channel->event_lines, data, size);
        else if (channel->has_events)
                on_event_line(data, size, channel);
}

/* The parts of a piece. */

static void flush_piece(Channel *channel)
{
        if (channel->piece->len == 0)
                return;
        hand_on(channel, channel->piece->str, channel->piece->len, channel->piece_is_captured);
        g_string_truncate(channel->piece, 0);
}

static void add_to_piece(Channel *channel, const char *data, size_t size, bool is_captured)
{
        if (is_captured != channel->piece_is_captured)
                flush_piece(channel);
        channel->piece_is_captured = is_captured;
        g_string_append_len(channel->piece, data, size);
}

static void on_plain(const char *data, size_t size, void *userdata)
{
        add_to_piece(userdata, data, size, false);
}

static void on_captured(const char *data, size_t size, void *userdata)
{
        add_to_piece(userdata, data, size, true);
}

static void on_message(const char *data, size_t size, void *userdata)
{
        Channel *channel = userdata;

        flush_piece(channel);
        emit(channel,
                        channel->is_error ? EVENT_PROCESS_COMMUNICATION_STDERR
                                          : EVENT_PROCESS_COMMUNICATION_STDOUT,
                        data, size);
        log_debug("'%s' %s emitted a comm event", channel->process, channel_name(channel));
}

static const CommunicationHandler communication_handler = { on_plain, on_captured, on_message };

static void push_stripped(Channel *channel, const char *data, size_t size)
{
        if (size == 0)
                return;
        if (!channel->communication) {
                hand_on(channel, data, size, false);
                return;
        }
        communication_push(channel->communication, data, size);
        flush_piece(channel);
}

void channel_push(Channel *channel, const char *data, size_t size)
{
        channel->now = clock_now_usec(CLOCK_REALTIME);
        if (!channel->strip) {
                push_stripped(channel, data, size);
                return;
        }
        g_string_truncate(channel->stripped, 0);
        strip_ansi_push(channel->strip, data, size, channel->stripped);
        push_stripped(channel, channel->stripped->str, channel->stripped->len);
}

static void end_communication(Channel *channel)
{
        size_t unfinished = communication_end(channel->communication);

        flush_piece(channel);
        if (unfinished > 0)
                log_warn("%s of '%s' ended within a communication: the last %zu bytes make no event",
                                channel_name(channel), channel->process, unfinished);
}

void channel_end(Channel *channel)
{
        channel->now = clock_now_usec(CLOCK_REALTIME);
        if (channel->strip) {
                g_string_truncate(channel->stripped, 0);
                strip_ansi_end(channel->strip, channel->stripped);
                push_stripped(channel, channel->stripped->str, channel->stripped->len);
        }
        if (channel->communication)
                end_communication(channel);
        if (channel->lines)
                lines_end(channel->lines);
        if (channel->format)
                flush_records(channel);
        if (channel->event_lines)
                lines_end(channel->event_lines);
}

Outlet *channel_file(const Channel *channel)
{
        return channel->file;
}
