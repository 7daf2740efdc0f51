"""Events reach real listeners, whatever dies on the way."""

import json
import os
import re
import signal

import processes
import tap
from busvisor import HERE, IDENTIFIER, PYTHON, Daemon
from bus import EVENTS, POOL, PROCESS, ROOT, pool_path, process_path
from listening import events, run_job, sections, serials, wait_events

HOST = "busvisor-listener-host"
MESSAGE_BUS = "dbus-daemon"


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)


@tap.case("a listener on Debian's childutils gets the event with the serial of the signal")
def childutils_listener():
    with Daemon(sections("childutils")) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        event = wait_events(daemon, 1)[0]
        tap.same(event["headers"], {
            "ver": "3.0", "server": IDENTIFIER, "serial": str(change.serial), "pool": "watch",
            "poolserial": event["headers"]["poolserial"], "eventname": "PROCESS_STATE_EXITED",
            "len": str(len(event["payload"]))})
        tap.same(event["payload"], "processname:job groupname:job from_state:RUNNING expected:0 "
                 "pid:%d" % change.pid)


@tap.case("the header is Supervisor's to the byte")
def header():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 3)
        got = wait_events(daemon, 3)
        for index, (event, change) in enumerate(zip(got, changes)):
            tap.same(event["line"], "ver:3.0 server:%s serial:%d pool:watch poolserial:%d "
                     "eventname:PROCESS_STATE_EXITED len:%d\n" % (
                         IDENTIFIER, change.serial, index, len(event["payload"])))


@tap.case("event_extras adds to the header, live, and leaves the payload alone")
def extras():
    with Daemon(sections("childutils", "PROCESS_STATE_EXITED,PROCESS_STATE_STOPPED")) as daemon:
        connection = daemon.connect()
        plain = run_job(connection)[0]
        wait_events(daemon, 1)
        daemon.write("supervisord.conf", daemon.sections.replace(
            "buffer_size=10\n", "buffer_size=10\nevent_extras=true\n"))
        result = daemon.ctl("update")
        tap.same((result.returncode, "watch" in result.stdout), (0, True), result.stdout)
        pid = daemon.helper(HOST)
        change = run_job(connection)[1]
        connection.call(process_path("stays"), PROCESS, "Stop", "t", (0,))
        before, exited, stopped = wait_events(daemon, 3)
        tap.same(list(before["headers"])[-1:], ["len"])
        tap.same(int(before["headers"]["serial"]), plain.serial)
        times = {"realtime": str(change.realtime), "monotonic": str(change.monotonic)}
        tap.same(dict(list(exited["headers"].items())[7:]), dict(times, exit_code="3"))
        tap.same(exited["payload"], "processname:job groupname:job from_state:RUNNING expected:0 "
                 "pid:%d" % change.pid)
        change = connection.wait_state("STOPPED", "stays")
        tap.same(dict(list(stopped["headers"].items())[7:]), {
            "term_signal": "15", "asked_by": connection.unique_name.lstrip(":"),
            "realtime": str(change.realtime), "monotonic": str(change.monotonic)})
        tap.same(daemon.helper(HOST), pid, "the host")


@tap.case("only subscribed types arrive, abstract types cover those below")
def subscription():
    with Daemon(sections(events="PROCESS_STATE,SUPERVISOR_STATE_CHANGE")) as daemon:
        connection = daemon.connect()
        run_job(connection)

        def of_job():
            got = [e for e in events(daemon) if e["payload"].startswith("processname:job ")]
            return got if len(got) >= 3 else None
        got = processes.wait_for(of_job, "the events of the job")
        tap.same([e["headers"]["eventname"] for e in got],
                 ["PROCESS_STATE_" + s for s in ("STARTING", "RUNNING", "EXITED")])
        pid = connection.changes("job")[1].pid
        tap.same([e["payload"] for e in got], [
            "processname:job groupname:job from_state:STOPPED tries:0",
            "processname:job groupname:job from_state:STARTING pid:%d" % pid,
            "processname:job groupname:job from_state:RUNNING expected:0 pid:%d" % pid])
        running = [e for e in events(daemon)
                   if e["headers"]["eventname"] == "SUPERVISOR_STATE_CHANGE_RUNNING"]
        tap.same([e["payload"] for e in running], [""])


