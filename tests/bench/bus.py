"""Bus: how many calls are answered in a second: all properties of one process, and a list of all.

    make bench BENCH=bus
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/bus.py --rounds 9 --programs 10000

Beside all properties of systemd-hostnamed, a service of the distribution's on sd-bus, over a
dbus-daemon as ours has one; and Supervisor's getAllProcessInfo, over its UNIX socket. One caller,
that waits for each answer or has several calls under way; it is a program in C, so that next to
nothing of it is in the figures. One program runs, the others are there.
"""

import os
import subprocess

import measure  # first: with it the other modules are found, and "bus" is that of the tests
import bus
import callers
import processes
from busvisor import Folder, clean_environment
from systembus import SystemBus

HOSTNAMED = "/lib/systemd/systemd-hostnamed"
SECTIONS = """
[program:one]
command=/bin/sleep 100000
startsecs=0

[program:crowd]
command=/bin/sleep 100000
process_name=%%(process_num)04d
numprocs=%d
autostart=false
"""
MANY = "minfds=20000\n"  # which Supervisor has to be told
MANY_UNDER_WAY, SOME_UNDER_WAY = 64, 8
ONE = (bus.NAME, bus.process_path("one"), bus.PROPERTIES, "GetAll", bus.PROCESS)
LIST = (bus.NAME, bus.ROOT, bus.MANAGER, "ListProcesses")
HOSTNAME = ("org.freedesktop.hostname1", "/org/freedesktop/hostname1", bus.PROPERTIES, "GetAll",
            "org.freedesktop.hostname1")
BEFORE = "hostnamed"


def ours(options):
    with measure.KINDS[measure.OURS](SECTIONS % (options.programs - 1), MANY) as run:
        address = "unix:path=" + run.file("run/same/bus/socket")
        processes.wait_for(lambda: os.path.exists(run.file("run/same/bus/socket")) and
                           "on the bus as" in run.read("main.log"), "the bus")
        found = both_ways("all properties", address, ONE, MANY_UNDER_WAY, options)
        found.update(both_ways("all processes", address, LIST, SOME_UNDER_WAY, options))
        run.end()
    processes.end_all_below(os.getpid())
    return found


def both_ways(what, address, target, depth, options):
    alone = callers.ask_bus(address, target, options.seconds)
    piped = callers.ask_bus(address, target, options.seconds, depth)
    return {what + ", one at a time": alone.rate, what + ", some under way": piped.rate}


def theirs(options):
    with measure.KINDS[measure.THEIRS](SECTIONS % (options.programs - 1), MANY) as run:
        processes.wait_for(lambda: run.control("status").returncode != 4, "the daemon")
        rate = callers.ask_http(run.file("http"), options.seconds, options.programs)
        run.end()
    processes.end_all_below(os.getpid())
    return {"all processes, one at a time": rate}


class OpenBus(SystemBus):
    """Without the policy of a system: who comes may have the name."""

    def __init__(self, folder):
        super().__init__(folder)
        self.file = folder.write("open-bus.conf", """<busconfig>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
""" % self.socket)


def hostnamed(options):
    with Folder() as folder, OpenBus(folder) as message_bus:
        environment = dict(clean_environment(), DBUS_SYSTEM_BUS_ADDRESS=message_bus.address)
        with subprocess.Popen([HOSTNAMED], env=environment, stderr=subprocess.DEVNULL) as service:
            probe = bus.Bus(message_bus.address, HOSTNAME[0])
            processes.wait_for(probe.has_owner, HOSTNAMED)
            probe.close()
            try:
                return both_ways("all properties", message_bus.address, HOSTNAME, MANY_UNDER_WAY,
                                 options)
            finally:
                service.terminate()


def main():
    options = measure.arguments("measures how many calls on the bus are answered in a second",
                                rounds=5, seconds=2.0, programs=1000)
    lanes = {measure.THEIRS: lambda: theirs(options), measure.OURS: lambda: ours(options)}
    if os.access(HOSTNAMED, os.X_OK):
        lanes[BEFORE] = lambda: hostnamed(options)
    found = measure.medians(options.rounds, lanes)
    table = measure.Table(*lanes)
    for what in ("all properties", "all processes"):
        for way in ("one at a time", "some under way"):
            name = "%s, %s" % (what, way)
            table.add_figure("%s, %d processes" % (name, options.programs), "/s", found, name,
                             more_is_better=True)
    table.print()


main()
