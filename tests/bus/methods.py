"""The methods of Manager, Group and Process: when they answer, and with which errors."""

import xml.etree.ElementTree

import bus
import processes
import tap
from busvisor import Daemon, IDENTIFIER
from bus import (ERROR, GROUP, INTROSPECTABLE, MANAGER, NO_WAIT, OBJECT_MANAGER, PROCESS, ROOT,
                 group_path, process_path)

PROGRAMS = """
[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=1

[program:quick]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:lazy]
command=/bin/sh -c 'trap "sleep 0.3; exit 0" TERM; touch trapped; while :; do sleep 0.05; done'
directory=%(here)s
autostart=false
startsecs=0

[program:hasty]
command=/bin/true
autostart=false
startsecs=1
startretries=0

[program:lost]
command=/nonexistent/program
autostart=false

[program:plain]
command=%(here)s/main.log
autostart=false

[program:unquoted]
command=/bin/echo "
autostart=false

[program:worker]
command=/bin/sleep 1000
process_name=%(process_num)d
numprocs=3
autostart=false
startsecs=0

[program:odd-name.x]
command=/bin/sleep 1000
autostart=false
startsecs=0
"""

BUSY = """
[program:busy]
command=/bin/sh -c "while :; do :; done"
startsecs=0
autostart=false
[program:idle]
command=/bin/sleep 1000
startsecs=0
autostart=false
[program:never]
command=/bin/true
autostart=false
"""
UNKNOWN = 2 ** 64 - 1
AS_COMPLETED = 2

WORKERS = [("worker", str(i), "", "") for i in range(3)]


def error_of(connection, name, method, signature="t", body=(0,)):
    path = process_path(name)
    return connection.call_error(path, PROCESS, method, signature, body)


def bulk(connection, method, names, flags=0):
    """Results of a bulk method of the Manager, in the order given."""
    return connection.call(ROOT, MANAGER, method, "ast", (names, flags))[0]


def states(connection):
    """All processes: (group, process) to state."""
    return {(p[0], p[1]): p[3] for p in connection.call(ROOT, MANAGER, "ListProcesses")[0]}


@tap.case("Start answers when the process is RUNNING")
def start_waits():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        call = connection.send(process_path("slow"), PROCESS, "Start", "t", (0,))
        connection.wait_changes(["STARTING", "RUNNING"], "slow")
        # The signal was sent before the answer, over the same connection.
        connection.wait_reply(call)
        tap.same([c.state for c in connection.changes("slow")], ["STARTING", "RUNNING"])


@tap.case("Start with NO_WAIT answers at once")
def start_does_not_wait():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.start("slow")
        tap.same([c.state for c in connection.changes("slow")], ["STARTING"])
        connection.wait_changes(["STARTING", "RUNNING"], "slow")


@tap.case("Stop answers when the process has ended, with NO_WAIT at once")
def stop_waits():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for flags, known in ((0, ["STOPPING", "STOPPED"]), (NO_WAIT, ["STOPPING"])):
            connection.call(process_path("quick"), PROCESS, "Start", "t", (0,))
            connection.signals.clear()
            connection.call(process_path("quick"), PROCESS, "Stop", "t", (flags,))
            tap.same([c.state for c in connection.changes("quick")][:len(known)], known)
            connection.wait_changes(["STOPPING", "STOPPED"], "quick")


@tap.case("Restart answers with a new process, and starts one that was stopped")
def restart():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.call(process_path("quick"), PROCESS, "Restart", "t", (0,))
        first = connection.pid("quick")
        connection.call(process_path("quick"), PROCESS, "Restart", "t", (0,))
        second = connection.pid("quick")
        tap.check(first and second and first != second, "pids %d and %d" % (first, second))
        tap.same([c.state for c in connection.changes("quick")],
                 ["STARTING", "RUNNING", "STOPPING", "STOPPED", "STARTING", "RUNNING"])


