#!/usr/bin/python3
"""Lists the processes of busvisord, tells every change of their states, and restarts a process that
has more memory than it may. What it looks at are processes themselves, not what they have started.

    memory-guard.py [--bus system|session|ADDRESS] [--limit MIB] [--interval SECONDS] [NAME…]

NAMEs are GROUP:PROCESS, or NAME where both are the same; without any, all processes are guarded.
Needs the package python3-jeepney, and to restart something the right to do so.
"""

import argparse
import os
import time

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.busvisor1"
MANAGER = DBusAddress("/org/busvisor1", NAME, "org.busvisor1.Manager")
NO_WAIT = 1
UNKNOWN = 2 ** 64 - 1


class Daemon:
    def __init__(self, bus):
        what = {"type": "signal", "interface": "org.busvisor1.Events",
                "member": "ProcessStateChanged", "path": "/org/busvisor1"}
        self.connection = open_dbus_connection(bus)
        # Signals carry the sender's unique name, so only the bus can tell whose they are.
        self.changes = self.connection.filter(MatchRule(**what)).queue
        self.connection.send_and_get_reply(new_method_call(
            message_bus, "AddMatch", "s", (MatchRule(sender=NAME, **what).serialise(),)))

    def call(self, member, signature=None, body=()):
        # Signals that come while it waits for the answer go into the queue.
        reply = self.connection.send_and_get_reply(
            new_method_call(MANAGER, member, signature, body))
        if reply.header.message_type is MessageType.error:
            raise RuntimeError("%s: %s" % (reply.header.fields[HeaderFields.error_name],
                                           " ".join(map(str, reply.body))))
        return reply.body[0]

    def next_change(self, deadline):
        """Group, process, new and old state; None when nothing happens until then."""
        left = max(0, deadline - time.monotonic())
        try:
            return self.connection.recv_until_filtered(self.changes, timeout=left).body[4:8]
        except TimeoutError:
            return None


def full_name(group, process):
    return process if group == process else "%s:%s" % (group, process)


def mib(size):
    return "?" if size == UNKNOWN else "%.1f MiB" % (size / 2 ** 20)


def show(daemon):
    usage = {(u[0], u[1]): u for u in daemon.call("ListUsage")}
    for group, process, _, state, pid, _, _, _, _ in daemon.call("ListProcesses"):
        memory = usage.get((group, process), (None,) * 4 + (UNKNOWN,))[4]
        print("%-30s %-9s %7d %12s" % (full_name(group, process), state, pid, mib(memory)))


def guard(daemon, names, limit):
    for group, process, _, _, memory, _ in daemon.call("ListUsage"):
        name = full_name(group, process)
        if memory == UNKNOWN or memory <= limit or (names and name not in names):
            continue
        print("%s has %s and is restarted" % (name, mib(memory)), flush=True)
        for _, _, error, text in daemon.call("Restart", "ast", ([name], NO_WAIT)):
            if error:
                print("%s cannot be restarted: %s" % (name, text), flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Restarts processes that have too much memory.")
    parser.add_argument("--bus", default=os.environ.get("BUSVISOR_BUS_ADDRESS", "system"),
                        help="system, session or an address")
    parser.add_argument("--limit", type=float, default=500, metavar="MIB")
    parser.add_argument("--interval", type=float, default=10, metavar="SECONDS")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.bus in ("system", "session"):
        arguments.bus = arguments.bus.upper()
    elif ":" not in arguments.bus:
        parser.error("--bus %s is none of system, session and addresses" % arguments.bus)
    return arguments


def main():
    arguments = parse_arguments()
    daemon = Daemon(arguments.bus)
    show(daemon)
    while True:
        guard(daemon, arguments.names, arguments.limit * 2 ** 20)
        deadline = time.monotonic() + arguments.interval
        change = daemon.next_change(deadline)
        while change:
            print("%s: %s, was %s" % (full_name(change[0], change[1]), change[2], change[3]),
                  flush=True)
            change = daemon.next_change(deadline)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (RuntimeError, OSError) as failure:
        raise SystemExit("memory-guard.py: %s" % failure) from None
