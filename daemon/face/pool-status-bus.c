/* Apart from pool-bus.c, whose properties only change with the configuration. */

#include "daemon/face/pool-status-bus.h"

#include <string.h>

#include "bus/names.h"
#include "bus/state.h"
#include "daemon/face/face.h"

static const struct {
        const char *property;
        PoolCount count;
} counts[] = {
        { "Delivered", POOL_COUNT_DELIVERED },
        { "Retried", POOL_COUNT_RETRIED },
        { "Violations", POOL_COUNT_VIOLATIONS },
        { "GivenUp", POOL_COUNT_GIVEN_UP },
        { "Discarded", POOL_COUNT_DISCARDED },
};

static const PoolReport *report_of(sd_bus *bus, const Group *pool)
{
        return pool_board_report(face_pool_board(face_current(bus)), pool);
}

int pool_status_bus_get_cursor(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Cursors *cursors = manager_cursors(face_manager(face_current(bus)));

        return sd_bus_message_append(
                        reply, "t", cursors_find(cursors, group_config(userdata)->name)->serial);
}

static int append_listener(sd_bus_message *reply, const Process *process, const PoolReport *report)
{
        const char *name = process_config(process)->name;
        const ListenerReport *held = pool_report_find(report, name, process_generation(process));
        const ListenerReport none = { .state = "" };

        if (!held)
                held = &none;
        return sd_bus_message_append(reply, "(ssutsttt)", name,
                        process_state_to_string(process_state(process)),
                        (uint32_t)process_pid(process), process_generation(process), held->state,
                        held->n_delivered, held->in_hand, held->given_usec);
}

int pool_status_bus_get_listeners(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const PoolReport *report = report_of(bus, userdata);
        const GPtrArray *processes = group_processes(userdata);
        int r = sd_bus_message_open_container(reply, 'a', "(ssutsttt)");

        for (guint i = 0; r >= 0 && i < processes->len; i++)
                r = append_listener(reply, processes->pdata[i], report);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int pool_status_bus_get_queued(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", report_of(bus, userdata)->queued);
}

int pool_status_bus_get_in_hand(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "u", report_of(bus, userdata)->in_hand);
}

int pool_status_bus_get_lag_events(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t",
                        pool_board_lag_events(face_pool_board(face_current(bus)), userdata));
}

int pool_status_bus_get_lag_usec(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "t",
                        pool_board_lag_usec(face_pool_board(face_current(bus)), userdata));
}

int pool_status_bus_get_dead_letters(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const DeadLetters *letters = face_setup(face_current(bus))->dead_letters;

        return sd_bus_message_append(reply, "u",
                        (uint32_t)dead_letters_count(letters, group_config(userdata)->name));
}

int pool_status_bus_get_count(sd_bus *bus, const char *path, const char *interface,
                const char *property, sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
                if (strcmp(counts[i].property, property) == 0)
                        return sd_bus_message_append(reply, "t",
                                        pool_report_total(
                                                        report_of(bus, userdata), counts[i].count));
        g_assert_not_reached();
}

int pool_status_bus_emit_changed(sd_bus *bus, const char *path)
{
        return sd_bus_emit_properties_changed(bus, path, BUS_INTERFACE_POOL, "Listeners", "Cursor",
                        "Queued", "InHand", "LagEvents", "Delivered", "Retried", "Violations",
                        "GivenUp", "Discarded", "DeadLetters", NULL);
}
