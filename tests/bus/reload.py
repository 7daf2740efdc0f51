"""Reading the configuration again: what changes is changed, everything else is left alone."""

import json
import os
import re
import signal

import processes
import tap
from busvisor import HEAD, HERE, PYTHON, Daemon
from bus import (ERROR, EVENTS, GROUP, MANAGER, NO_WAIT, OBJECT_MANAGER, POOL, PROCESS, PROPERTIES,
                 ROOT, BusError, group_path, pool_path, process_path)

STAYS = """
[program:stays]
command=/bin/sleep 1000
startsecs=0
"""


def program(name, more="", command="/bin/sleep 1000"):
    return "\n[program:%s]\ncommand=%s\nstartsecs=0\n%s\n" % (name, command, more)


def pool(name="watch", events="PROCESS_STATE_EXITED", more="", file="events", mode=""):
    return """
[eventlistener:%s]
command=%s %s/recorder.py %%(here)s/%s %s
events=%s
%s
""" % (name, PYTHON, HERE, file, mode, events, more)


JOB = program("job", "autostart=false\nautorestart=false", "/bin/sh -c 'exit 3'")


def plan(connection):
    """The token, and the steps without their reasons."""
    token, steps = connection.call(ROOT, MANAGER, "PlanReload")
    for step in steps:
        tap.check(step[3], "a step without a reason")
    return token, [(s[0], s[1], s[2], s[4]) for s in steps]


def apply(connection, token, groups=(), flags=0):
    return connection.call(ROOT, MANAGER, "ApplyReload", "sast", (token, list(groups), flags))[0]


def update(connection, groups=()):
    return apply(connection, plan(connection)[0], groups)


def running(daemon, *programs):
    """A connection to a daemon whose programs are RUNNING."""
    connection = daemon.connect()
    for name in programs:
        group, _, process = name.partition(":")
        processes.wait_for(lambda: connection.state(group, process or group) == "RUNNING", name)
    return connection


def members(connection, *names):
    """The bodies of the signals of these names so far, in order, with the names."""
    return [(s.member, s.path, s.body) for s in connection.signals if s.member in names]


def group_events(connection):
    return [(s.member, s.body[4]) for s in connection.signals
            if s.member in ("ProcessGroupAdded", "ProcessGroupRemoved")]


def recorded(daemon, file="events"):
    return daemon.json_lines(file)


def wait_recorded(daemon, count, file="events"):
    return processes.wait_for(lambda: len(recorded(daemon, file)) >= count and
                              recorded(daemon, file), "%d events in %s" % (count, file))


def end_job(connection):
    connection.start("job")
    processes.wait_for(lambda: connection.state("job") == "EXITED", "the end of the job")


@tap.case("a plan without differences, and applying it does nothing")
def nothing():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        pid = connection.pid("stays")
        connection.sync()
        seen = len(connection.signals)
        token, steps = plan(connection)
        tap.same(steps, [])
        tap.same(apply(connection, token), [])
        connection.sync()
        tap.same(connection.signals[seen:], [])
        tap.same(connection.pid("stays"), pid)


@tap.case("a changed program is restarted, an unchanged one keeps its pid and has no event")
def restart():
    with Daemon(STAYS + program("web")) as daemon:
        connection = running(daemon, "stays", "web")
        pids = connection.pid("stays"), connection.pid("web")
        daemon.configure(STAYS, program("web", "environment=A=\"1\"", "/bin/sleep 2000"))
        token, steps = plan(connection)
        tap.same(steps, [("process-restart", "web", "web", ["environment", "command"])])
        connection.sync()
        seen = len(connection.signals)
        tap.same(apply(connection, token), [("web", "web", "", "")])
        daemon.wait_log("INFO update: web:web is restarted for: environment, command$")
        connection.sync()
        states = [(s.body[5], s.body[6]) for s in connection.signals[seen:]
                  if s.member == "ProcessStateChanged"]
        tap.same(states, [("web", s) for s in ("STOPPING", "STOPPED", "STARTING", "RUNNING")])
        tap.check(not [s for s in connection.signals[seen:] if s.path == process_path("stays")],
                  "something was said of what stays")
        tap.same(group_events(connection), [])
        tap.same(connection.pid("stays"), pids[0])
        tap.check(connection.pid("web") not in (0, pids[1]), "it was not restarted")
        tap.same(connection.get(process_path("web"), PROCESS, "Command"), "/bin/sleep 2000")
        changed = connection.wait_signal(lambda s: s.path == process_path("web") and
                                         s.member == "PropertiesChanged" and "Command" in s.body[1],
                                         "the changed command")
        tap.same(changed.body[1]["Command"], ("s", "/bin/sleep 2000"))
        tap.same(plan(connection)[1], [])