@tap.case("TICK")
def tick():
    with Daemon(sections("childutils", events="TICK_5")) as daemon:
        connection = daemon.connect()
        event = wait_events(daemon, 1)[0]
        tap.same(event["headers"]["eventname"], "TICK_5")
        when = re.fullmatch(r"when:(\d+)", event["payload"])
        tap.check(when and int(when.group(1)) % 5 == 0, event["payload"])
        ticks = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (0, ["TICK_5"], 0))[3]
        told = {value[1][0]: value[1][5] for _, value in ticks}
        tap.same(told[int(event["headers"]["serial"])], int(when.group(1)))


@tap.case("a refused event comes again, with the same serials")
def refused():
    with Daemon(sections("refuse 2")) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 2)
        got = wait_events(daemon, 4)
        tap.same(sorted(serials(got)), sorted([changes[0].serial] * 3 + [changes[1].serial]))
        tap.same(serials(got)[:2], [changes[0].serial] * 2, "the first retry is in order")
        for event in got:
            same = [e["line"] for e in got if e["headers"]["serial"] == event["headers"]["serial"]]
            tap.same(set(same), {event["line"]}, "header of a retry")


@tap.case("answers that come byte by byte")
def partial_answers():
    with Daemon(sections("bytes")) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 4)
        tap.same(serials(wait_events(daemon, 4)), [c.serial for c in changes])


@tap.case("a listener that says other things besides is understood")
def garbage():
    with Daemon(sections("garbage")) as daemon:
        connection = daemon.connect()
        changes = run_job(connection, 3)
        tap.same(serials(wait_events(daemon, 3)), [c.serial for c in changes])


@tap.case("events that came while the listener was busy are kept in order")
def buffered():
    with Daemon(sections("hold %(here)s/go")) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_events(daemon, 1)
        changes = run_job(connection, 25)  # more than buffer_size
        tap.same(len(events(daemon)), 1)
        daemon.write("go", "")
        tap.same(serials(wait_events(daemon, 26)), [c.serial for c in changes])


@tap.case("two pools get the same event, two members share a pool's")
def pools_and_members():
    more = "numprocs=2\nprocess_name=%(process_num)d\n"
    other = """
[eventlistener:other]
command=%s %s/recorder.py %%(here)s/other
events=PROCESS_STATE_EXITED
""" % (PYTHON, HERE)
    with Daemon(sections(more=more) + other) as daemon:
        connection = daemon.connect()
        expected = [c.serial for c in run_job(connection, 6)]
        tap.same(sorted(serials(wait_events(daemon, 6))), expected)
        processes.wait_for(lambda: daemon.read("other").count("\n") == 6, "the other pool")
        got = [json.loads(line) for line in daemon.read("other").splitlines()]
        tap.same(serials(got), expected)
        tap.same({e["headers"]["pool"] for e in got}, {"other"})


@tap.case("kill -9 of a listener with an event in hand: the next one gets it")
def listener_killed():
    with Daemon(sections("hold %(here)s/go")) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        first = wait_events(daemon, 1)[0]
        stays = connection.pid("stays")
        kill(first["pid"])
        daemon.write("go", "")
        got = processes.wait_for(
            lambda: [e for e in events(daemon) if e["pid"] != first["pid"]], "a second delivery")
        tap.same(got[0]["line"], first["line"])
        # The listener's own end is an event too.
        last = run_job(connection)[-1]
        processes.wait_for(lambda: last.serial in serials(events(daemon)), "a later event")
        tap.same(serials(events(daemon))[:2], [change.serial] * 2)
        tap.same(connection.pid("stays"), stays)


@tap.case("kill -9 of the listener-host with an event in hand: it is back, the event too")
def host_killed():
    with Daemon(sections("hold %(here)s/go")) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        wait_events(daemon, 1)
        host = daemon.wait_helper(HOST)
        stays = connection.pid("stays")
        kill(host)
        daemon.write("go", "")
        tap.check(daemon.wait_helper(HOST, other_than=host) != host, "no new host")
        processes.wait_for(lambda: serials(events(daemon)).count(change.serial) >= 2,
                           "a second delivery")
        last = run_job(connection)[-1]
        processes.wait_for(lambda: last.serial in serials(events(daemon)), "a later event")
        tap.same(connection.pid("stays"), stays)
        processes.wait_for(lambda: connection.state("watch") == "RUNNING", "RUNNING")


