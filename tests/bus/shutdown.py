"""The end of the daemon: in order, complete, clean."""

import os
import re
import signal

import processes
import tap
from busvisor import Daemon
from bus import EVENTS

PROGRAMS = """
[program:first]
command=/bin/sleep 1000
priority=1
startsecs=0

[program:middle]
command=/bin/sh -c 'trap "sleep 0.3; exit 0" TERM; touch ready; while :; do sleep 0.05; done'
directory=%(here)s
priority=50
startsecs=0

[program:last]
command=/bin/sleep 1000
priority=900
startsecs=0

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/ready2; while :; do sleep 0.05; done'
priority=60
stopwaitsecs=1
startsecs=0

[program:backoff]
command=/bin/false
priority=70
startretries=100

[program:stopped]
command=/bin/sleep 1000
autostart=false
"""


def started(daemon):
    connection = daemon.connect()
    daemon.wait_file("ready")
    daemon.wait_file("ready2")
    processes.wait_for(lambda: connection.state("backoff") == "BACKOFF", "BACKOFF")
    for name in ("first", "last"):
        processes.wait_for(lambda: connection.state(name) == "RUNNING", name)
    connection.signals.clear()
    return connection


def check_ended(daemon, pids):
    tap.same(daemon.wait_end(), 0)
    tap.same([p for p in pids if processes.is_alive(p)], [], "still alive")
    tap.check(not os.path.exists(daemon.file("pid")), "the pid file is still there")


def ended_order(daemon):
    return re.findall(r"(?:INFO|WARN) stopped: (\w+) ", daemon.read("main.log"))


def signal_case(number):
    @tap.case("%s ends everything, the highest priority first" % number.name)
    def ends():
        with Daemon(PROGRAMS) as daemon:
            started(daemon)
            pids = processes.descendants(daemon.process.pid)
            tap.check(len(pids) >= 5, "only %s" % pids)
            tap.same(daemon.read("pid"), "%d\n" % daemon.process.pid)
            daemon.process.send_signal(number)
            check_ended(daemon, pids)
            tap.same(ended_order(daemon), ["last", "stubborn", "middle", "first"])
            daemon.wait_log(r"WARN received %s indicating exit request$" % number.name)
            daemon.wait_log(r"WARN killing 'stubborn' \(\d+\) with SIGKILL$")


for each in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
    signal_case(each)


@tap.case("events of the end: STOPPING first, each group after the one before it")
def events():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        daemon.process.send_signal(signal.SIGTERM)
        connection.wait_signal(lambda s: s.member == "ProcessStateChanged" and
                               s.body[5:7] == ("first", "STOPPED"), "the last of them")
        told = []
        for one in connection.signals:
            if one.interface == EVENTS and one.member == "SupervisorStateChanged":
                told.append(one.body[4])
            elif one.member == "ProcessStateChanged":
                told.append("%s %s" % (one.body[5], one.body[6]))
        tap.same([t for t in told if not t.startswith("backoff")], ["STOPPING"] + [
            "%s %s" % (name, state) for name in ("last", "stubborn", "middle", "first")
            for state in ("STOPPING", "STOPPED")])
        tap.same([t for t in told if t.startswith("backoff")][-1], "backoff FATAL")
        daemon.wait_end()


@tap.case("a second SIGTERM changes nothing")
def twice():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        pids = processes.descendants(daemon.process.pid)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_log("received SIGTERM")
        daemon.process.send_signal(signal.SIGTERM)
        check_ended(daemon, pids)


@tap.case("a new start is refused while everything ends")
def start_refused():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        daemon.process.send_signal(signal.SIGTERM)
        connection.wait_signal(lambda s: s.member == "SupervisorStateChanged", "the STOPPING event")
        error = connection.call_error("/org/busvisor1/process/stopped/stopped",
                                      "org.busvisor1.Process", "Start", "t", (0,))
        tap.same(error, "org.busvisor1.Error.ShuttingDown")
        daemon.wait_end()


@tap.case("killed by SIGKILL, it leaves a folder that the next one can use")
def killed():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        daemon.process.kill()
        daemon.process.wait()
        processes.end_all_below(os.getpid())
        for name in ("ready", "ready2"):
            os.unlink(daemon.file(name))
        daemon.start()
        started(daemon)


tap.run()
