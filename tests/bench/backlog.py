"""Backlog: a million events before a listener takes the first one, and the memory that they take.

    make bench BENCH=backlog
    BUSVISOR_BUILD=build /usr/bin/python3 -B tests/bench/backlog.py --events 100000

Of Busvisor alone: Supervisor keeps what a buffer of memory holds. Output comes from a program that
prints lines, each of which is an event of its own, and the pool has room for ten. Memory is the
most that a process had resident, and the most of its share (PSS) that was seen.
"""

import os
import time

import listeners
import measure
import processes
from both import Busvisor

SECTIONS = """
[eventlistener:watch]
command=%s
events=PROCESS_LOG
buffer_size=10

[program:writer]
command=%s %d %d %%(here)s/begin %%(here)s/done apart
startsecs=0
autorestart=false
stdout_events_enabled=true
stdout_logfile=NONE
"""
HEAD = "event_log_maxbytes=0\n"  # any number
LINE_BYTES = 100
PATIENCE = 600  # seconds
PAUSE = 0.05


def make_fifos(run):
    for name in ("begin", "done", "go"):
        os.mkfifo(run.file(name))


def open_fifo(run, name):
    with open(run.file(name), "wb"):
        pass


class Memory:
    """The most that each process of a run has had, in MiB."""

    def __init__(self, run):
        self.members = measure.members(run)
        self.shares = dict.fromkeys(self.members, 0)

    def look(self):
        for role, pid in self.members.items():
            self.shares[role] = max(self.shares[role], measure.pss_kib(pid) / 1024)

    def peaks(self):
        found = {"share of " + role: share for role, share in self.shares.items()}
        found.update({"peak of " + role: measure.peak_kib(pid) / 1024
                      for role, pid in self.members.items()})
        return found


def wait(condition, memory):
    """Seconds until it holds."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > PATIENCE:
            raise RuntimeError("it takes too long")
        memory.look()
        time.sleep(PAUSE)
    return time.monotonic() - begin


def take_in(run, memory):
    """Seconds until the program has written everything."""
    open_fifo(run, "begin")
    done = os.open(run.file("done"), os.O_RDONLY | os.O_NONBLOCK)
    seconds = wait(lambda: "exited: writer" in run.read("main.log"), memory)
    os.close(done)
    return seconds


def backlog(events):
    sections = SECTIONS % (listeners.command("tally-watch", "%(here)s/go"),
                           measure.own_program("writer"), events * LINE_BYTES, LINE_BYTES)
    with Busvisor(sections.replace("%%", "%"), HEAD, prepare=make_fifos) as run:
        measure.wait_listener(run)
        memory = Memory(run)
        memory.look()
        [watch] = listeners.of(run, ["watch"])
        begin = {role: share for role, share in memory.shares.items()}
        taken = take_in(run, memory)
        open_fifo(run, "go")
        wait(lambda: watch.seen().events >= events, memory)
        seen = watch.seen()
        if seen.events != events or seen.missing or seen.repeats:
            raise RuntimeError("not each event once and in order: %s" % (seen,))
        found = dict(memory.peaks(), taken=events / taken,
                     delivered=events / ((seen.last_nsec - seen.first_nsec) / 1e9))
        found.update({"begin of " + role: share for role, share in begin.items()})
        run.end()
    processes.end_all_below(os.getpid())
    return found


def main():
    options = measure.arguments("measures how a backlog of events is delivered", rounds=1,
                                events=1000000)
    found = measure.medians(options.rounds, {measure.OURS: lambda: backlog(options.events)})
    table = measure.Table(measure.OURS)
    what = "%d events: " % options.events
    table.add_figure(what + "taken in", "/s", found, "taken")
    table.add_figure(what + "delivered", "/s", found, "delivered")
    for role in ("daemon", "dbus-daemon", "busvisor-listener-host"):
        for figure, when in (("begin", "before (PSS)"), ("share", "the most (PSS)"),
                             ("peak", "the most (RSS)")):
            table.add_figure("memory of %s: %s" % (role, when), "MiB", found,
                             "%s of %s" % (figure, role))
    table.print()


main()