@tap.case("live options apply without a restart")
def live():
    with Daemon(program("web", "stopsignal=TERM\npriority=5")) as daemon:
        connection = running(daemon, "web")
        pid = connection.pid("web")
        daemon.configure(program("web", "stopsignal=INT\npriority=7\nstdout_logfile_maxbytes=1MB"))
        token, steps = plan(connection)
        tap.same([s[0] for s in steps], ["process-live", "group-live"])
        tap.same(steps[0][3], ["priority", "stopsignal", "stdout_logfile_maxbytes"])
        apply(connection, token)
        tap.same(connection.pid("web"), pid)
        tap.same(connection.get(process_path("web"), PROCESS, "Priority"), 7)
        tap.same(connection.get(group_path("web"), GROUP, "Priority"), 7)
        connection.call(process_path("web"), PROCESS, "Stop", "t", (0,))
        tap.same(connection.get(process_path("web"), PROCESS, "TermSignal"), signal.SIGINT)


@tap.case("the rotation of a log that is being written changes")
def rotation():
    writer = "/bin/sh -c 'while :; do echo 0123456789012345678901234567890123456789; sleep 0.01; done'"
    with Daemon(program("w", "stdout_logfile=%(here)s/w.log", writer)) as daemon:
        connection = running(daemon, "w")
        pid = connection.pid("w")
        daemon.configure(program("w", "stdout_logfile=%(here)s/w.log\n"
                              "stdout_logfile_maxbytes=100\nstdout_logfile_backups=1", writer))
        update(connection)
        daemon.wait_file("w.log.1")
        tap.same(connection.pid("w"), pid)


@tap.case("numprocs grows and shrinks around the processes that stay")
def numprocs():
    def many(count):
        return program("n", "process_name=n%%(process_num)d\nnumprocs=%d" % count)
    with Daemon(many(2)) as daemon:
        connection = running(daemon, "n:n0", "n:n1")
        pids = [connection.pid("n", "n%d" % i) for i in range(2)]
        daemon.configure(many(4))
        update(connection)
        tap.same([connection.state("n", "n%d" % i) for i in range(4)], ["RUNNING"] * 4)
        tap.same([connection.pid("n", "n%d" % i) for i in range(2)], pids)
        tap.same(connection.get(group_path("n"), GROUP, "Processes"),
                 [process_path("n", "n%d" % i) for i in range(4)])
        daemon.configure(many(1))
        update(connection)
        tap.same(connection.pid("n", "n0"), pids[0])
        tap.same(connection.get(group_path("n"), GROUP, "Processes"), [process_path("n", "n0")])
        tap.check(not os.path.exists("/proc/%d" % pids[1]), "n1 still runs")
        connection.sync()
        tap.same(group_events(connection), [])
        added = [p for m, _, (p, _) in members(connection, "InterfacesAdded")]
        removed = [p for m, _, (p, _) in members(connection, "InterfacesRemoved")]
        tap.same(added, [process_path("n", "n2"), process_path("n", "n3")])
        tap.same(sorted(removed), [process_path("n", "n%d" % i) for i in (1, 2, 3)])