@tap.case("errors of Start")
def start_errors():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        tap.same(error_of(connection, "lost", "Start"), ERROR + "NoFile")
        tap.same(error_of(connection, "plain", "Start"), ERROR + "NotExecutable")
        tap.same(error_of(connection, "unquoted", "Start"), ERROR + "NotExecutable")
        # Refused before anything began, as Supervisor does.
        tap.same(connection.changes(), [])
        tap.same(error_of(connection, "hasty", "Start"), ERROR + "SpawnError")
        connection.call(process_path("quick"), PROCESS, "Start", "t", (0,))
        tap.same(error_of(connection, "quick", "Start"), ERROR + "AlreadyStarted")


@tap.case("a Start that somebody else's Stop cuts short")
def start_cut_short():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        other = daemon.connect()
        call = connection.send(process_path("slow"), PROCESS, "Start", "t", (0,))
        connection.wait_changes(["STARTING"], "slow")
        other.call(process_path("slow"), PROCESS, "Stop", "t", (0,))
        try:
            connection.wait_reply(call)
        except bus.BusError as error:
            tap.same(error.name, ERROR + "AbnormalTermination")
        else:
            raise AssertionError("Start did not fail")


@tap.case("errors of Stop and Signal")
def stop_and_signal_errors():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        tap.same(error_of(connection, "quick", "Stop"), ERROR + "NotRunning")
        tap.same(error_of(connection, "quick", "Signal", "s", ("HUP",)), ERROR + "NotRunning")
        connection.call(process_path("quick"), PROCESS, "Start", "t", (0,))
        for name in ("NONSENSE", "", "99", "-1"):
            tap.same(error_of(connection, "quick", "Signal", "s", (name,)), ERROR + "BadSignal")
        tap.same(connection.state("quick"), "RUNNING")


@tap.case("errors for objects, flags and methods that do not exist")
def unknown_things():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        tap.same(connection.call_error(ROOT, MANAGER, "GetProcess", "s", ("nobody",)),
                 ERROR + "NoSuchProcess")
        tap.same(connection.call_error(ROOT, MANAGER, "GetGroup", "s", ("nobody",)),
                 ERROR + "NoSuchGroup")
        standard = "org.freedesktop.DBus.Error."
        tap.same(error_of(connection, "nobody", "Start"), standard + "UnknownObject")
        tap.same(error_of(connection, "quick", "Fly"), standard + "UnknownMethod")
        tap.same(error_of(connection, "quick", "Start", "s", ("x",)), standard + "InvalidArgs")
        tap.same(error_of(connection, "quick", "Start", "t", (1 << 40,)), standard + "InvalidArgs")
        tap.same(connection.state("quick"), "STOPPED")


@tap.case("Signal by name, by long name and by number")
def signals():
    with Daemon("""
            [program:trap]
            command=/bin/sh -c 'trap "echo got" USR1; touch ready; while :; do sleep 0.05; done'
            directory=%(here)s
            stdout_logfile=%(here)s/out
            startsecs=0
            stopasgroup=true
            """) as daemon:
        connection = daemon.connect()
        daemon.wait_file("ready")
        connection.call(process_path("trap"), PROCESS, "Signal", "s", ("0",))
        for count, name in enumerate(("USR1", "SIGUSR1", "10"), 1):
            connection.call(process_path("trap"), PROCESS, "Signal", "s", (name,))
            bus.processes.wait_for(lambda: daemon.read("out").count("got") == count, name)


@tap.case("a whole group")
def group_methods():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        path = group_path("worker")
        tap.same(connection.call(path, GROUP, "Start", "t", (0,))[0], WORKERS)
        tap.same({v for k, v in states(connection).items() if k[0] == "worker"}, {"RUNNING"})
        # Those that run are left out.
        tap.same(connection.call(path, GROUP, "Start", "t", (0,))[0], [])
        tap.same(connection.call(path, GROUP, "Signal", "s", ("CONT",))[0], WORKERS)
        tap.same(connection.call(path, GROUP, "Restart", "t", (0,))[0], WORKERS)
        tap.same(connection.call(path, GROUP, "Stop", "t", (0,))[0], WORKERS)
        tap.same({v for k, v in states(connection).items() if k[0] == "worker"}, {"STOPPED"})
        values = connection.get_all(path, GROUP)
        tap.same((values["Name"], values["Kind"]), ("worker", "program"))
        tap.same(values["Processes"], [process_path("worker", str(i)) for i in range(3)])


