"""What a pool can be told beyond Supervisor's options: which events it gets, and how it takes what
its listeners do. All of it can be changed while they run."""

import os
import re
import signal

import processes
import tap
from busvisor import Daemon
from bus import EVENTS, NO_WAIT, PROCESS, ROOT, process_path
from listening import HOST, events, pool, run_job, sections, serials, wait_events

PROGRAMS = "".join("""
[program:%s]
command=/bin/sh -c 'exit %d'
exitcodes=0
autostart=false
autorestart=false
startsecs=0
""" % (name, status) for name, status in (("web_1", 0), ("web_2", 3), ("mail", 0), ("last", 3)))


STAYS = """
[program:stays]
command=/bin/sleep 1000
startsecs=0
"""


def run_all(connection):
    """The four of PROGRAMS to their ends; the serials of these by name."""
    ends = {}
    for name in ("web_1", "web_2", "mail", "last"):
        connection.start(name)
        ends[name] = connection.wait_state("EXITED", name).serial
    return ends


def assert_gets(daemon, connection, names, pool_name="watch"):
    """That the pool is told of the ends of these alone; "last" is among them."""
    known = len(events(daemon, pool_name))
    ends = run_all(connection)
    got = wait_events(daemon, known + len(names), pool_name)[known:]
    tap.same(serials(got), [ends[name] for name in names], pool_name)


@tap.case("a pool gets the events of the processes, groups and exits that it asks for")
def filters():
    pools = (("processes", "processes=web_*,last", ["web_1", "web_2", "last"]),
             ("named", "processes=last:last,mail:*", ["mail", "last"]),
             ("groups", "groups=mail,[kl]ast", ["mail", "last"]),
             ("unexpected", "expected=false", ["web_2", "last"]),
             ("all", "", ["web_1", "web_2", "mail", "last"]))
    with Daemon(PROGRAMS + "".join(pool(p[0], more=p[1]) for p in pools)) as daemon:
        connection = daemon.connect()
        ends = run_all(connection)
        for name, _, wanted in pools:
            tap.same(serials(wait_events(daemon, len(wanted), name)), [ends[w] for w in wanted],
                     name)


@tap.case("what is filtered out counts as done: it holds up no cursor, no end, and costs no number")
def filtered_out():
    with Daemon(PROGRAMS + pool(more="processes=last")) as daemon:
        connection = daemon.connect()
        run_all(connection)
        run_all(connection)
        got = wait_events(daemon, 2)
        tap.same([e["headers"]["poolserial"] for e in got], ["0", "1"])
        daemon.process.terminate()
        daemon.wait_end()
        tap.check("before it has answered" not in daemon.read("main.log"), "the pool was behind")


@tap.case("filters change while the listener runs")
def filters_live():
    with Daemon(PROGRAMS + pool(more="processes=web_1,last")) as daemon:
        connection = daemon.connect()
        assert_gets(daemon, connection, ["web_1", "last"])
        pid = connection.pid("watch")
        daemon.configure(PROGRAMS + pool(more="expected=false"))
        tap.same(daemon.ctl("update").returncode, 0)
        assert_gets(daemon, connection, ["web_2", "last"])
        tap.same(connection.pid("watch"), pid, "the listener")


@tap.case("a listener gets events when it is READY; with protocol=strict when it is RUNNING too")
def only_when_running():
    with Daemon(sections(more="startsecs=1000\nprotocol=strict") +
                pool("eager", more="startsecs=1000")) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        tap.same(serials(wait_events(daemon, 1, "eager")), [change.serial])
        daemon.wait_log("watch: ACKNOWLEDGED -> READY")
        tap.same((connection.state("watch"), events(daemon)), ("STARTING", []))
        pid = connection.pid("watch")
        daemon.write("supervisord.conf", daemon.sections.replace("startsecs=1000\nprotocol=strict",
                                                                 "startsecs=1000"))
        tap.same(daemon.ctl("update").returncode, 0)
        tap.same(serials(wait_events(daemon, 1)), [change.serial])
        tap.same((connection.state("watch"), connection.pid("watch")), ("STARTING", pid))


@tap.case("protocol=strict: a listener that becomes RUNNING gets what has waited for that")
def becomes_running():
    with Daemon(sections(more="startsecs=1\nprotocol=strict")) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        tap.same(serials(wait_events(daemon, 1)), [change.serial])
        tap.same(connection.state("watch"), "RUNNING")
        # Another host learns of it when it attaches; the listener of another run becomes RUNNING.
        host = daemon.wait_helper(HOST)
        os.kill(host, signal.SIGKILL)
        daemon.wait_helper(HOST, other_than=host)
        changes = run_job(connection)
        processes.wait_for(lambda: changes[-1].serial in serials(events(daemon)), "the event")


