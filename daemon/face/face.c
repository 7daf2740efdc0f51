/* Objects come from fallback vtables with a function that finds the model's object for a path:
 * nothing is registered one by one, however many processes there are. */

#include "daemon/face/face.h"

#include "bus/cleanup.h"
#include "bus/names.h"
#include "daemon/face/call-order.h"
#include "daemon/face/events-bus.h"
#include "daemon/face/gate.h"
#include "daemon/face/group-bus.h"
#include "daemon/face/log-level-bus.h"
#include "daemon/face/manager-bus.h"
#include "daemon/face/pool-bus.h"
#include "daemon/face/pool-config-bus.h"
#include "daemon/face/process-bus.h"
#include "daemon/face/rpc-notice.h"
#include "daemon/output/main-log.h"

#define MAX_SLOTS 16
/* Some hundred bytes each. */
#define MAX_JOBS_EACH 16384
#define MAX_JOBS_ALL  (8 * MAX_JOBS_EACH)

struct Face {
        FaceSetup setup;
        Publisher *publisher;
        EventsSince *events_since;
        PoolPages *pool_pages;
        HostSeat *host_seat;
        RpcSeats *rpc_seats;
        RpcNotice *rpc_notice;
        PoolBoard *pool_board;
        Handouts *handouts; /* while there is a bus */
        sd_bus *bus;        /* borrowed */
        Access *access;
        Quota *job_quota;
        Gate *gate;            /* while there is a bus */
        CallOrder *call_order; /* the same */
        sd_bus_slot *slots[MAX_SLOTS];
        size_t n_slots;
};

static void on_event(const Event *event, void *userdata)
{
        Face *face = userdata;

        pool_pages_note(face->pool_pages, event);
        publisher_event(face->publisher, event);
        pool_board_event(face->pool_board, event);
}

static void on_disk_changed(void *userdata)
{
        Face *face = userdata;

        publisher_disk_changed(face->publisher);
}

static void on_pool_changed(Group *pool, void *userdata)
{
        Face *face = userdata;

        publisher_pool_changed(face->publisher, pool);
}

/* Its pool shows it too. */
static void note_listener(Face *face, const Process *process)
{
        if (process_is_listener(process))
                publisher_pool_changed(
                                face->publisher, manager_find_group(face->setup.manager,
                                                                 process_config(process)->group));
}

static void on_process_changed(Process *process, void *userdata)
{
        Face *face = userdata;

        publisher_process_changed(face->publisher, process);
        note_listener(face, process);
}

static void on_listener_started(Process *process, void *userdata)
{
        Face *face = userdata;

        if (face->bus)
                (void)pool_bus_emit_started(face->bus, process);
}

static void on_listener_changed(Process *process, void *userdata)
{
        Face *face = userdata;

        if (face->bus)
                (void)pool_bus_emit_changed(face->bus, process);
}

static void on_listener_ended(Process *process, pid_t pid, uint64_t generation, void *userdata)
{
        Face *face = userdata;

        if (face->bus)
                (void)pool_bus_emit_ended(face->bus, process, pid, generation);
}

typedef int (*Emit)(sd_bus *bus, const char *path);

/* The bus may be full; whoever misses something looks at the objects again. */
static void emit_process(const Face *face, const Process *process, Emit emit)
{
        const ProcessConfig *config = process_config(process);
        g_autofree char *path = bus_path_process(config->group, config->name);

        if (face->bus)
                (void)emit(face->bus, path);
}

static void emit_group(const Face *face, const Group *group, Emit emit)
{
        const GroupConfig *config = group_config(group);
        g_autofree char *path = bus_path_group(config->name);
        g_autofree char *pool = bus_path_pool(config->name);

        if (face->bus)
                (void)emit(face->bus, path);
        if (face->bus && config->kind == GROUP_EVENTLISTENER)
                (void)emit(face->bus, pool);
}

static void on_process_added(Process *process, void *userdata)
{
        Face *face = userdata;

        emit_process(face, process, sd_bus_emit_object_added);
        note_listener(face, process);
        rpc_notice_process(face->rpc_notice, process);
}

static void on_process_removed(Process *process, void *userdata)
{
        Face *face = userdata;

        publisher_process_removed(face->publisher, process);
        note_listener(face, process);
        rpc_notice_process(face->rpc_notice, process);
        emit_process(face, process, sd_bus_emit_object_removed);
}

static void on_process_configured(Process *process, void *userdata)
{
        Face *face = userdata;

        publisher_process_configured(face->publisher, process);
        rpc_notice_servers(face->rpc_notice);
}

