"""The whole daemon, starting and stopping over and over: no descriptor, child or zombie is left, and
the sanitizers find no leak at its end. BUSVISOR_CYCLES says how often; the figures are printed."""

import os

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import ERROR, PROCESS, process_path

CYCLES = int(os.environ.get("BUSVISOR_CYCLES", "120"))
WARM_UP = 40
HELPERS = 3  # the bus, the listener-host and the listener
# The limit of a case is there so that nothing hangs; each cycle may take its share.
tap.CASE_LIMIT += CYCLES // 10

PROGRAMS = """
[program:plain]
command=/bin/sleep 1000
autostart=false
startsecs=0
stdout_logfile_maxbytes=1000

[program:group]
command=/bin/sh -c 'sleep 1000 & sleep 1000 & echo "%%(program_name)s"; wait'
autostart=false
startsecs=0
stopasgroup=true
stdout_logfile_maxbytes=1000

[program:orphan]
command=/bin/sh -c '(setsid sleep 0 &); exec sleep 1000'
autostart=false
startsecs=0
redirect_stderr=true

[program:fails]
command=/bin/true
directory=/no/such/folder
autostart=false
startretries=0

[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=PROCESS_STATE_FATAL
""" % (PYTHON, HERE)

NAMES = ("plain", "group", "orphan", "fails")


def cycle(connection, name):
    path = process_path(name)
    if name == "fails":
        tap.same(connection.call_error(path, PROCESS, "Start", "t", (0,)), ERROR + "SpawnError")
        return
    connection.call(path, PROCESS, "Start", "t", (0,))
    connection.call(path, PROCESS, "Stop", "t", (0,))


def children(pid):
    """Dead ones too."""
    return [int(p) for p in os.listdir("/proc") if p.isdigit() and processes.parent(int(p)) == pid]


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def memory(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


@tap.case("%d starts and stops leave nothing behind" % CYCLES)
def cycles():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        pid = daemon.process.pid
        for i in range(WARM_UP):
            cycle(connection, NAMES[i % len(NAMES)])
        daemon.wait_file("events")
        processes.wait_for(lambda: len(children(pid)) == HELPERS, "the end of the last orphan")
        before = descriptors(pid)
        tap.diagnostics("after the warm-up: %d descriptors, %d KiB" % (before, memory(pid)))
        for i in range(CYCLES):
            cycle(connection, NAMES[i % len(NAMES)])
            if (i + 1) % max(CYCLES // 10, 1) == 0:
                tap.diagnostics("after %d cycles: %d descriptors, %d KiB" %
                                (i + 1, descriptors(pid), memory(pid)))
        processes.wait_for(lambda: len(children(pid)) == HELPERS and descriptors(pid) <= before,
                           lambda: "%d children and %d descriptors, but there are %d and %d" %
                           (HELPERS, before, len(children(pid)), descriptors(pid)))


tap.run()
