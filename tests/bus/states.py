"""The exact sequence of state changes, for each way in which a process can start and end."""

import tap
from busvisor import Daemon
from bus import EVENTS, MANAGER, PROCESS, PROPERTIES, ROOT, process_path

PROGRAMS = """
[program:good]
command=/bin/true
autostart=false
autorestart=false
startsecs=0

[program:restarted]
command=/bin/sh -c 'test -e %(here)s/second && exec sleep 1000; touch %(here)s/second; exit 1'
autostart=false
autorestart=unexpected
startsecs=0

[program:expected]
command=/bin/sh -c 'exit 3'
autostart=false
autorestart=unexpected
exitcodes=0,3
startsecs=0

[program:sleeper]
command=/bin/sleep 1000
autostart=false
autorestart=false
startsecs=0

[program:hasty]
command=/bin/true
autostart=false
startsecs=1
startretries=1

[program:stubborn]
command=/bin/sh -c 'trap "" TERM; touch %(here)s/trapped; while :; do sleep 0.1; done'
autostart=false
autorestart=false
startsecs=0
stopwaitsecs=1
killasgroup=true

[program:lost]
command=/nonexistent/program
autostart=true
startretries=0

[program:patient]
command=/bin/true
autostart=false
startsecs=1
startretries=20
"""

RUNS = ["STARTING", "RUNNING"]


def facts(change):
    """What the change tells of an end."""
    return {k: v[1] for k, v in change.extras.items() if k != "asked_by"}


def who_asked(change):
    return change.extras.get("asked_by", (None, None))[1]


def check_chain(changes):
    """Each change begins in the state where the one before it ended."""
    for before, after in zip(changes, changes[1:]):
        tap.same(after.from_state, before.state, "from_state")


@tap.case("exit 0")
def exit_0():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("good")
        changes = connection.wait_changes(RUNS + ["EXITED"], "good")
        check_chain(changes)
        tap.same(changes[0].from_state, "STOPPED")
        tap.same([c.expected for c in changes], [False, False, True])
        tap.same(facts(changes[2]), {"exit_code": 0})
        tap.check(changes[1].pid > 0, "RUNNING has no pid")
        tap.same(changes[2].pid, changes[1].pid, "pid of the ended process")
        values = connection.get_all(process_path("good"), PROCESS)
        tap.same((values["State"], values["Pid"], values["ExitStatus"]), ("EXITED", 0, 0))


@tap.case("changes tell who has asked for them, and which nobody has asked for")
def asked_by():
    with Daemon(PROGRAMS) as daemon:
        one, other = daemon.connect(), daemon.connect()
        name = one.unique_name
        one.start("restarted")
        changes = one.wait_changes(RUNS + ["EXITED"] + RUNS, "restarted")
        tap.same([who_asked(c) for c in changes], [name, name, None, None, None])
        other.call(ROOT, MANAGER, "Restart", "ast", (["restarted"], 0))
        changes = one.wait_changes(RUNS + ["EXITED"] + RUNS + ["STOPPING", "STOPPED"] + RUNS,
                                   "restarted")
        tap.same({who_asked(c) for c in changes[5:]}, {other.unique_name})
        logged = one.events_since(changes[5].serial - 1, ["PROCESS_STATE"])
        tap.same([value[11]["asked_by"][1] for _, value in logged[:4]], [other.unique_name] * 4)


@tap.case("an unexpected exit is followed by a restart")
def restart_after_exit_1():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("restarted")
        changes = connection.wait_changes(RUNS + ["EXITED"] + RUNS, "restarted")
        check_chain(changes)
        tap.same(changes[2].expected, False)
        tap.same(facts(changes[2]), {"exit_code": 1})
        tap.check(changes[4].pid not in (0, changes[1].pid), "no new process")
        values = connection.get_all(process_path("restarted"), PROCESS)
        tap.same((values["State"], values["NRestarts"]), ("RUNNING", 1))
        tap.same(values["Pid"], changes[4].pid)


@tap.case("an exit code in exitcodes is expected and not followed by a restart")
def expected_exit_code():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("expected")
        changes = connection.wait_changes(RUNS + ["EXITED"], "expected")
        tap.same((changes[2].expected, facts(changes[2])), (True, {"exit_code": 3}))
        tap.same(connection.get(process_path("expected"), PROCESS, "ExitStatus"), 3)


@tap.case("killed by a signal")
def killed():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("sleeper")
        connection.wait_changes(RUNS, "sleeper")
        connection.call(process_path("sleeper"), PROCESS, "Signal", "s", ("KILL",))
        changes = connection.wait_changes(RUNS + ["EXITED"], "sleeper")
        tap.same((changes[2].expected, facts(changes[2])), (False, {"term_signal": 9}))
        values = connection.get_all(process_path("sleeper"), PROCESS)
        tap.same((values["ExitStatus"], values["TermSignal"]), (-1, 9))
        daemon.wait_log(r"WARN exited: sleeper \(terminated by SIGKILL; not expected\)$")


