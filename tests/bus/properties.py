"""The properties of all objects: what they say of the configuration, how they change, and who may
set the one that can be set; and how objects are found."""

import time
import xml.etree.ElementTree as tree

import bus
import processes
import tap
from busvisor import Daemon
from bus import (ERROR, EVENTS, GROUP, INTROSPECTABLE, MANAGER, OBJECT_MANAGER, POOL, PROCESS,
                 PROPERTIES, ROOT, group_path, pool_path, process_path)

UNSET = 2 ** 32 - 1

PROGRAM = """
[program:web]
command=/bin/sh -c "sleep 1000 & wait"
priority=7
autostart=true
autorestart=true
startsecs=0
startretries=5
start_interval=0.25
exitcodes=0,3
stopsignal=INT
stopwaitsecs=2
stopasgroup=true
pdeathsig=KILL
umask=027
directory=/tmp
redirect_stderr=true
environment=SECRET="hidden"
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=3
stdout_logfile_rotate_every=1h
stdout_logfile_compress=gzip
stdout_logfile_prefix=timestamp,name
stdout_capture_maxbytes=1KB
stdout_events_enabled=true
stderr_logfile_format=json
"""
REST = """
[program:once]
command=/bin/sh -c "exit 3"
startsecs=0
autorestart=false

[program:idle]
command=/bin/sleep 1000
autostart=false
process_name=%(process_num)d
numprocs=2

[eventlistener:mail]
command=/bin/cat
events=TICK_3600
"""

OPTIONS = {
    "Command": '/bin/sh -c "sleep 1000 & wait"', "Priority": 7, "Autostart": True,
    "Autorestart": "true", "StartUSec": 0, "StartRetries": 5, "StartIntervalUSec": 250000,
    "ExitCodes": [0, 3], "StopSignal": 2, "StopWaitUSec": 2000000, "StopAsGroup": True,
    "KillAsGroup": True, "ParentDeathSignal": 9, "ExitPolicy": "none", "User": "", "UMask": 0o27,
    "Directory": "/tmp", "ServerURL": "", "RedirectStderr": True,
    "StdoutLogFileMaxBytes": 2 ** 20, "StdoutLogFileBackups": 3,
    "StdoutLogFileRotateUSec": 3600 * 10 ** 6, "StdoutLogFileCompress": "gzip",
    "StdoutLogFileFormat": "text", "StdoutLogFilePrefix": ["timestamp", "name"],
    "StdoutCaptureMaxBytes": 1024, "StdoutEventsEnabled": True, "StdoutEventsByLine": False,
    "StdoutSyslog": False, "StdoutJournal": False, "StderrLogFileFormat": "json",
    "StderrLogFileMaxBytes": 50 * 2 ** 20,
}


def some(values, names):
    return {name: values[name] for name in names}


def up(daemon):
    """A connection, when what is started with the daemon is up, or over."""
    connection = daemon.connect()
    processes.wait_for(lambda: connection.state("web") == "RUNNING" and
                       connection.state("once") == "EXITED" and
                       connection.state("mail") == "RUNNING", "the programs")
    return connection


@tap.case("the options of a program, typed")
def options():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        values = connection.get_all(process_path("web"), PROCESS)
        tap.same(some(values, OPTIONS), OPTIONS)
        tap.check("hidden" not in repr(values), "the environment is shown")
        other = connection.get_all(process_path("idle", "0"), PROCESS)
        tap.same(some(other, ("UMask", "Directory", "StartUSec", "StopSignal")),
                 {"UMask": UNSET, "Directory": "", "StartUSec": 10 ** 6, "StopSignal": 15})


