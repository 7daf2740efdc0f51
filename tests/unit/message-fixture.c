/* A message can only be made for a connection, but that need not lead anywhere. */

#include "tests/unit/message-fixture.h"

#include <stdbool.h>
#include <sys/socket.h>

#include <glib.h>

sd_bus *bus_to_nobody(int *ret_other_end)
{
        sd_bus *bus = NULL;
        int ends[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, ends[0], ends[0]), >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        *ret_other_end = ends[1];
        return bus;
}

sd_bus_message *new_message(sd_bus *bus)
{
        sd_bus_message *message = NULL;

        g_assert_cmpint(sd_bus_message_new_signal(bus, &message, "/", "x.y", "Page"), >=, 0);
        return message;
}

void seal_message(sd_bus_message *message)
{
        g_assert_cmpint(sd_bus_message_seal(message, 1, 0), >=, 0);
        g_assert_cmpint(sd_bus_message_rewind(message, true), >=, 0);
}