@tap.case("groups come and go with their events and objects")
def groups():
    with Daemon(STAYS + program("old")) as daemon:
        connection = running(daemon, "stays", "old")
        daemon.configure(STAYS, program("new"), program("idle", "autostart=false"))
        token, steps = plan(connection)
        tap.same(steps, [("group-removed", "old", "", []), ("group-added", "idle", "", []),
                         ("group-added", "new", "", [])])
        connection.sync()
        seen = len(connection.signals)
        apply(connection, token)
        connection.sync()
        tap.same(group_events(connection), [("ProcessGroupRemoved", "old"),
                                            ("ProcessGroupAdded", "idle"),
                                            ("ProcessGroupAdded", "new")])
        names = [s.member for s in connection.signals[seen:]
                 if s.member not in ("PropertiesChanged", "Tick")]
        tap.same(names, ["ProcessStateChanged"] * 2 + ["InterfacesRemoved"] * 2 +
                 ["ProcessGroupRemoved"] +
                 ["InterfacesAdded", "InterfacesAdded", "ProcessGroupAdded"] * 2 +
                 ["ProcessStateChanged"] * 2)
        tap.same((connection.state("new"), connection.state("idle")), ("RUNNING", "STOPPED"))
        tap.same(connection.call_error(ROOT, MANAGER, "GetGroup", "s", ("old",)),
                 ERROR + "NoSuchGroup")
        tap.check(connection.call_error(group_path("old"), PROPERTIES, "GetAll", "s", (GROUP,)),
                  "the object is still there")
        objects = connection.call(ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]
        tap.check(process_path("new") in objects and process_path("old") not in objects, objects)


@tap.case("a broken file leaves all as it was, and says where it is broken")
def broken():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        pid = connection.pid("stays")
        token = plan(connection)[0]
        daemon.configure(STAYS, "\n[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n")
        line = (HEAD + STAYS).count("\n") + 4
        for member, signature, body in (("PlanReload", None, ()), ("Reload", None, ()),
                                        ("ApplyReload", "sast", (token, [], 0))):
            try:
                connection.call(ROOT, MANAGER, member, signature, body)
                raise AssertionError(member + " took a broken file")
            except BusError as error:
                tap.same(error.name, ERROR + "BadConfiguration")
                start = "%s:%d: " % (daemon.configuration, line)
                tap.check(error.text.startswith(start), error.text)
                text = error.text
        tap.same(connection.pid("stays"), pid)
        daemon.wait_log(r"ERRO %s; nothing is restarted$" % re.escape(text))
        result = daemon.ctl("reread")
        tap.same((result.returncode, result.stdout), (1, "ERROR: CANT_REREAD: %s\n" % text))


@tap.case("a stale plan is refused")
def stale():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        daemon.configure(STAYS, program("a"))
        token = plan(connection)[0]
        call = (ROOT, MANAGER, "ApplyReload", "sast")
        daemon.configure(STAYS, program("b"))
        tap.same(connection.call_error(*call, (token, [], 0)), ERROR + "StalePlan")
        daemon.configure(STAYS, program("a"))
        tap.same(connection.call_error(*call, ("", [], 0)), ERROR + "StalePlan")
        tap.same(connection.call_error(*call, (token, ["nobody"], 0)), ERROR + "NoSuchGroup")
        tap.check("InvalidArgs" in connection.call_error(*call, (token, [], 4)), "flags")
        # The file is as it was planned, so this is it; but only once.
        tap.same(apply(connection, token), [("a", "", "", "")])
        tap.same(connection.call_error(*call, (token, [], 0)), ERROR + "StalePlan")


@tap.case("one update at a time; it answers when it is done, or at once if asked to")
def one_at_a_time():
    stubborn = "/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'"
    with Daemon(program("s", "stopwaitsecs=3600", stubborn)) as daemon:
        connection = running(daemon, "s")
        processes.wait_for(lambda: processes.children(connection.pid("s")), "its trap")
        daemon.configure(program("t"))
        token = plan(connection)[0]
        call = connection.send(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0))
        connection.wait_state("STOPPING", "s")
        tap.same(connection.call_error(ROOT, MANAGER, "PlanReload"), ERROR + "UpdateUnderWay")
        tap.check(not connection.has_reply(call), "the answer came too early")
        connection.call(process_path("s"), PROCESS, "Signal", "s", ("KILL",))
        tap.same(connection.wait_reply(call)[0], [("s", "", "", ""), ("t", "", "", "")])
        daemon.configure(program("u"))
        tap.same(apply(connection, plan(connection)[0], flags=NO_WAIT),
                 [("t", "", "", ""), ("u", "", "", "")])
        connection.wait_state("RUNNING", "u")