@tap.case("when and how often a process was started")
def runs():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        path = process_path("web")
        first = connection.get_all(path, PROCESS)
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        tap.check(0 < first["StartTimestampMonotonic"] <= now, "monotonic start")
        tap.same((first["Generation"], first["RestartPending"]), (1, False))
        connection.call(path, PROCESS, "Restart", "t", (0,))
        second = connection.get_all(path, PROCESS)
        tap.same(second["Generation"], 2)
        tap.check(second["StartTimestampMonotonic"] > first["StartTimestampMonotonic"], "start")
        connection.wait_signal(lambda s: s.member == "PropertiesChanged" and s.path == path and
                               s.body[1].get("Generation") == ("t", 2), "the change")


@tap.case("how many are in which state, of the daemon, of groups, and in lists")
def states():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        values = connection.get_all(ROOT, MANAGER)
        tap.same(some(values, ("NProcesses", "NGroups", "NPools", "States")),
                 {"NProcesses": 5, "NGroups": 4, "NPools": 1,
                  "States": {"RUNNING": 2, "EXITED": 1, "STOPPED": 2}})
        tap.same(connection.get(group_path("idle"), GROUP, "States"), {"STOPPED": 2})
        tap.same(connection.call(ROOT, MANAGER, "ListGroups")[0], [
            ("mail", "eventlistener", group_path("mail"), -1, {"RUNNING": 1}),
            ("web", "program", group_path("web"), 7, {"RUNNING": 1}),
            ("idle", "program", group_path("idle"), 999, {"STOPPED": 2}),
            ("once", "program", group_path("once"), 999, {"EXITED": 1})])
        pools = connection.call(ROOT, MANAGER, "ListPools")[0]
        tap.same([p[:4] + p[5:] for p in pools], [("mail", pool_path("mail"), 1, 1, 0, 0)])


@tap.case("what [supervisord] says, and what the daemon itself takes")
def daemon_options():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        values = connection.get_all(ROOT, MANAGER)
        tap.same(some(values, ("PidFile", "ChildLogDirectory", "Bus", "BusName", "User",
                               "LogFileMaxBytes", "LogFileBackups", "LogFileFormat", "StripAnsi")),
                 {"PidFile": daemon.file("pid"), "ChildLogDirectory": daemon.path,
                  "Bus": "private", "BusName": bus.NAME, "User": "",
                  "LogFileMaxBytes": 50 * 2 ** 20, "LogFileBackups": 10, "LogFileFormat": "text",
                  "StripAnsi": False})
        tap.check(0 < values["CPUUsageNSec"] < 10 ** 12, "processor time")
        tap.check(2 ** 18 < values["MemoryCurrent"] < 2 ** 32, "memory")
        log = connection.get_all(ROOT, EVENTS)
        tap.same(some(log, ("LogMaxBytes", "LogMaxAgeUSec", "LogSync")),
                 {"LogMaxBytes": 256 * 2 ** 20, "LogMaxAgeUSec": 7 * 86400 * 10 ** 6,
                  "LogSync": False})


@tap.case("the log level can be set, and nothing else")
def log_level():
    def set_error(interface, name, value, path=ROOT):
        return connection.call_error(path, PROPERTIES, "Set", "ssv", (interface, name, value))

    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        tap.same(connection.get(ROOT, MANAGER, "LogLevel"), "debug")
        connection.call(ROOT, PROPERTIES, "Set", "ssv", (MANAGER, "LogLevel", ("s", "Warn")))
        tap.same(connection.get(ROOT, MANAGER, "LogLevel"), "warn")
        connection.wait_signal(lambda s: s.member == "PropertiesChanged" and s.path == ROOT and
                               s.body[1] == {"LogLevel": ("s", "warn")}, "the change")
        connection.call(process_path("idle", "0"), PROCESS, "Start", "t", (0,))
        tap.check("spawned: '0'" not in daemon.read("main.log"), "it is logged all the same")
        invalid = "org.freedesktop.DBus.Error.InvalidArgs"
        tap.same(set_error(MANAGER, "LogLevel", ("s", "loud")), invalid)
        tap.same(set_error(MANAGER, "LogLevel", ("u", 3)), invalid)
        tap.same(set_error(MANAGER, "Pid", ("u", 3)),
                 "org.freedesktop.DBus.Error.PropertyReadOnly")
        tap.same(set_error(EVENTS, "LogLevel", ("s", "info")),
                 "org.freedesktop.DBus.Error.UnknownProperty")
        tap.same(set_error(PROCESS, "Priority", ("x", 3), process_path("web")),
                 "org.freedesktop.DBus.Error.PropertyReadOnly")
        tap.same(connection.call_error(ROOT, PROPERTIES, "Set", "s", (MANAGER,)), invalid)
        tap.same(connection.get(ROOT, MANAGER, "LogLevel"), "warn")


