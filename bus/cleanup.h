/* Cleanup: what a local variable needs to give back its descriptor or its sd-bus or sd-event
 * object.
 *
 * GLib's g_autofree and g_autoptr serve everything else. */
#pragma once

#include <errno.h>
#include <unistd.h>

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

/* Closes fd if it is one, keeps errno, returns -1: `fd = fd_close(fd);`. */
static inline int fd_close(int fd)
{
        if (fd >= 0) {
                int saved_errno = errno;

                close(fd);
                errno = saved_errno;
        }
        return -1;
}

/* Takes the descriptor out of *fd, so that autofd leaves it open. */
static inline int fd_steal(int *fd)
{
        int stolen = *fd;

        *fd = -1;
        return stolen;
}

static inline void fd_close_pointer(int *fd)
{
        *fd = fd_close(*fd);
}

#define autofd __attribute__((cleanup(fd_close_pointer))) int

static inline void bus_error_clear_pointer(sd_bus_error *error)
{
        sd_bus_error_free(error);
}

/* auto_bus_error error = SD_BUS_ERROR_NULL; */
#define auto_bus_error __attribute__((cleanup(bus_error_clear_pointer))) sd_bus_error

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus, sd_bus_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_message, sd_bus_message_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_slot, sd_bus_slot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_creds, sd_bus_creds_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_event, sd_event_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_event_source, sd_event_source_disable_unref)
