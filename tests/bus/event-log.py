"""EventsSince and Subscribe: what can be read again, by whom, and in which portions."""

import tap
from busvisor import Daemon
from bus import EVENTS, MANAGER, PROCESS, ROOT, process_path

PROGRAMS = """
[program:job]
command=/bin/true
autostart=false
autorestart=false
startsecs=0

[program:other]
command=/bin/true
autostart=false
autorestart=false
startsecs=0
"""

INVALID = "org.freedesktop.DBus.Error.InvalidArgs"


def page(connection, after=0, types=(), limit=0):
    """(oldest, next, run id, events), the events as (member, arguments)."""
    reply = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (after, list(types), limit))
    return reply[:3] + ([(member, value[1]) for member, value in reply[3]],)


def run_jobs(connection):
    for name in ("job", "other"):
        connection.call(process_path(name), PROCESS, "Start", "t", (0,))
        connection.wait_state("EXITED", name)


@tap.case("everything from the start of the daemon, in order")
def everything():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_jobs(connection)
        oldest, following, run_id, events = page(connection)
        tap.same(run_id, connection.get(ROOT, MANAGER, "RunId"))
        tap.same([args[0] for _, args in events], list(range(oldest, following)))
        members = [member for member, _ in events]
        tap.same(members[:3], ["ProcessGroupAdded", "ProcessGroupAdded", "SupervisorStateChanged"])
        tap.same([args[4] for _, args in events[:3]], ["job", "other", "RUNNING"])
        tap.same(members.count("ProcessStateChanged"), 6)


@tap.case("only some types")
def types():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_jobs(connection)
        exits = page(connection, 0, ["PROCESS_STATE_EXITED"])[3]
        tap.same([args[5:7] for _, args in exits], [("job", "EXITED"), ("other", "EXITED")])
        both = page(connection, 0, ["PROCESS_GROUP", "PROCESS_STATE_RUNNING"])[3]
        tap.same([member for member, _ in both],
                 ["ProcessGroupAdded"] * 2 + ["ProcessStateChanged"] * 2)


@tap.case("in portions")
def portions():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        run_jobs(connection)
        _, following, _, everything = page(connection)
        found, after = [], 0
        while True:
            events = page(connection, after, (), 2)[3]
            if not events:
                break
            tap.check(len(events) <= 2, "more than was asked for")
            found += [args[0] for _, args in events]
            after = found[-1]
        wanted = [args[0] for _, args in everything]
        tap.same(found[:len(wanted)], wanted)
        # A "next" that is not reached has nothing to answer, and is no error.
        tap.same(page(connection, following + 1000)[3], [])


@tap.case("a type that does not exist is refused")
def unknown_type():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        error = connection.call_error(ROOT, EVENTS, "EventsSince", "tasu", (0, ["NOTHING"], 0))
        tap.same(error, INVALID)
        error = connection.call_error(ROOT, EVENTS, "Subscribe", "as", (["TICK", "NOTHING"],))
        tap.same(error, INVALID)


@tap.case("Subscribe, twice, and Unsubscribe, twice")
def subscribe():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for kinds in (["PROCESS_LOG"], ["EVENT"], []):
            connection.call(ROOT, EVENTS, "Subscribe", "as", (kinds,))
        for _ in range(2):
            connection.call(ROOT, EVENTS, "Unsubscribe")
        # What is broadcast comes as before.
        run_jobs(connection)


tap.run()
