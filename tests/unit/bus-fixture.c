/* The server is anonymous and trusts whoever is there, as both ends are the test's. */

#include "tests/unit/bus-fixture.h"

#include <glib.h>

sd_bus *bus_fixture_start_end(sd_event *event, int fd, bool is_server)
{
        const sd_id128_t id = { .bytes = { 1 } };
        sd_bus *bus = NULL;

        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        g_assert_cmpint(sd_bus_set_server(bus, is_server, is_server ? id : SD_ID128_NULL), >=, 0);
        g_assert_cmpint(sd_bus_set_anonymous(bus, true), >=, 0);
        g_assert_cmpint(sd_bus_set_trusted(bus, true), >=, 0);
        g_assert_cmpint(sd_bus_negotiate_fds(bus, true), >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        g_assert_cmpint(sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL), >=, 0);
        return bus;
}
