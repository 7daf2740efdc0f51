/* Nothing here waits: services, pipes and files are all of this process. */

#include "tests/unit/output-fixture.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void free_event(gpointer event)
{
        event_unref(event);
}

OutputFixture *output_fixture_new(void)
{
        OutputFixture *fixture = g_new0(OutputFixture, 1);
        g_autofree char *syslog = NULL, *journal = NULL;

        fixture->folder = fixture_folder_new();
        syslog = g_build_filename(fixture->folder, "syslog", NULL);
        journal = g_build_filename(fixture->folder, "journal", NULL);
        g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
        fixture->outlets = outlets_new(fixture->event, &(OutletPaths){ syslog, journal });
        fixture->config = fixture_process_config("cat", "/bin/cat");
        g_free(fixture->config->group);
        fixture->config->group = g_strdup("pets");
        fixture->supervisord.identifier = (char *)"unit";
        fixture->loss = g_rc_box_new0(OutputLoss);
        fixture->events = g_ptr_array_new_with_free_func(free_event);
        return fixture;
}

void output_fixture_free(OutputFixture *fixture)
{
        outlets_free(fixture->outlets);
        process_config_free(fixture->config);
        g_rc_box_release(fixture->loss);
        g_ptr_array_unref(fixture->events);
        sd_event_unref(fixture->event);
        fixture_folder_free(fixture->folder);
        g_free(fixture);
}

static void collect(Event *event, void *userdata)
{
        OutputFixture *fixture = userdata;

        g_ptr_array_add(fixture->events, event);
}

Channel *output_fixture_channel(OutputFixture *fixture, const char *logfile)
{
        g_autofree char *path = NULL;
        ChannelPlan plan = {
                .process = fixture->config,
                .supervisord = &fixture->supervisord,
                .outlets = fixture->outlets,
                .loss = fixture->loss,
                .emit = collect,
                .userdata = fixture,
        };
        Channel *channel;

        if (logfile)
                path = g_path_is_absolute(logfile)
                                       ? g_strdup(logfile)
                                       : g_build_filename(fixture->folder, logfile, NULL);
        plan.logfile = path;
        channel = channel_new(&plan);
        channel_set_pid(channel, 4711);
        return channel;
}

void output_fixture_run(const OutputFixture *fixture)
{
        while (sd_event_run(fixture->event, 0) > 0)
                continue;
}

char *output_fixture_events(OutputFixture *fixture)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < fixture->events->len; i++) {
                const Event *event = fixture->events->pdata[i];
                gsize size;
                const char *data = g_bytes_get_data(event->data, &size);

                g_assert_cmpstr(event->group, ==, "pets");
                g_assert_cmpstr(event->process, ==, "cat");
                g_assert_cmpint(event->pid, ==, 4711);
                g_string_append_printf(text, "%s %.*s|", event_type_to_string(event->type),
                                (int)size, size > 0 ? data : "");
        }
        g_ptr_array_set_size(fixture->events, 0);
        return g_string_free(text, false);
}

int output_fixture_service(const OutputFixture *fixture, const char *name)
{
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        strcpy(address.sun_path, path);
        unlink(path);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

char *output_fixture_receive(int service)
{
        char text[16384];
        ssize_t n = recv(service, text, sizeof text - 1, 0);

        return n < 0 ? NULL : g_strndup(text, n);
}