static void on_group_added(Group *group, void *userdata)
{
        const GPtrArray *processes = group_processes(group);
        Face *face = userdata;

        if (group_config(group)->kind == GROUP_EVENTLISTENER)
                pool_board_add(face->pool_board, group);
        emit_group(face, group, sd_bus_emit_object_added);
        for (guint i = 0; i < processes->len; i++)
                on_process_added(processes->pdata[i], userdata);
}

static void on_group_removed(Group *group, void *userdata)
{
        const GPtrArray *processes = group_processes(group);
        Face *face = userdata;

        for (guint i = 0; i < processes->len; i++)
                on_process_removed(processes->pdata[i], userdata);
        emit_group(face, group, sd_bus_emit_object_removed);
        if (group_config(group)->kind != GROUP_EVENTLISTENER)
                return;
        publisher_pool_removed(face->publisher, group);
        pool_board_remove(face->pool_board, group);
}

static void on_group_configured(Group *group, void *userdata)
{
        const GroupConfig *config = group_config(group);
        g_autofree char *path = bus_path_group(config->name);
        g_autofree char *pool = bus_path_pool(config->name);
        Face *face = userdata;

        if (face->bus)
                (void)group_bus_emit_configured(face->bus, path);
        if (config->kind != GROUP_EVENTLISTENER)
                return;
        pool_board_configure(face->pool_board, group);
        if (face->bus)
                (void)pool_config_bus_emit_changed(face->bus, pool);
}

static void on_pools_changed(void *userdata)
{
        Face *face = userdata;

        if (face->bus)
                (void)sd_bus_emit_signal(
                                face->bus, BUS_PATH, BUS_INTERFACE_MANAGER, "PoolsChanged", NULL);
        face->setup.on_pools_changed(face->setup.userdata);
}

static void emit_changed(const Face *face, const char *property)
{
        if (face->bus)
                (void)sd_bus_emit_properties_changed(
                                face->bus, BUS_PATH, BUS_INTERFACE_MANAGER, property, NULL);
}

static void on_state_changed(void *userdata)
{
        emit_changed(userdata, "State");
}

static const ManagerObserver observer = {
        .process.changed = on_process_changed,
        .process.listener_started = on_listener_started,
        .process.listener_changed = on_listener_changed,
        .process.listener_ended = on_listener_ended,
        .process_added = on_process_added,
        .process_removed = on_process_removed,
        .process_configured = on_process_configured,
        .group_added = on_group_added,
        .group_removed = on_group_removed,
        .group_configured = on_group_configured,
        .pools_changed = on_pools_changed,
        .state_changed = on_state_changed,
};

static void on_seat_emptied(void *userdata)
{
        Face *face = userdata;

        pool_board_host_gone(face->pool_board);
}

static void on_foreign_host_left(void *userdata)
{
        Face *face = userdata;

        log_warn("the listener-host has left the bus; its listeners will be restarted");
        manager_restart_leased_listeners(face->setup.manager);
}

static const HostSeatObserver seat_observer = { on_seat_emptied, on_foreign_host_left };

Face *face_new(const FaceSetup *setup)
{
        EventLog *log = manager_events(setup->manager);
        Face *face = g_new0(Face, 1);

        face->setup = *setup;
        face->host_seat = host_seat_new(&seat_observer, face);
        face->rpc_seats = rpc_seats_new();
        face->rpc_notice = rpc_notice_new(setup->event, face->rpc_seats);
        face->access = access_new(face->rpc_seats);
        face->job_quota = quota_new(MAX_JOBS_EACH, MAX_JOBS_ALL);
        face->publisher = publisher_new(setup->event, log, face->host_seat);
        face->events_since = events_since_new(setup->event, log, face->publisher);
        face->pool_pages = pool_pages_new(setup->event, setup->manager);
        face->pool_board = pool_board_new(setup->event, setup->manager, on_pool_changed, face);
        event_log_set_observer(log, on_event, face);
        event_log_set_disk_observer(log, on_disk_changed, face);
        manager_set_observer(setup->manager, &observer, face);
        return face;
}

Face *face_free(Face *face)
{
        if (!face)
                return NULL;
        (void)face_set_bus(face, NULL, ACCESS_ANYBODY);
        manager_set_observer(face->setup.manager, NULL, NULL);
        event_log_set_observer(manager_events(face->setup.manager), NULL, NULL);
        event_log_set_disk_observer(manager_events(face->setup.manager), NULL, NULL);
        events_since_free(face->events_since);
        pool_pages_free(face->pool_pages);
        publisher_free(face->publisher);
        host_seat_free(face->host_seat);
        access_free(face->access);
        rpc_notice_free(face->rpc_notice);
        rpc_seats_free(face->rpc_seats);
        quota_unref(face->job_quota);
        pool_board_free(face->pool_board);
        g_free(face);
        return NULL;
}

