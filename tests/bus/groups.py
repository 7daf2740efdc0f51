"""Single groups come and go by hand, beside updates; what could be had; clearing by hand."""

import json
import os

import processes
import tap
from busvisor import HERE, PYTHON, Daemon
from bus import (ERROR, MANAGER, PROCESS, ROOT, BusError, group_path, process_path)


def program(name, more="", command="/bin/sleep 1000"):
    return "\n[program:%s]\ncommand=%s\nstartsecs=0\n%s\n" % (name, command, more)


STAYS = program("stays")
NEW = program("new") + program("idle", "autostart=false")
POOL = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=PROCESS_STATE_EXITED
""" % (PYTHON, HERE)


def running(daemon, *names):
    connection = daemon.connect()
    for name in names:
        processes.wait_for(lambda: connection.state(name) == "RUNNING", name)
    return connection


def add(connection, name):
    connection.call(ROOT, MANAGER, "AddGroup", "s", (name,))


def remove(connection, name):
    connection.call(ROOT, MANAGER, "RemoveGroup", "s", (name,))


def error_of(function, *arguments):
    try:
        function(*arguments)
    except BusError as error:
        return error.name.replace(ERROR, "")
    raise AssertionError("no error")


def plan(connection):
    """The token, and the kinds of steps with their groups."""
    token, steps = connection.call(ROOT, MANAGER, "PlanReload")
    return token, [(s[0], s[1]) for s in steps]


def stop(connection, name):
    connection.call(process_path(name), PROCESS, "Stop", "t", (0,))


def members(connection):
    """What was said of groups and objects, in its order."""
    wanted = ("ProcessGroupAdded", "ProcessGroupRemoved", "InterfacesAdded", "InterfacesRemoved")
    return [s.member for s in connection.signals if s.member in wanted]


@tap.case("a group of the file comes, starts and is no step of the next plan")
def added():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        pid = connection.pid("stays")
        daemon.configure(STAYS, NEW)
        token, steps = plan(connection)
        tap.same(steps, [("group-added", "idle"), ("group-added", "new")])
        add(connection, "new")
        processes.wait_for(lambda: connection.state("new") == "RUNNING", "new")
        tap.same(members(connection), ["InterfacesAdded"] * 2 + ["ProcessGroupAdded"])
        tap.same(connection.call_error(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0)),
                 ERROR + "StalePlan")
        tap.same(plan(connection)[1], [("group-added", "idle")])
        add(connection, "idle")
        tap.same(connection.state("idle"), "STOPPED")
        tap.same(plan(connection)[1], [])
        tap.same(connection.pid("stays"), pid)
        daemon.wait_log("INFO added process group new$")


@tap.case("a group of which nothing runs goes, and can come again")
def removed():
    with Daemon(STAYS + NEW) as daemon:
        connection = running(daemon, "stays", "new")
        tap.same(error_of(remove, connection, "new"), "StillRunning")
        tap.same(connection.state("new"), "RUNNING")
        stop(connection, "new")
        remove(connection, "new")
        connection.sync()
        tap.same(members(connection), ["InterfacesRemoved"] * 2 + ["ProcessGroupRemoved"])
        tap.same(connection.call_error(ROOT, MANAGER, "GetGroup", "s", ("new",)),
                 ERROR + "NoSuchGroup")
        token, steps = plan(connection)
        tap.same(steps, [("group-added", "new")])
        connection.call(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0))
        processes.wait_for(lambda: connection.state("new") == "RUNNING", "new")
        remove(connection, "idle")
        add(connection, "idle")
        tap.same(plan(connection)[1], [])
        # One that the file does not have any more can go, and that is all that was to be done.
        stop(connection, "new")
        daemon.configure(STAYS)
        remove(connection, "new")
        remove(connection, "idle")
        tap.same(plan(connection)[1], [])


@tap.case("what is wrong, and nothing is changed by it")
def wrong():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        for name in ("nobody", "", "stays:stays", "stays:*"):
            tap.same(error_of(add, connection, name), "NoSuchGroup", name)
            tap.same(error_of(remove, connection, name), "NoSuchGroup", name)
        tap.same(error_of(add, connection, "stays"), "AlreadyAdded")
        daemon.configure(NEW)
        tap.same(error_of(add, connection, "stays"), "NoSuchGroup")
        daemon.configure(STAYS, NEW, "\n[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n")
        tap.same(error_of(add, connection, "new"), "BadConfiguration")
        for method in ("ListConfigurations", "DescribeConfigurations"):
            tap.same(connection.call_error(ROOT, MANAGER, method), ERROR + "BadConfiguration")
        tap.same(len(connection.call(ROOT, MANAGER, "ListProcesses")[0]), 1)
        stop(connection, "stays")
        remove(connection, "stays")
        tap.same(connection.call(ROOT, MANAGER, "ListProcesses")[0], [])


@tap.case("not while an update is under way, nor while everything is being stopped")
def busy():
    slow = program("slow", "stopsignal=USR1\nstopwaitsecs=1000",
                   "/bin/sh -c 'trap : USR1; touch ready; while :; do sleep 0.05; done'") + \
        "directory=%(here)s\n"
    with Daemon(STAYS + slow) as daemon:
        connection = running(daemon, "stays", "slow")
        daemon.wait_file("ready")
        daemon.configure(STAYS, NEW)
        token = plan(connection)[0]
        under_way = connection.send(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0))
        processes.wait_for(lambda: connection.state("slow") == "STOPPING", "the update")
        tap.same(error_of(add, connection, "new"), "UpdateUnderWay")
        tap.same(error_of(remove, connection, "stays"), "UpdateUnderWay")
        connection.call(process_path("slow"), PROCESS, "Signal", "s", ("KILL",))
        connection.wait_reply(under_way)
        daemon.configure(STAYS, NEW, slow)
        os.remove(daemon.file("ready"))
        add(connection, "slow")
        daemon.wait_file("ready")
        os.remove(daemon.file("ready"))
        stop(connection, "new")
        connection.call(process_path("slow"), PROCESS, "Restart", "t", (1,))
        connection.call(process_path("slow"), PROCESS, "Signal", "s", ("KILL",))
        daemon.wait_file("ready")
        daemon.process.terminate()
        processes.wait_for(lambda: connection.state("slow") == "STOPPING", "the end")
        for function, name in ((add, "new"), (remove, "idle")):
            tap.same(error_of(function, connection, name), "ShuttingDown")
        for method in ("ListConfigurations", "DescribeConfigurations"):
            tap.same(connection.call_error(ROOT, MANAGER, method), ERROR + "ShuttingDown")
        for command, text in ((["avail"], "ERROR: supervisor shutting down\n"),
                              (["add", "new"], "ERROR: shutting down\n")):
            result = daemon.ctl(*command)
            tap.same((result.returncode, result.stdout), (1, text))
        connection.call(process_path("slow"), PROCESS, "Signal", "s", ("KILL",))
        daemon.wait_end()


@tap.case("a pool comes and goes by hand")
def pools():
    job = program("job", "autostart=false\nautorestart=false", "/bin/true")
    with Daemon(job) as daemon:
        connection = daemon.connect()
        daemon.configure(job, POOL)
        add(connection, "watch")
        processes.wait_for(lambda: connection.state("watch") == "RUNNING", "the listener")
        connection.call(process_path("job"), PROCESS, "Start", "t", (1,))
        processes.wait_for(lambda: daemon.read("events").count("\n") == 1, "the event")
        tap.same(error_of(remove, connection, "watch"), "StillRunning")
        stop(connection, "watch")
        remove(connection, "watch")
        tap.check(connection.call_error(group_path("watch"), "org.freedesktop.DBus.Properties",
                                        "GetAll", "s", ("org.busvisor1.Group",)), "still there")
        connection.sync()
        tap.same([s.member for s in connection.signals].count("PoolsChanged"), 2)


@tap.case("many times over, nothing is left of them")
def again():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        daemon.configure(STAYS, NEW)
        before = len(os.listdir("/proc/%d/fd" % daemon.process.pid))
        for _ in range(20):
            add(connection, "new")
            processes.wait_for(lambda: connection.state("new") == "RUNNING", "new")
            stop(connection, "new")
            remove(connection, "new")
        tap.same(len(os.listdir("/proc/%d/fd" % daemon.process.pid)), before, "descriptors")


MANY = STAYS + program("b", "priority=5\nautostart=false") + """
[program:a]
command=/bin/cat
process_name=%(program_name)s%(process_num)d
numprocs=2
autostart=false

