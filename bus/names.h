/* Names: the bus name, object paths, interfaces and members that everybody relies on.
 *
 * They are published (data/org.busvisor1.*.xml) and never change. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BUS_NAME "org.busvisor1"
#define BUS_PATH "/org/busvisor1"

#define BUS_PATH_GROUP   BUS_PATH "/group"
#define BUS_PATH_PROCESS BUS_PATH "/process"
#define BUS_PATH_POOL    BUS_PATH "/pool"

#define BUS_INTERFACE_MANAGER "org.busvisor1.Manager"
#define BUS_INTERFACE_EVENTS  "org.busvisor1.Events"
#define BUS_INTERFACE_GROUP   "org.busvisor1.Group"
#define BUS_INTERFACE_PROCESS "org.busvisor1.Process"
#define BUS_INTERFACE_POOL    "org.busvisor1.ListenerPool"

/* A signal of Events that is no event: there is something to be read. */
#define BUS_MEMBER_EVENTS_PENDING "EventsPending"

/* A signal of ListenerPool: a page that was waited for. */
#define BUS_MEMBER_EVENTS_ARRIVED "EventsArrived"

/* A signal of Manager: AttachRpcHost would answer something else now. */
#define BUS_MEMBER_HTTP_SERVERS_CHANGED "HttpServersChanged"

/* The address of the bus that the daemon is on; in the environment of every child. */
#define BUS_ADDRESS_VARIABLE "BUSVISOR_BUS_ADDRESS"

/* Below a runtime folder of an instance: the socket of its private bus. */
#define BUS_PRIVATE_SOCKET "bus/socket"

/* No message of ours is larger: dbus-daemon disconnects who sends more than its own limit. */
#define BUS_MESSAGE_MAX_BYTES (1024 * 1024)

/* Flags of Start, Stop and Restart (type t); the second counts where there are many results. */
#define BUS_FLAG_NO_WAIT      (UINT64_C(1) << 0)
#define BUS_FLAG_AS_COMPLETED (UINT64_C(1) << 1)

/* May it be the address of a bus, by its form? Of a transport that sd-bus knows. */
bool bus_is_address(const char *text);

/* In bytes, of which each may become three in a path: that of a process has two names, and sd-bus
 * takes no path of more than 64 KiB. */
#define BUS_PATH_NAME_MAX 10000

/* The object path of a group, process or pool, each part encoded as sd_bus_path_encode does; no
 * name may be longer than BUS_PATH_NAME_MAX. Caller frees with g_free. */
char *bus_path_group(const char *group);
char *bus_path_process(const char *group, const char *process);
char *bus_path_pool(const char *pool);

/* The names in such a path, decoded; caller frees with g_free. False, and nothing is set, when the
 * path is of another form. */
bool bus_path_parse_group(const char *path, char **ret_group);
bool bus_path_parse_process(const char *path, char **ret_group, char **ret_process);
bool bus_path_parse_pool(const char *path, char **ret_pool);