/* Remembers a slot, so that the next bus begins without the last one's. */
static sd_bus_slot **next_slot(Face *face)
{
        g_assert(face->n_slots < MAX_SLOTS);
        return &face->slots[face->n_slots++];
}

static int add_tree(Face *face, const char *prefix, const char *interface,
                const sd_bus_vtable *vtable, sd_bus_object_find_t find,
                sd_bus_node_enumerator_t enumerate)
{
        int r;

        r = sd_bus_add_fallback_vtable(
                        face->bus, next_slot(face), prefix, interface, vtable, find, face);
        if (r < 0)
                return r;
        return sd_bus_add_node_enumerator(face->bus, next_slot(face), prefix, enumerate, face);
}

static int register_objects(Face *face)
{
        int r;

        r = sd_bus_add_object_manager(face->bus, next_slot(face), BUS_PATH);
        if (r < 0)
                return r;
        r = sd_bus_add_object_vtable(face->bus, next_slot(face), BUS_PATH, BUS_INTERFACE_MANAGER,
                        manager_bus_vtable, face);
        if (r < 0)
                return r;
        r = sd_bus_add_object(face->bus, next_slot(face), BUS_PATH, log_level_bus_filter, face);
        if (r < 0)
                return r;
        r = sd_bus_add_object_vtable(face->bus, next_slot(face), BUS_PATH, BUS_INTERFACE_EVENTS,
                        events_bus_vtable, face);
        if (r < 0)
                return r;
        r = add_tree(face, BUS_PATH_GROUP, BUS_INTERFACE_GROUP, group_bus_vtable, group_bus_find,
                        group_bus_enumerate);
        if (r < 0)
                return r;
        r = add_tree(face, BUS_PATH_PROCESS, BUS_INTERFACE_PROCESS, process_bus_vtable,
                        process_bus_find, process_bus_enumerate);
        if (r < 0)
                return r;
        return add_tree(face, BUS_PATH_POOL, BUS_INTERFACE_POOL, pool_bus_vtable, pool_bus_find,
                        pool_bus_enumerate);
}

int face_set_bus(Face *face, sd_bus *bus, AccessCrowd crowd)
{
        int r = 0;

        host_seat_clear(face->host_seat);
        rpc_seats_clear(face->rpc_seats);
        events_since_clear(face->events_since);
        pool_pages_set_bus(face->pool_pages, NULL, NULL);
        publisher_set_bus(face->publisher, NULL);
        face->handouts = handouts_free(face->handouts);
        face->call_order = call_order_free(face->call_order);
        face->gate = gate_free(face->gate);
        while (face->n_slots > 0)
                sd_bus_slot_unref(face->slots[--face->n_slots]);
        face->bus = bus;
        rpc_notice_set_bus(face->rpc_notice, bus);
        access_set_crowd(face->access, crowd);
        if (bus) {
                face->handouts = handouts_new(bus);
                r = gate_new(bus, face->setup.manager, &face->gate);
        }
        /* Before the gate, so it comes last. */
        if (bus && r >= 0)
                r = call_order_new(bus, &face->call_order);
        if (bus && r >= 0)
                r = register_objects(face);
        if (r < 0)
                return r;
        publisher_set_bus(face->publisher, bus);
        pool_pages_set_bus(face->pool_pages, bus, publisher_outbox(face->publisher));
        return 0;
}

void face_admit_host(Face *face, uid_t uid)
{
        access_admit_host(face->access, uid);
}

void face_note_http_servers(Face *face)
{
        rpc_notice_servers(face->rpc_notice);
}

void face_note_server_url(Face *face)
{
        emit_changed(face, "ServerUrl");
}

void face_note_host_end(Face *face)
{
        host_seat_note_end(face->host_seat);
}

/* The slot of a fallback vtable keeps the data it was registered with, beside what the find
 * function found. */
Face *face_current(sd_bus *bus)
{
        return sd_bus_slot_get_userdata(sd_bus_get_current_slot(bus));
}

const FaceSetup *face_setup(const Face *face)
{
        return &face->setup;
}

Manager *face_manager(const Face *face)
{
        return face->setup.manager;
}

Publisher *face_publisher(const Face *face)
{
        return face->publisher;
}

PoolPages *face_pool_pages(const Face *face)
{
        return face->pool_pages;
}

EventsSince *face_events_since(const Face *face)
{
        return face->events_since;
}

HostSeat *face_host_seat(const Face *face)
{
        return face->host_seat;
}

RpcSeats *face_rpc_seats(const Face *face)
{
        return face->rpc_seats;
}

PoolBoard *face_pool_board(const Face *face)
{
        return face->pool_board;
}

Handouts *face_handouts(const Face *face)
{
        return face->handouts;
}

Quota *face_job_quota(const Face *face)
{
        return face->job_quota;
}

Access *face_access(const Face *face)
{
        return face->access;
}
