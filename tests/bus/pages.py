"""Pages: events on their way from the log to listeners, many in one message."""

import processes
import tap
from busvisor import Daemon
from bus import EVENTS, POOL, ROOT, pool_path
from listening import events, pool, run_job, serials, wait_events

# So many events pass a pool by until it hears that they did.
QUIET = 4096

PRINTER = """
[program:printer]
command=/bin/sh -c 'i=0; while [ $i -lt %d ]; do echo "%s$i%s"; i=$((i + 1)); done'
autostart=false
startsecs=0
autorestart=false
stdout_capture_maxbytes=1MB
stdout_logfile=NONE
"""
JOB = """
[program:job]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""
BEGIN, END = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"


def printer(count):
    return PRINTER % (count, BEGIN, END)


def send(connection, data):
    return connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("big", data))[0]


def cursor(connection, name):
    return connection.get(pool_path(name), POOL, "Cursor")


@tap.case("many more events than fit in a page, each once and in order, to two pools")
def many():
    count = 1000
    both = pool("one", events="PROCESS_COMMUNICATION") + pool(
        "two", events="PROCESS_COMMUNICATION,PROCESS_STATE_EXITED")
    with Daemon(both + printer(count)) as daemon:
        daemon.connect()
        tap.same(daemon.ctl("start", "printer").returncode, 0)
        one = wait_events(daemon, count, "one")
        two = wait_events(daemon, count + 1, "two")
    numbers = [int(e["payload"].partition("\n")[2]) for e in one]
    tap.same(numbers, list(range(count)))
    tap.same(serials(two)[:count], serials(one))
    tap.same([int(e["headers"]["poolserial"]) for e in two], list(range(count + 1)))


@tap.case("events larger than a page")
def large():
    sizes = (200000, 0, 300000, 5, 131072, 900000, 7)
    with Daemon(pool(events="REMOTE_COMMUNICATION")) as daemon:
        connection = daemon.connect()
        sent = [send(connection, b"%d" % size + b"x" * size) for size in sizes]
        got = wait_events(daemon, len(sizes))
    tap.same(serials(got), sent)
    tap.same([e["payload"] for e in got], ["type:big\n%d" % s + "x" * s for s in sizes])


@tap.case("a pool that wants nothing of what happens goes on all the same, and misses nothing")
def quiet():
    count = QUIET + 500
    with Daemon(pool("watch", events="PROCESS_STATE_EXITED", more="groups=job") + JOB +
                printer(count)) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_events(daemon, 1)
        begin = cursor(connection, "watch")
        tap.same(daemon.ctl("start", "printer").returncode, 0)
        processes.wait_for(lambda: cursor(connection, "watch") > begin + QUIET / 2, "the cursor")
        tap.same(len(events(daemon)), 1)
        ended = run_job(connection)[-1]
        got = wait_events(daemon, 2)[-1]
        tap.same(int(got["headers"]["serial"]), ended.serial)
        processes.wait_for(lambda: cursor(connection, "watch") >= ended.serial, "the cursor")
        tap.check("are lost" not in daemon.read("main.log"), "it seems to have missed something")


@tap.case("only the listener-host may fetch")
def strangers():
    with Daemon(pool() + JOB) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: "took over listener watch" in daemon.read("main.log"), "a host")
        tap.same(connection.call_error(pool_path("watch"), POOL, "Fetch", "tu", (0, 1)),
                 "org.freedesktop.DBus.Error.AccessDenied")


tap.run()