@tap.case("a shutdown in the middle of an update")
def shutdown():
    stubborn = "/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'"
    with Daemon(program("s", "stopwaitsecs=3600", stubborn)) as daemon:
        connection = running(daemon, "s")
        processes.wait_for(lambda: processes.children(connection.pid("s")), "its trap")
        daemon.configure(program("s", "stopwaitsecs=3600\numask=077", stubborn), program("t"))
        call = connection.send(ROOT, MANAGER, "ApplyReload", "sast", (plan(connection)[0], [], 0))
        connection.wait_state("STOPPING", "s")
        daemon.process.send_signal(signal.SIGTERM)
        connection.wait_signal(lambda s: s.member == "SupervisorStateChanged", "the shutdown")
        connection.call(process_path("s"), PROCESS, "Signal", "s", ("KILL",))
        try:
            connection.wait_reply(call)
            raise AssertionError("the update was completed")
        except BusError as error:
            tap.same(error.name, ERROR + "ShuttingDown")
        daemon.wait_end()
        tap.check("spawned: 't'" not in daemon.read("main.log"), "something was started")


@tap.case("update of named groups only, --dry-run, and what it says")
def named():
    with Daemon(STAYS + program("old") + program("web")) as daemon:
        connection = running(daemon, "stays", "old", "web")
        pid = connection.pid("web")
        daemon.configure(STAYS, program("web", "umask=077"), program("new"), program("other"))
        lines = "new: available\nold: disappeared\nother: available\nweb: changed\n"
        for arguments in (("reread",), ("update", "--dry-run")):
            result = daemon.ctl(*arguments)
            tap.same((result.returncode, result.stdout, result.stderr), (0, lines, ""))
        tap.same(daemon.ctl("update", "--dry-run", "web", "-v").stdout,
                 "web: changed\n    web is restarted for: umask\n")
        steps = json.loads(daemon.ctl("reread", "--json").stdout)
        tap.same([(s["kind"], s["group"], s["options"]) for s in steps],
                 [("group-removed", "old", []), ("process-restart", "web", ["umask"]),
                  ("group-added", "new", []), ("group-added", "other", [])])
        tap.same((connection.pid("web"), connection.state("old")), (pid, "RUNNING"))
        result = daemon.ctl("update", "new", "nobody")
        tap.same((result.returncode, result.stdout),
                 (1, "ERROR: no such group: nobody\nnew: added process group\n"))
        tap.same(daemon.ctl("reread").stdout, lines.replace("new: available\n", ""))
        tap.same(connection.pid("web"), pid)
        result = daemon.ctl("update")
        tap.same((result.returncode, result.stdout, result.stderr), (
            0, "old: stopped\nold: removed process group\nweb: stopped\n"
            "web: updated process group\nother: added process group\n", ""))
        tap.same(daemon.ctl("update").stdout, "")
        tap.same(daemon.ctl("reread").stdout, "No config updates to processes\n")
        tap.check(connection.pid("web") != pid, "web was not restarted")
        tap.same(json.loads(daemon.ctl("update", "nobody", "--json").stdout), [])


@tap.case("what concerns the daemon waits for its next start or a restart of all, and is said")
def of_the_daemon():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        daemon.configure("minfds=77\n[inet_http_server]\nport=1\n" + STAYS)
        token, steps = plan(connection)
        tap.same(steps, [("daemon", "supervisord", "", ["minfds"]),
                         ("daemon", "inet_http_server", "", [])])
        tap.same(apply(connection, token), [])
        tap.same(daemon.ctl("reread").stdout, "No config updates to processes\n")
        tap.same(daemon.ctl("reread", "-v").stdout,
                 "No config updates to processes\n"
                 "[supervisord] waits for the next start of busvisord: minfds\n"
                 "[inet_http_server] waits until everything is started anew\n")


@tap.case("relative paths mean the same as at the start")
def relative():
    with Daemon("") as daemon:
        head = HEAD.replace("%(here)s/main.log", "main.log") + "directory=/\n"
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_end()
        daemon.write("supervisord.conf", head + STAYS)
        daemon.start()
        connection = running(daemon, "stays")
        tap.same(os.readlink("/proc/%d/cwd" % daemon.process.pid), "/")
        tap.same(plan(connection)[1], [])
        tap.same(os.readlink("/proc/%d/cwd" % daemon.process.pid), "/")