[group:g]
programs=a
priority=7
"""


@tap.case("what is configured, as the file has it now")
def configurations():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        tap.same(connection.call(ROOT, MANAGER, "ListConfigurations")[0],
                 [("stays", "stays", True, True, 999, 999)])
        daemon.configure(MANY)
        expected = [("g", "a0", False, False, 7, 999), ("g", "a1", False, False, 7, 999),
                    ("b", "b", False, False, 5, 5), ("stays", "stays", True, True, 999, 999)]
        tap.same(connection.call(ROOT, MANAGER, "ListConfigurations")[0], expected)
        add(connection, "g")
        tap.same([c[2] for c in connection.call(ROOT, MANAGER, "ListConfigurations")[0]],
                 [True, True, False, True])
        found = json.loads(daemon.ctl("--json", "avail").stdout)
        tap.same([(e["group"], e["process"], e["autostart"], e["group_priority"],
                   e["process_priority"]) for e in found], [e[:2] + e[3:] for e in expected])
        tap.same([e["name"] for e in found if e["in_use"]], ["g:a0", "g:a1", "stays"])


@tap.case("what is configured in full, typed, without what is unset and without the environment")
def descriptions():
    full = program("full", """
autostart=false
directory=/tmp
user=%d
exitcodes=0,5
stopsignal=USR1
umask=022
environment=SECRET="1"
stdout_logfile=%%(here)s/out
stderr_logfile=NONE
stdout_logfile_prefix=timestamp,name
priority=3""" % os.getuid())
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        daemon.configure(STAYS, full)
        listed = connection.call(ROOT, MANAGER, "DescribeConfigurations")[0]
        tap.same([p[:4] for p in listed], [("full", "full", False, 3), ("stays", "stays", True, 999)])
        full, stays = (p[4] for p in listed)
        expected = {
            "command": ("s", "/bin/sleep 1000"), "process_name": ("s", "full"),
            "directory": ("s", "/tmp"), "user": ("s", str(os.getuid())), "uid": ("u", os.getuid()),
            "priority": ("x", 3), "exitcodes": ("ai", [0, 5]), "stopsignal": ("i", 10),
            "umask": ("i", 0o22), "stdout_logfile": ("s", daemon.file("out")),
            "stdout_logfile_prefix": ("as", ["timestamp", "name"]),
            "autorestart": ("s", "unexpected"), "startretries": ("x", 3),
            "start_interval": ("d", 1.0), "stopwaitsecs": ("x", 10)}
        expected.update({"%s_logfile_%s" % (c, o): ("x", v) for c in ("stdout", "stderr")
                         for o, v in (("maxbytes", 50 << 20), ("backups", 10))})
        tap.same(full, expected)
        tap.same((stays["autostart"], stays["stderr_logfile"]), (("b", True), ("s", "AUTO")))


def expect(result, code, out, err=""):
    tap.same((result.returncode, result.stdout, result.stderr), (code, out, err),
             " ".join(result.args[2:]))


@tap.case("busvisorctl add, remove and clear")
def commands():
    with Daemon(STAYS) as daemon:
        connection = running(daemon, "stays")
        daemon.configure(STAYS, NEW)
        expect(daemon.ctl("add"), 0, "")
        expect(daemon.ctl("remove"), 0, "")
        text = "ERROR: no such process/group: nobody\n"
        expect(daemon.ctl("add", "nobody", "new", "stays"), 1,
               text + "new: added process group\nERROR: process group already active\n", text)
        expect(daemon.ctl("add", "new"), 0, "ERROR: process group already active\n")
        more = "ERROR: process/group still running: new\n"
        expect(daemon.ctl("remove", "new", "nobody"), 1, more + text, more + text)
        stop(connection, "new")
        expect(daemon.ctl("remove", "new"), 0, "new: removed process group\n")
        expect(daemon.ctl("clear", "stays"), 0, "stays: cleared\n")
        expect(daemon.ctl("clear", "stays:*"), 0, "stays: cleared\n")
        text = "nobody: ERROR (no such process)\n"
        expect(daemon.ctl("clear", "nobody", "stays"), 1, text + "stays: cleared\n", text)
        daemon.configure(STAYS, "\n[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n")
        for command in (["add", "new"], ["avail"]):
            result = daemon.ctl(*command)
            tap.same(result.returncode, 1)
            tap.check(result.stdout.startswith("ERROR: CANT_REREAD: " + daemon.configuration),
                      result.stdout)


tap.run()