@tap.case("too quick until FATAL")
def too_quick():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("hasty")
        changes = connection.wait_changes(["STARTING", "BACKOFF", "STARTING", "BACKOFF", "FATAL"],
                                          "hasty")
        check_chain(changes)
        tap.same([c.tries for c in changes[:4]], [0, 1, 1, 2], "tries")
        values = connection.get_all(process_path("hasty"), PROCESS)
        tap.same(values["SpawnError"], "Exited too quickly (process log may have details)")
        tap.same((values["State"], values["Pid"]), ("FATAL", 0))
        daemon.wait_log(r"INFO gave up: hasty entered FATAL state, "
                        r"too many start retries too quickly$")


@tap.case("stopped by request")
def stop_request():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("sleeper")
        connection.wait_changes(RUNS, "sleeper")
        connection.call(process_path("sleeper"), PROCESS, "Stop", "t", (0,))
        changes = connection.wait_changes(RUNS + ["STOPPING", "STOPPED"], "sleeper")
        check_chain(changes)
        tap.same({c.pid for c in changes[1:]}, {changes[1].pid}, "pids")
        tap.same(facts(changes[3]), {"term_signal": 15})


@tap.case("SIGKILL for what does not stop in time")
def escalation():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("stubborn")
        connection.wait_changes(RUNS, "stubborn")
        daemon.wait_file("trapped")
        connection.call(process_path("stubborn"), PROCESS, "Stop", "t", (0,))
        changes = connection.wait_changes(RUNS + ["STOPPING", "STOPPED"], "stubborn")
        tap.same(facts(changes[3]), {"term_signal": 9})
        daemon.wait_log(r"WARN killing 'stubborn' \(%d\) with SIGKILL$" % changes[3].pid)


@tap.case("a program that does not exist")
def not_found():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        daemon.wait_log(r"INFO gave up: lost entered FATAL state")
        changes = [args for member, args in connection.events_since()
                   if member == "ProcessStateChanged" and args[5] == "lost"]
        tap.same([(c[6], c[7], c[8]) for c in changes],
                 [("STARTING", "STOPPED", 0), ("BACKOFF", "STARTING", 0),
                  ("FATAL", "BACKOFF", 0)])
        tap.same(connection.get(process_path("lost"), PROCESS, "SpawnError"),
                 "can't find command '/nonexistent/program'")
        daemon.wait_log(r"INFO spawnerr: can't find command '/nonexistent/program'$")


@tap.case("stopped between two attempts")
def stop_in_backoff():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("patient")
        connection.wait_signal(lambda s: s.member == "ProcessStateChanged" and
                               s.body[5:8] == ("patient", "BACKOFF", "STARTING") and
                               s.body[9] == 2, "the second BACKOFF")
        connection.call(process_path("patient"), PROCESS, "Stop", "t", (0,))
        last = connection.wait_state("STOPPED", "patient")
        tap.same((last.from_state, last.pid), ("BACKOFF", 0))


@tap.case("serials are consecutive, and previous is the serial before")
def serials():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for name in ("good", "sleeper", "hasty"):
            connection.start(name)
        connection.wait_state("FATAL", "hasty")
        following = connection.get(ROOT, EVENTS, "NextSerial")
        events = [s.body for s in connection.signals if s.interface == EVENTS]
        tap.check(len(events) >= 10, "too few signals")
        for before, after in zip(events, events[1:]):
            tap.same((after[0], after[1]), (before[0] + 1, before[0]), "serial and previous")
            tap.check(after[3] >= before[3], "the monotonic time goes back")
        tap.same(following, events[-1][0] + 1)


@tap.case("the event log answers what the signals told")
def log_agrees():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("good")
        connection.wait_state("EXITED", "good")
        first = connection.changes("good")[0]
        logged = [tuple(args) for member, args in connection.events_since(first.serial - 1)
                  if member == "ProcessStateChanged"]
        signalled = [tuple(c) for c in connection.changes() if c.serial >= first.serial]
        tap.same([l[0:1] + l[2:] for l in logged], [s[0:1] + s[2:] for s in signalled])
        exits = connection.events_since(0, ["PROCESS_STATE_EXITED"])
        tap.same([args[5] for _, args in exits], ["good"])


def announced(connection, name):
    """All values of properties of a process that were announced, in order: (property, value)."""
    bodies = [s.body for s in connection.signals if s.path == process_path(name) and
              s.interface == PROPERTIES and s.member == "PropertiesChanged"]
    tap.same([b for b in bodies if b[0] != PROCESS or b[2]], [], "other announcements")
    return [(key, value[1]) for body in bodies for key, value in body[1].items()]


def is_subsequence(part, whole):
    rest = iter(whole)
    return all(value in rest for value in part)


@tap.case("PropertiesChanged tells where a process came to rest, perhaps not every step")
def properties_changed():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("restarted")
        changes = connection.wait_changes(RUNS + ["EXITED"] + RUNS, "restarted")
        connection.wait_signal(lambda _: ("Pid", changes[4].pid) in
                               announced(connection, "restarted"), "the pid to be announced")
        connection.start("good")
        connection.wait_signal(lambda _: ("State", "EXITED") in announced(connection, "good"),
                               "EXITED to be announced")
        connection.sync()
        for name, at_rest in (("restarted", "RUNNING"), ("good", "EXITED")):
            states = [v for k, v in announced(connection, name) if k == "State"]
            tap.same(states[-1], at_rest)
            tap.check(is_subsequence(states, [c.state for c in connection.changes(name)]), states)
        tap.check(("NRestarts", 1) in announced(connection, "restarted"), "NRestarts")


tap.run()