@tap.case("an AUTO log stays the same file over a restart; another setting makes another log")
def auto_logs():
    with Daemon(program("web")) as daemon:
        connection = running(daemon, "web")
        log = connection.get(process_path("web"), PROCESS, "StdoutLogFile")
        daemon.configure(program("web", "umask=077"))
        update(connection)
        tap.same(connection.get(process_path("web"), PROCESS, "StdoutLogFile"), log)
        daemon.configure(program("web", "umask=077\nstdout_logfile=%(here)s/web.log"))
        update(connection)
        tap.same(connection.get(process_path("web"), PROCESS, "StdoutLogFile"),
                 daemon.file("web.log"))
        daemon.wait_file("web.log")


@tap.case("the first listener pool comes with an update, and another one goes unnoticed by it")
def pools_come_and_go():
    with Daemon(JOB) as daemon:
        connection = daemon.connect()
        tap.same(daemon.helper("busvisor-listener-host"), None)
        daemon.configure(JOB, pool())
        update(connection)
        end_job(connection)
        tap.same(wait_recorded(daemon, 1)[0]["headers"]["poolserial"], "0")
        listener = connection.pid("watch")
        daemon.configure(JOB, pool(), pool("second", "PROCESS_GROUP", file="second"))
        update(connection)
        tap.same(connection.get(pool_path("second"), POOL, "Events"), ["PROCESS_GROUP"])
        tap.same([e["payload"] for e in wait_recorded(daemon, 1, "second")],
                 ["groupname:second\n"])
        daemon.configure(JOB, pool(), program("late"))
        update(connection)
        end_job(connection)
        tap.same([e["headers"]["poolserial"] for e in wait_recorded(daemon, 2)], ["0", "1"])
        tap.same(connection.pid("watch"), listener)
        tap.same(len(recorded(daemon, "second")), 1)
        # And again, under a name that was there before: afresh.
        daemon.configure(JOB, pool(), pool("second", "PROCESS_GROUP", file="third"))
        update(connection)
        third = wait_recorded(daemon, 1, "third")
        tap.same([(e["headers"]["poolserial"], e["payload"]) for e in third],
                 [("0", "groupname:second\n")])


@tap.case("a pool's events and size change under a listener that does not notice")
def pool_changes():
    with Daemon(JOB + pool()) as daemon:
        connection = running(daemon, "watch")
        end_job(connection)
        wait_recorded(daemon, 1)
        listener = connection.pid("watch")
        daemon.configure(JOB, pool(events="PROCESS_STATE_EXITED,PROCESS_STATE_STARTING",
                                more="buffer_size=33"))
        token, steps = plan(connection)
        tap.same(steps, [("pool-live", "watch", "", ["events", "buffer_size"])])
        apply(connection, token)
        connection.wait_signal(lambda s: s.member == "PropertiesChanged" and
                               s.path == pool_path("watch") and
                               s.body[1].get("BufferSize") == ("u", 33), "the new size")
        processes.wait_for(lambda: end_job(connection) or
                           "PROCESS_STATE_STARTING" in daemon.read("events"), "the new events")
        got = [e["headers"] for e in recorded(daemon)]
        tap.same([int(h["poolserial"]) for h in got], list(range(len(got))))
        tap.same(len(set(h["serial"] for h in got)), len(got))
        tap.same(connection.pid("watch"), listener)


@tap.case("an event in a listener's hands outlives changes of its pool and of others")
def busy_listener():
    hold = "hold %(here)s/go"
    with Daemon(JOB + pool(mode=hold)) as daemon:
        connection = running(daemon, "watch")
        end_job(connection)
        first = wait_recorded(daemon, 1)[0]
        daemon.configure(JOB, pool(mode=hold), pool("second", "TICK_3600", file="second"))
        update(connection)
        daemon.configure(JOB, pool(mode=hold, more="buffer_size=77"),
              pool("second", "TICK_3600", file="second"))
        update(connection)
        end_job(connection)
        daemon.write("go", "")
        got = wait_recorded(daemon, 2)
        end_job(connection)
        got = wait_recorded(daemon, 3)
        tap.same([e["headers"]["poolserial"] for e in got], ["0", "1", "2"])
        tap.same([e["pid"] for e in got], [first["pid"]] * 3)


