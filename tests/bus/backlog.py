"""Many events before anybody takes them: they wait in the event log, and a pool with room for ten
gets all of them."""

import json
import os

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import EVENTS, POOL, ROOT, pool_path

ROOM = 10
PROGRAMS = 100
BACKLOG = int(os.environ.get("BUSVISOR_EVENTS", "20000"))
# As much as a host may grow by while it passes events on, however many.
GROWTH_BYTES = 3 * 1024 * 1024
processes.WAIT_LIMIT += BACKLOG // 500
tap.CASE_LIMIT += 2 * BACKLOG // 500

# It says READY when it may.
LISTENER = """
[supervisord]
loglevel=info

[eventlistener:late]
command=/bin/sh -c 'while ! test -e %%(here)s/go; do sleep 0.02; done; exec %s %s/%s'
events=%s
buffer_size=%d
startsecs=0
"""

MANY = """
[program:many]
command=/bin/sleep 1000
process_name=%%(program_name)s_%%(process_num)03d
numprocs=%d
startsecs=0
""" % PROGRAMS

WRITER = """
[program:writer]
command=%s %s/numbered.py %%(here)s
stdout_capture_maxbytes=1MB
stdout_logfile=NONE
startsecs=0
autostart=false
""" % (PYTHON, HERE)


def listener(command, events):
    return LISTENER % (PYTHON, HERE, command, events, ROOM)


@tap.case("%d programs start before the listener says READY: it gets all of their events" % PROGRAMS)
def start_up():
    with Daemon(listener("recorder.py %(here)s/events", "PROCESS_STATE") + MANY) as daemon:
        connection = daemon.connect()

        def all_run():
            log = connection.events_since(types=["PROCESS_STATE"])
            of_many = [(a[0], a[5], a[6]) for _, a in log if a[4] == "many"]
            return of_many if [s for _, _, s in of_many].count("RUNNING") == PROGRAMS else None
        logged = processes.wait_for(all_run, "%d programs to run" % PROGRAMS)
        tap.same(len(logged), 2 * PROGRAMS, "STARTING and RUNNING of each")
        tap.check(not os.path.exists(daemon.file("events")), "an event before READY")
        daemon.write("go", "")

        def delivered():
            got = [e for e in daemon.json_lines("events") if "groupname:many " in e["payload"]]
            return got if len(got) >= 2 * PROGRAMS else None
        got = processes.wait_for(delivered, "%d events" % (2 * PROGRAMS))
        tap.same([int(e["headers"]["serial"]) for e in got], [serial for serial, _, _ in logged])
        tap.same([e["payload"].split()[0] for e in got],
                 ["processname:" + process for _, process, _ in logged])


def memory(pid):
    """Bytes that the process has in memory."""
    with open("/proc/%d/statm" % pid, encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@tap.case("a backlog of %d events: in order, none twice, and the host does not grow" % BACKLOG)
def backlog():
    with Daemon(listener("tally.py %(here)s/tally", "PROCESS_COMMUNICATION") + WRITER) as daemon:
        connection = daemon.connect()
        daemon.write("first", "0")
        daemon.write("goal", str(BACKLOG))
        host = daemon.wait_helper("busvisor-listener-host")
        before = memory(host)
        tap.same(daemon.ctl("start", "writer").returncode, 0)
        processes.wait_for(lambda: connection.get(ROOT, EVENTS, "NextSerial") > BACKLOG, "events")
        daemon.write("go", "")
        held = []

        def delivered():
            values = connection.get_all(pool_path("late"), POOL)
            held.append(values["Queued"] + values["InHand"])
            return daemon.read("tally").count("\n") >= BACKLOG
        processes.wait_for(delivered, "%d events" % BACKLOG)
        tap.check(max(held) <= ROOM, "%d events in the host" % max(held))
        tally = [line.split() for line in daemon.read("tally").splitlines()]
        tap.same([int(number) for _, number, _ in tally], list(range(BACKLOG)))
        grown = memory(host) - before
        tap.diagnostics("the host has grown by %d bytes" % grown)
        if not processes.is_sanitized(host):
            tap.check(grown < GROWTH_BYTES, "the host has grown by %d bytes" % grown)


@tap.case("room for one: an event that is refused again and again waits apart, others go on")
def refused():
    with Daemon(listener("recorder.py %(here)s/events refuse 2", "REMOTE_COMMUNICATION").replace(
            "buffer_size=%d" % ROOM, "buffer_size=1")) as daemon:
        connection = daemon.connect()
        serials = [connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("x", b""))[0]
                   for _ in range(4)]
        daemon.write("go", "")
        processes.wait_for(lambda: daemon.read("events").count("\n") >= 6, "six deliveries")
        got = [int(json.loads(line)["headers"]["serial"])
               for line in daemon.read("events").splitlines()]
        tap.same(got, [serials[0], *serials, serials[0]])


tap.run()