@tap.case("kill -9 of the listener-host between two attempts: they are counted on")
def attempts_kept():
    with Daemon(sections("refuse 1000")) as daemon:
        serial = run_job(daemon.connect())[0].serial
        tried = r"event %d for pool watch \(attempt (\d+) of" % serial
        daemon.wait_log(tried, 3)
        kill(daemon.wait_helper(HOST))
        found = daemon.wait_log(tried, 4)
        tap.same([int(m.group(1)) for m in found[:3]], [1, 2, 3])
        # The last failure before the end may not have been told.
        tap.check(int(found[3].group(1)) in (3, 4), found[3].group(0))


@tap.case("kill -9 of an idle listener-host: nothing is lost")
def idle_host_killed():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_events(daemon, 1)
        host = daemon.wait_helper(HOST)
        kill(host)
        changes = run_job(connection, 3)

        def all_there():
            return {c.serial for c in changes} <= set(serials(events(daemon)))
        processes.wait_for(all_there, lambda: "%s, have %s" % (
            [c.serial for c in changes], serials(events(daemon))))


@tap.case("kill -9 of the private bus: programs are not touched, objects and listeners are back")
def bus_killed():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_events(daemon, 1)
        stays, watch = connection.pid("stays"), connection.pid("watch")
        message_bus = daemon.wait_helper(MESSAGE_BUS)
        kill(message_bus)
        daemon.wait_helper(MESSAGE_BUS, other_than=message_bus)
        connection = daemon.connect()
        tap.same((connection.pid("stays"), connection.state("stays")), (stays, "RUNNING"))
        tap.same(connection.pid("watch"), watch, "the listener was restarted")
        change = run_job(connection)[-1]
        processes.wait_for(lambda: change.serial in serials(events(daemon)), "an event")
        tap.same(len(serials(events(daemon))), len(set(serials(events(daemon)))), "repeats")


@tap.case("what happened while the bus was away reaches the listener")
def event_without_bus():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        run_job(connection)
        wait_events(daemon, 1)
        stays, message_bus = connection.pid("stays"), daemon.wait_helper(MESSAGE_BUS)
        kill(message_bus)
        kill(stays)
        got = wait_events(daemon, 2)[1]
        tap.same(got["payload"],
                 "processname:stays groupname:stays from_state:RUNNING expected:0 pid:%d" % stays)


@tap.case("at the end of the daemon the listener gets everything before it is stopped itself")
def drained():
    kinds = "PROCESS_STATE_STOPPED,SUPERVISOR_STATE_CHANGE_STOPPING"
    with Daemon(sections(events=kinds)) as daemon:
        connection = daemon.connect()
        stays = connection.pid("stays")
        processes.wait_for(lambda: connection.state("watch") == "RUNNING", "RUNNING")
        daemon.process.terminate()
        daemon.wait_end()
        tap.same([(e["headers"]["eventname"], e["payload"]) for e in events(daemon)],
                 [("SUPERVISOR_STATE_CHANGE_STOPPING", ""),
                  ("PROCESS_STATE_STOPPED", "processname:stays groupname:stays "
                   "from_state:STOPPING pid:%d" % stays)])


@tap.case("the pool is an object that tells its cursor")
def pool_object():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        change = run_job(connection)[0]
        wait_events(daemon, 1)
        path = pool_path("watch")
        values = connection.get_all(path, POOL)
        tap.same((values["Name"], values["Events"], values["BufferSize"]),
                 ("watch", ["PROCESS_STATE_EXITED"], 10))
        processes.wait_for(lambda: connection.get(path, POOL, "Cursor") >= change.serial,
                           "the cursor to pass the event")


@tap.case("only the listener-host may take listeners over")
def foreign_host():
    with Daemon(sections()) as daemon:
        connection = daemon.connect()
        for path, interface, method, signature, body in (
                (ROOT, "org.busvisor1.Manager", "AttachListenerHost", "s", ("wrong",)),
                (pool_path("watch"), POOL, "TakeListener", "st", ("watch", 1)),
                (pool_path("watch"), POOL, "Commit", "tatta(tu)a{sv}", (1000000, [], 5, [], {}))):
            error = connection.call_error(path, interface, method, signature, body)
            tap.same(error, "org.freedesktop.DBus.Error.AccessDenied", method)
        change = run_job(connection)[0]
        tap.same(serials(wait_events(daemon, 1)), [change.serial])


tap.run()