@tap.case("many at once, with a result for each")
def bulk_methods():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        results = bulk(connection, "Start", ["worker:*", "quick", "lost", "nobody", "nogroup:*"])
        outcome = {(g, p): error for g, p, error, _ in results}
        good = [("worker", str(i)) for i in range(3)] + [("quick", "quick")]
        tap.same({k for k, error in outcome.items() if not error}, set(good))
        tap.same(outcome[("lost", "lost")], ERROR + "NoFile")
        tap.same(sorted(e for e in outcome.values() if e),
                 sorted(ERROR + e for e in ("NoFile", "NoSuchProcess", "NoSuchGroup")))
        tap.same({k: states(connection)[k] for k in good}, dict.fromkeys(good, "RUNNING"))
        results = connection.call(ROOT, MANAGER, "Signal", "ass", (["worker:1", "hasty"], "CONT"))
        tap.same({r[0]: r[2] for r in results[0]}, {"worker": "", "hasty": ERROR + "NotRunning"})
        results = bulk(connection, "Stop", ["all"])
        tap.same({(r[0], r[1]): r[2] for r in results}, dict.fromkeys(good, ""))


@tap.case("a bulk Start answers when all have come to rest")
def bulk_waits():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        results = dict((r[0], r[2]) for r in bulk(connection, "Start", ["slow", "hasty", "quick"]))
        tap.same(results, {"slow": "", "quick": "", "hasty": ERROR + "SpawnError"})
        tap.same(connection.changes("slow")[-1].state, "RUNNING")
        names = ["slow", "lost", "quick"]
        tap.same([r[0] for r in bulk(connection, "Start", names)], names)
        bulk(connection, "Stop", ["all"])
        tap.same([r[0] for r in bulk(connection, "Start", names, AS_COMPLETED)],
                 ["lost", "quick", "slow"])
        results = bulk(connection, "Restart", ["slow", "quick"], NO_WAIT)
        tap.same({r[2] for r in results}, {""})


@tap.case("properties of the manager, and all processes in a list")
def manager():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        values = connection.get_all(ROOT, MANAGER)
        tap.same((values["Identifier"], values["Pid"], values["State"]),
                 (IDENTIFIER, daemon.process.pid, "RUNNING"))
        tap.same((values["ConfigurationFile"], values["LogFile"]),
                 (daemon.configuration, daemon.file("main.log")))
        tap.same(len(values["RunId"]), 32)
        listed = connection.call(ROOT, MANAGER, "ListProcesses")[0]
        tap.same(len(listed), values["NProcesses"])
        tap.same([p[:2] for p in listed], sorted(p[:2] for p in listed), "order")
        for group, process, path, state, pid, start, stop, error, code in listed:
            tap.same(path, process_path(group, process))
            tap.same((state, pid, start, stop, error, code), ("STOPPED", 0, 0, 0, "", 0))


@tap.case("the logs of all processes")
def logs():
    with Daemon(PROGRAMS + "stderr_logfile=NONE\n") as daemon:
        connection = daemon.connect()
        listed = connection.call(ROOT, MANAGER, "ListLogs")[0]
        tap.same([l[:2] for l in listed],
                 [p[:2] for p in connection.call(ROOT, MANAGER, "ListProcesses")[0]])
        for group, process, *paths in listed:
            path = process_path(group, process)
            tap.same(paths, [connection.get(path, PROCESS, p)
                             for p in ("StdoutLogFile", "StderrLogFile")])
        tap.same([l[3] for l in listed if l[0] == "odd-name.x"], [""])