@tap.case("a process is found by its process id, and by that of what it has started")
def by_pid():
    def find(pid):
        return connection.call(ROOT, MANAGER, "GetProcessByPID", "u", (pid,))[0]

    def error(pid):
        return connection.call_error(ROOT, MANAGER, "GetProcessByPID", "u", (pid,))

    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        pid = connection.pid("web")
        tap.same(find(pid), process_path("web"))
        child = processes.wait_for(lambda: processes.children(pid), "its child")[0]
        tap.same(find(child), process_path("web"))
        for nobody in (0, 1, daemon.process.pid, 2 ** 31, 2 ** 32 - 1):
            tap.same(error(nobody), ERROR + "NoSuchProcess")


@tap.case("pools and groups are found by name")
def by_name():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        tap.same(connection.call(ROOT, MANAGER, "GetPool", "s", ("mail",))[0], pool_path("mail"))
        for name in ("web", "nobody", ""):
            tap.same(connection.call_error(ROOT, MANAGER, "GetPool", "s", (name,)),
                     ERROR + "NoSuchGroup")


def reload(connection):
    token = connection.call(ROOT, MANAGER, "PlanReload")[0]
    connection.call(ROOT, MANAGER, "ApplyReload", "sast", (token, [], 0))


@tap.case("a reload that changes options says so, and new objects come with all their properties")
def reloaded():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        daemon.write("supervisord.conf", daemon.sections.replace("stopwaitsecs=2", "stopwaitsecs=3")
                     .replace("priority=7", "priority=8") + """
[program:new]
command=/bin/sleep 1000
autostart=false
[eventlistener:more]
command=/bin/cat
autostart=false
events=TICK_3600
""")
        reload(connection)
        changed = connection.wait_signal(
            lambda s: s.member == "PropertiesChanged" and s.path == process_path("web") and
            "Priority" in s.body[1], "the change").body
        tap.same(changed[1]["Priority"], ("x", 8))
        tap.same(changed[1]["StopWaitUSec"], ("t", 3 * 10 ** 6))
        tap.same(changed[2], [])
        tap.same(connection.get(process_path("web"), PROCESS, "StopWaitUSec"), 3 * 10 ** 6)
        for path, interface in ((process_path("new"), PROCESS), (group_path("more"), GROUP),
                                (pool_path("more"), POOL)):
            added = connection.wait_signal(lambda s, p=path: s.member == "InterfacesAdded" and
                                           s.body[0] == p, path)
            tap.same(bus.plain(added.body[1][interface]), connection.get_all(path, interface))


@tap.case("GetManagedObjects has every property that is introspected, in every object")
def managed():
    with Daemon(PROGRAM + REST) as daemon:
        connection = up(daemon)
        objects = connection.call(ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]
        tap.same(len(objects), 5 + 4 + 1 + (ROOT in objects))
        for path, interfaces in objects.items():
            text = connection.call(path, INTROSPECTABLE, "Introspect")[0]
            for interface in tree.fromstring(text).iter("interface"):
                if interface.get("name").startswith(bus.NAME):
                    tap.same(set(interfaces[interface.get("name")]),
                             {p.get("name") for p in interface.iter("property")}, path)


tap.run()