@tap.case("SIGHUP stops everything and starts anew what the file says by then")
def hangup():
    with Daemon(STAYS + program("old") + JOB + pool()) as daemon:
        connection = running(daemon, "stays", "old", "watch")
        end_job(connection)
        wait_recorded(daemon, 1)
        pids = connection.pid("stays"), daemon.helper("dbus-daemon")
        serial = connection.call(ROOT, EVENTS, "EventsSince", "tasu", (0, [], 1))[1]
        run_id = connection.get(ROOT, MANAGER, "RunId")
        connection.sync()
        seen = len(connection.signals)
        daemon.configure(STAYS, JOB, pool(events="SUPERVISOR_STATE_CHANGE,PROCESS_STATE_EXITED,"
                                       "PROCESS_GROUP_ADDED", file="anew"), program("new"))
        daemon.process.send_signal(signal.SIGHUP)
        connection.wait_state("RUNNING", "new")
        connection.wait_state("RUNNING", "stays")
        told = [s.body[4]
                for s in connection.signals[seen:]
                if s.member in ("SupervisorStateChanged", "ProcessGroupAdded")]
        tap.same(told, ["STOPPING", "watch", "job", "new", "stays", "RUNNING"])
        states = [s.body[1]["State"][1] for s in connection.signals[seen:]
                  if s.member == "PropertiesChanged" and s.path == ROOT]
        tap.same(states, ["RESTARTING", "RUNNING"])
        tap.same((connection.get(ROOT, MANAGER, "RunId"), daemon.helper("dbus-daemon")),
                 (run_id, pids[1]))
        tap.check(connection.changes("new")[0].serial > serial, "serials began anew")
        tap.check(connection.pid("stays") != pids[0], "it was not restarted")
        daemon.wait_log("WARN received SIGHUP indicating restart request")
        daemon.wait_log("INFO supervisord started with pid", 2)
        first = wait_recorded(daemon, 5, "anew")
        tap.same([(e["headers"]["poolserial"], e["headers"]["eventname"], e["payload"].strip())
                  for e in first[:5]],
                 [(str(i), "PROCESS_GROUP_ADDED", "groupname:" + name)
                  for i, name in enumerate(("watch", "job", "new", "stays"))] +
                 [("4", "SUPERVISOR_STATE_CHANGE_RUNNING", "")])


@tap.case("SIGHUP with a broken file restarts nothing, and says why in one line")
def hangup_broken():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        pid = connection.pid("stays")
        daemon.configure(STAYS, "\n[program:bad]\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log("ERRO %s:\\d+: .*nothing is restarted$" % daemon.configuration)
        connection.sync()
        tap.same((connection.pid("stays"), connection.get(ROOT, MANAGER, "State")),
                 (pid, "RUNNING"))
        tap.same(len([l for l in daemon.read("main.log").splitlines() if " ERRO " in l]), 1)


@tap.case("reload by command, and a shutdown that overtakes it")
def reload_command():
    stubborn = "/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.1; done'"
    with Daemon(program("s", "stopwaitsecs=3600", stubborn)) as daemon:
        connection = running(daemon, "s")
        processes.wait_for(lambda: processes.children(connection.pid("s")), "its trap")
        result = daemon.ctl("reload")
        tap.same((result.returncode, result.stdout, result.stderr),
                 (0, "Restarted supervisord\n", ""))
        connection.wait_state("STOPPING", "s")
        tap.same(connection.get(ROOT, MANAGER, "State"), "RESTARTING")
        tap.same(daemon.ctl("reread").stdout, "ERROR: supervisor shutting down\n")
        connection.call(ROOT, MANAGER, "Shutdown")
        tap.same(connection.get(ROOT, MANAGER, "State"), "SHUTDOWN")
        result = daemon.ctl("reload")
        tap.same((result.returncode, result.stdout), (1, "ERROR: already shutting down\n"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_log("WARN ignored SIGHUP indicating restart request")
        connection.call(process_path("s"), PROCESS, "Signal", "s", ("KILL",))
        daemon.wait_end()
        tap.same(daemon.read("main.log").count("spawned: 's'"), 1)


tap.run()
