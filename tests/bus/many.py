"""A few hundred programs at once, and listener pools."""

import processes
import tap
from busvisor import Daemon
from bus import EVENTS, MANAGER, NAME, NO_WAIT, OBJECT_MANAGER, ROOT

N = 300
LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
PROGRAMS = """
[program:sleep]
command=/bin/sleep 1000
process_name=%%(process_num)04d
numprocs=%d
autostart=false
startsecs=0
""" % N


def listed(connection):
    return connection.call(ROOT, MANAGER, "ListProcesses")[0]


@tap.case("start and stop of %d programs, each with its signals" % N)
def start_and_stop():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        results = connection.call(ROOT, MANAGER, "Start", "ast", (["all"], 0))[0]
        tap.same((len(results), {r[2] for r in results}), (N, {""}))
        running = listed(connection)
        tap.same({p[3] for p in running}, {"RUNNING"})
        pids = {p[4] for p in running}
        tap.same(len(pids), N)
        tap.same(pids - set(processes.children(daemon.process.pid)), set())
        results = connection.call(ROOT, MANAGER, "Stop", "ast", (["all"], 0))[0]
        tap.same((len(results), {r[2] for r in results}), (N, {""}))
        tap.same({(p[3], p[4]) for p in listed(connection)}, {("STOPPED", 0)})
        tap.same(pids & set(processes.children(daemon.process.pid)), set())
        tap.same(len(connection.changes()), 4 * N)
        serials = [s.body[0] for s in connection.signals if s.interface == EVENTS]
        tap.same(serials, list(range(serials[0], serials[0] + len(serials))))


@tap.case("the log of events answers in pages what the signals told")
def pages():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.call(ROOT, MANAGER, "Start", "ast", (["sleep:*"], 0))
        changes = connection.changes()
        found, after = [], changes[0].serial - 1
        while True:
            page = connection.call(ROOT, EVENTS, "EventsSince", "tasu",
                                   (after, ["PROCESS_STATE_RUNNING"], 64))[3]
            if not page:
                break
            tap.check(len(page) <= 64, "a page of %d" % len(page))
            found += [value[1][0] for _, value in page]
            after = found[-1]
        tap.same(found, [c.serial for c in changes if c.state == "RUNNING"])


@tap.case("an end while they are all starting")
def end_at_once():
    with Daemon(PROGRAMS.replace("startsecs=0", "startsecs=5")) as daemon:
        connection = daemon.connect()
        connection.call(ROOT, MANAGER, "Start", "ast", (["all"], NO_WAIT))
        connection.call(ROOT, MANAGER, "Shutdown")
        tap.same(daemon.wait_end(), 0)


# More than the calls that one connection may have under way on a bus with the usual limits.
N_POOLS = 160
# A listener of one line: the event that it waits for has no payload.
LISTENER = """
[eventlistener:pool%03d]
command=/bin/sh -c 'while echo READY; do read line; echo "$line" >> %%(here)s/got; printf "RESULT 2\\nOK"; done'
events=SUPERVISOR_STATE_CHANGE_RUNNING
startsecs=0
stderr_logfile=NONE
stdout_logfile=NONE
"""


@tap.case("%d listener pools get the same event, and none has to ask for it twice" % N_POOLS)
def pools():
    with Daemon("".join(LISTENER % i for i in range(N_POOLS))) as daemon:
        processes.wait_for(lambda: daemon.read("got").count("\n") >= N_POOLS, "the events")
        got = [dict(token.split(":") for token in line.split())
               for line in daemon.read("got").splitlines()]
        tap.same(sorted(e["pool"] for e in got), ["pool%03d" % i for i in range(N_POOLS)])
        tap.same(len({e["serial"] for e in got}), 1)
        tap.check("pending replies" not in daemon.read("main.log"), "a limit of the bus was hit")


@tap.case("what would be too long for the bus is refused, and does not cost the daemon its connection")
def too_long():
    long = PROGRAMS.replace("numprocs=%d" % N, "numprocs=4000")
    long = long.replace("sleep 1000", "sleep " + 3500 * "0" + "1000")
    with Daemon(long) as daemon:
        connection = daemon.connect()
        owner = connection.call_bus("GetNameOwner", "s", (NAME,))
        tap.same(connection.call_error(ROOT, OBJECT_MANAGER, "GetManagedObjects"), LIMITS)
        tap.same(connection.call_error(ROOT, MANAGER, "DescribeConfigurations"), LIMITS)
        tap.same(len(connection.call(ROOT, MANAGER, "ListConfigurations")[0]), 4000)
        tap.same(connection.call_bus("GetNameOwner", "s", (NAME,)), owner)


@tap.case("long names by the thousand are too much for lists and results, too")
def long_names():
    program = PROGRAMS.replace("program:sleep", "program:" + 4000 * "s")
    program = program.replace("numprocs=%d" % N, "numprocs=4000").replace("sleep 1000", "true")
    program = program.replace("process_name=", "stdout_logfile=NONE\nstderr_logfile=NONE\nprocess_name=")
    with Daemon(program) as daemon:
        connection = daemon.connect()
        owner = connection.call_bus("GetNameOwner", "s", (NAME,))
        for member in ("ListProcesses", "ListUsage", "ListLogs", "ListConfigurations"):
            tap.same(connection.call_error(ROOT, MANAGER, member), LIMITS, member)
        # It is done all the same.
        tap.same(connection.call_error(ROOT, MANAGER, "ClearLogs", "as", (["all"],)), LIMITS)
        tap.same(len(connection.call(ROOT, MANAGER, "ListGroups")[0]), 1)
        tap.same(connection.call_bus("GetNameOwner", "s", (NAME,)), owner)


@tap.case("what is not too long is told of, of thousands of programs")
def long_enough():
    with Daemon(PROGRAMS.replace("numprocs=%d" % N, "numprocs=4000")) as daemon:
        connection = daemon.connect()
        tap.check(len(connection.call(ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]) > 4000, "few")
        tap.same(len(connection.call(ROOT, MANAGER, "DescribeConfigurations")[0]), 4000)


tap.run()
