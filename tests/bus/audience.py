"""Signals where somebody is to hear them, and where nobody is."""

import os
import re
import signal

import tap
from bus import EVENTS, MANAGER, ROOT, Bus, StateChange
from busvisor import Daemon

ONE = """
[program:victim]
command=/bin/sleep 1000
startsecs=0
start_interval=0
autorestart=true
"""
BUSY = """
[supervisord]
loglevel=info

[program:busy]
command=/bin/true
startsecs=0
start_interval=0
autorestart=true
"""


def last_pid(daemon):
    return int(re.findall(r"spawned: 'victim' with pid (\d+)$", daemon.read("main.log"),
                          re.MULTILINE)[-1])


def end_victim(daemon):
    """Ends the program and answers the pid that was; another one follows by itself."""
    pid = last_pid(daemon)
    os.kill(pid, signal.SIGKILL)
    return pid


def hears_end(connection, pid):
    def is_it(seen):
        if seen.member != "ProcessStateChanged":
            return False
        change = StateChange(*seen.body)
        return (change.state, change.pid) == ("EXITED", pid)
    connection.wait_signal(is_it, "the end of %d" % pid)


def wake_ups(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read(), re.M).group(1))


@tap.case("a bus without anybody else is left in peace")
def nobody():
    with Daemon(BUSY) as daemon:
        daemon.wait_log("spawned: 'busy'", 20)
        bus = daemon.helper("dbus-daemon")
        before = wake_ups(bus)
        daemon.wait_log("spawned: 'busy'", len(re.findall("spawned", daemon.read("main.log"))) + 300)
        tap.check(wake_ups(bus) - before < 30, "it was woken %d times" % (wake_ups(bus) - before))


@tap.case("whoever comes hears what happens next")
def comers():
    with Daemon(ONE) as daemon:
        daemon.connect().close()
        for number in range(1, 31):
            daemon.wait_log("spawned: 'victim'", number)
            connection = Bus(daemon.address)
            hears_end(connection, end_victim(daemon))
            connection.close()


@tap.case("the serials that a comer hears go on from what the log of events has")
def serials():
    with Daemon(ONE) as daemon:
        daemon.wait_log("spawned: 'victim'")
        end_victim(daemon)
        daemon.wait_log("spawned: 'victim'", 2)
        connection = daemon.connect()
        known = connection.events_since()[-1][1][0]
        hears_end(connection, end_victim(daemon))
        # The first may be a tick.
        heard = [s.body[:2] for s in connection.signals if s.interface == EVENTS]
        tap.same(next(h for h in heard if h[0] > known), (known + 1, known))


@tap.case("a monitor hears, though the bus takes its name away, when others have gone")
def monitor():
    with Daemon(ONE) as daemon:
        daemon.wait_log("spawned: 'victim'")
        watching = daemon.connect()
        watching.become_monitor()
        other = Bus(daemon.address)
        other.call(ROOT, MANAGER, "ListProcesses")
        other.close()
        for number in range(2, 5):
            hears_end(watching, end_victim(daemon))
            daemon.wait_log("spawned: 'victim'", number)


tap.run()