@tap.case("a listener that is being stopped gets nothing any more")
def stopping():
    more = "PROCESS_STATE_STOPPING"
    stubborn = pool("watch", "stubborn", more, "stopwaitsecs=2\nnumprocs=2\n"
                    "process_name=%(program_name)s_%(process_num)d")
    with Daemon(stubborn + STAYS) as daemon:
        connection = daemon.connect()
        for name in ("watch_0", "watch_1"):
            processes.wait_for(lambda: connection.state("watch", name) == "RUNNING", name)
            daemon.wait_log("%s: ACKNOWLEDGED -> READY" % name)
        connection.call(process_path("watch", "watch_0"), PROCESS, "Stop", "t", (NO_WAIT,))
        pid = connection.wait_state("STOPPING", "watch", "watch_0").pid
        connection.call(process_path("stays"), PROCESS, "Stop", "t", (NO_WAIT,))
        got = wait_events(daemon, 2)
        tap.same([e["pid"] == pid for e in got], [False, False], "who got events")


def states(connection, name):
    return [c.state for c in connection.changes(name)]


@tap.case("event_timeout: a listener that does not answer is restarted, and its event comes again")
def event_timeout():
    with Daemon(sections("hang %(here)s/hung", more="event_timeout=1")) as daemon:
        connection = daemon.connect()
        processes.wait_for(lambda: connection.state("watch") == "RUNNING", "RUNNING")
        stays = connection.pid("stays")
        change = run_job(connection)[0]
        daemon.wait_file("hung")
        later = run_job(connection)[-1]
        first, second, third = wait_events(daemon, 3)
        tap.same(serials([first, second, third]), [change.serial, change.serial, later.serial])
        tap.same(second["line"], first["line"], "the retry")
        tap.check(second["when"] - first["when"] >= 1, "it had less than a second")
        tap.check(first["pid"] != second["pid"] == third["pid"], "who got them")
        daemon.wait_log(r"WARN \S+ pool watch: listener watch has not answered event %d within 1 s, "
                        "and is restarted" % change.serial)
        tap.same(attempts(daemon), ["1 of 10"])
        daemon.wait_log(r"\(attempt 1 of 10: no answer within 1 s\)")
        # That is no failure.
        wanted = ["RUNNING", "STOPPING", "STOPPED", "STARTING", "RUNNING"]
        processes.wait_for(lambda: connection.state("watch") == "RUNNING" and
                           states(connection, "watch")[-5:] == wanted,
                           lambda: "%s, are %s" % (wanted, states(connection, "watch")))
        tap.same(connection.pid("stays"), stays)


@tap.case("event_timeout: an answer that comes before the end of the listener counts")
def late_answer():
    with Daemon(sections("late %(here)s/hung", more="event_timeout=1\nautorestart=true")) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 2)
        first, second = wait_events(daemon, 2)
        tap.same(serials([first, second]), [c.serial for c in changes])
        tap.check(first["pid"] != second["pid"], "it was not restarted")
        daemon.wait_log("INFO .* has answered event %d after all" % changes[0].serial)


@tap.case("event_timeout: nothing but the end of its process takes an event from a listener")
def unwilling():
    more = "event_timeout=1\nstopwaitsecs=2"
    with Daemon(sections("unwilling %(here)s/hung", more=more)) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        first, second = wait_events(daemon, 2)
        tap.same(serials([first, second]), [change.serial] * 2)
        tap.check(second["when"] - first["when"] >= 3, "the event was in two hands")
        daemon.wait_log("killing 'watch'")


def attempts(daemon):
    return re.findall(r"rebuffering event \d+ for pool watch \(attempt (.*?):",
                      daemon.read("main.log"))


@tap.case("max_attempts: after so many deliveries an event is given up, with its last reason")
def max_attempts():
    with Daemon(sections("refuse 1000", more="max_attempts=2")) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 2)
        daemon.wait_log("gives up event", 2)
        tap.same(serials(wait_events(daemon, 4)), [changes[0].serial] * 2 + [changes[1].serial] * 2)
        tap.same(attempts(daemon), ["1 of 2"] * 2)
        for change in changes:
            daemon.wait_log(r"ERRO \S+ pool watch gives up event %d \(PROCESS_STATE_EXITED\) after 2 "
                            r"attempts, the last by watch: the result is not OK" % change.serial)
        daemon.write("supervisord.conf", daemon.sections.replace("max_attempts=2",
                                                                 "max_attempts=0"))
        tap.same(daemon.ctl("update").returncode, 0)
        change = run_job(connection)[-1]
        got = wait_events(daemon, 7)
        tap.same(serials(got)[4:7], [change.serial] * 3)
        tap.same(attempts(daemon)[2:4], ["1", "2"], "attempts without a limit")


@tap.case("payload_length: len counts characters, or bytes")
def payload_length():
    pools = (pool("watch", events="REMOTE_COMMUNICATION") +
             pool("octets", "octets", "REMOTE_COMMUNICATION", "payload_length=bytes"))
    with Daemon(pools) as daemon:
        connection = daemon.connect()
        for text in ("caf\u00e9", "\u20ac\u20ac"):
            connection.call(ROOT, EVENTS, "SendRemoteCommunication", "say", ("t", text.encode()))
        for name, lengths in (("watch", ["11", "9"]), ("octets", ["12", "13"])):
            got = wait_events(daemon, 2, name)
            tap.same([e["payload"] for e in got], ["type:t\ncaf\u00e9", "type:t\n\u20ac\u20ac"])
            tap.same([e["headers"]["len"] for e in got], lengths, name)


tap.run()