@tap.case("what processes take of the machine, of each and of all")
def usage():
    with Daemon(BUSY) as daemon:
        connection = daemon.connect()
        bulk(connection, "Start", ["busy", "idle"])

        def listed():
            return {u[1]: u[2:] for u in connection.call(ROOT, MANAGER, "ListUsage")[0]}

        def has_worked():
            return listed()["busy"][1] > 50 * 10 ** 6
        tap.same(list(listed()), ["busy", "idle", "never"])
        processes.wait_for(has_worked, "processor time")
        values = listed()
        tap.same({n: v[0] for n, v in values.items()},
                 {"busy": connection.pid("busy"), "idle": connection.pid("idle"), "never": 0})
        tap.same(values["never"][1:], (UNKNOWN, UNKNOWN, 0))
        for name in ("busy", "idle"):
            tap.check(2 ** 16 < values[name][2] < 2 ** 40, "memory of %s" % name)
        path = process_path("busy")
        tap.check(values["busy"][1] <= connection.get(path, PROCESS, "CPUUsageNSec") < UNKNOWN,
                  "processor time as a property")
        tap.check(2 ** 16 < connection.get(path, PROCESS, "MemoryCurrent") < 2 ** 40, "memory")
        tap.same((connection.get(process_path("never"), PROCESS, "CPUUsageNSec"),
                  connection.get(process_path("never"), PROCESS, "MemoryCurrent")),
                 (UNKNOWN, UNKNOWN))


@tap.case("GetProcess and GetGroup find what the names of Supervisor mean")
def get_objects():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        for name, path in (("quick", process_path("quick")),
                           ("quick:quick", process_path("quick")),
                           ("worker:2", process_path("worker", "2")),
                           ("odd-name.x", process_path("odd-name.x"))):
            tap.same(connection.call(ROOT, MANAGER, "GetProcess", "s", (name,))[0], path)
            tap.same(connection.get(path, PROCESS, "Group"), name.split(":")[0])
        tap.same(connection.call(ROOT, MANAGER, "GetGroup", "s", ("worker",))[0],
                 group_path("worker"))


@tap.case("GetManagedObjects has every object with its interfaces")
def managed_objects():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        objects = connection.call(ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]
        listed = connection.call(ROOT, MANAGER, "ListProcesses")[0]
        expected = {p[2]: PROCESS for p in listed}
        expected.update({group_path(p[0]): GROUP for p in listed})
        own = {path: i for path, interfaces in objects.items() for i in interfaces
               if i in (PROCESS, GROUP)}
        tap.same(own, expected)
        values = bus.plain(objects[process_path("quick")][PROCESS])
        tap.same(values, connection.get_all(process_path("quick"), PROCESS))


@tap.case("introspection leads from the root to every object")
def introspection():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()

        def nodes(path):
            text = connection.call(path, INTROSPECTABLE, "Introspect")[0]
            found = [path + "/" + n.get("name")
                     for n in xml.etree.ElementTree.fromstring(text).findall("node")]
            return [path] + [leaf for node in found for leaf in nodes(node)]
        reached = set(nodes(ROOT))
        for listed in connection.call(ROOT, MANAGER, "ListProcesses")[0]:
            tap.check(listed[2] in reached, listed[2] + " is not to be found")
            tap.check(group_path(listed[0]) in reached, "group " + listed[0])


@tap.case("a caller that goes away while it waits disturbs nobody")
def caller_goes_away():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        impatient = daemon.connect()
        impatient.send(process_path("slow"), PROCESS, "Start", "t", (0,))
        impatient.sync()
        impatient.close()
        connection.wait_changes(["STARTING", "RUNNING"], "slow")
        connection.call(process_path("slow"), PROCESS, "Stop", "t", (0,))


def two_callers_case(method, other_method):
    @tap.case("callers of %s and %s of the same process are both answered" % (method, other_method))
    def two_callers():
        with Daemon(PROGRAMS) as daemon:
            connection = daemon.connect()
            connection.call(process_path("lazy"), PROCESS, "Start", "t", (0,))
            daemon.wait_file("trapped")
            calls = [connection.send(process_path("lazy"), PROCESS, name, "t", (0,))
                     for name in (method, other_method)]
            for call in calls:
                try:
                    connection.wait_reply(call)
                except bus.BusError as error:
                    # Who comes second may find that the first one has done it.
                    tap.check(error.name in (ERROR + "NotRunning", ERROR + "AlreadyStarted"),
                              error.name)


two_callers_case("Restart", "Restart")
two_callers_case("Restart", "Start")
two_callers_case("Restart", "Stop")
two_callers_case("Stop", "Restart")


@tap.case("Shutdown answers, and ends everything")
def shutdown():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        connection.call(process_path("quick"), PROCESS, "Start", "t", (0,))
        connection.call(ROOT, MANAGER, "Shutdown")
        tap.same(daemon.wait_end(), 0)


tap.run()
