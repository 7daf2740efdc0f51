"""busvisorctl against the daemon: texts, exit codes, JSON, the live monitor."""

import json
import re
import signal
import subprocess

import processes
import tap
from busvisor import Daemon, clean_environment, program, IDENTIFIER
from bus import NO_WAIT, PROCESS, process_path

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0

[program:idle]
command=/bin/sleep 1000
autostart=false
startsecs=0

[program:worker]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0

[program:hasty]
command=/bin/true
autostart=false
startretries=0
startsecs=1

[program:lost]
command=/nonexistent/program
autostart=false

[program:plain]
command=%(here)s/main.log
autostart=false
"""


def started(daemon):
    """A connection to a daemon whose autostart programs are RUNNING."""
    connection = daemon.connect()
    for group, process in (("cat", "cat"), ("worker", "worker_0"), ("worker", "worker_1")):
        processes.wait_for(lambda: connection.state(group, process) == "RUNNING", process)
    return connection


def expect(result, code, out="", err=""):
    """Whole output and exit code."""
    tap.same((result.returncode, result.stdout, result.stderr), (code, out, err),
             " ".join(result.args[1:]))


def expect_result(result, code, text):
    """Supervisor's text on stdout; a failure is told on stderr too, as that goes elsewhere here."""
    expect(result, code, text, text if code else "")


def expect_words(result, code, pattern):
    """One line on stderr that matches, nothing on stdout."""
    tap.same((result.returncode, result.stdout), (code, ""), " ".join(result.args[1:]))
    tap.same(len(result.stderr.splitlines()), 1, result.stderr)
    tap.check(re.search(pattern, result.stderr), result.stderr)


def line(name, state, description):
    return "%-33s%-10s%s" % (name, state, description)


@tap.case("status as a table")
def status():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        result = daemon.ctl("status")
        tap.same((result.returncode, result.stderr), (3, ""))
        lines = [re.sub(r"uptime \d:\d\d:\d\d$", "uptime T", l)
                 for l in result.stdout.splitlines()]
        tap.same(lines, [
            line("cat", "RUNNING", "pid %d, uptime T" % connection.pid("cat")),
            line("hasty", "STOPPED", "Not started"),
            line("idle", "STOPPED", "Not started"),
            line("lost", "STOPPED", "Not started"),
            line("plain", "STOPPED", "Not started"),
            line("worker:worker_0", "RUNNING",
                 "pid %d, uptime T" % connection.pid("worker", "worker_0")),
            line("worker:worker_1", "RUNNING",
                 "pid %d, uptime T" % connection.pid("worker", "worker_1"))])


@tap.case("status of some, and its exit codes")
def status_of_some():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        result = daemon.ctl("status", "cat", "worker:*")
        tap.same((result.returncode, len(result.stdout.splitlines())), (0, 3))
        tap.same(daemon.ctl("status", "idle").returncode, 3)
        result = daemon.ctl("status", "nobody", "nogroup:*")
        tap.same(result.returncode, 4)
        text = result.stdout + result.stderr
        tap.check("nobody: ERROR (no such process)" in text, text)
        tap.check("nogroup: ERROR (no such group)" in text, text)


@tap.case("status as JSON")
def status_json():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        result = daemon.ctl("--json", "status")
        entries = json.loads(result.stdout)
        tap.same(len(entries), 7)
        tap.same(json.loads(daemon.ctl("status", "--json").stdout), entries)
        cat = entries[0]
        tap.same((cat["name"], cat["group"], cat["state"], cat["pid"]),
                 ("cat", "cat", "RUNNING", connection.pid("cat")))


@tap.case("start")
def start():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        expect(daemon.ctl("start", "idle"), 0, "idle: started\n")
        tap.same(connection.state("idle"), "RUNNING")
        for name, code, text in (("idle", 0, "already started"), ("lost", 1, "no such file"),
                                 ("plain", 1, "file is not executable"),
                                 ("hasty", 7, "spawn error"),
                                 ("nobody", 1, "no such process")):
            expect_result(daemon.ctl("start", name), code, "%s: ERROR (%s)\n" % (name, text))
        expect_result(daemon.ctl("start", "nogroup:*"), 2, "nogroup: ERROR (no such group)\n")


@tap.case("stop and restart")
def stop_and_restart():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        expect(daemon.ctl("stop", "cat"), 0, "cat: stopped\n")
        tap.same(connection.state("cat"), "STOPPED")
        expect_result(daemon.ctl("stop", "cat"), 0, "cat: ERROR (not running)\n")
        pids = [connection.pid("worker", "worker_%d" % i) for i in range(2)]
        result = daemon.ctl("restart", "worker:*")
        tap.same(result.returncode, 0)
        tap.same(sorted(result.stdout.splitlines()),
                 ["worker:worker_%d: %s" % (i, word) for i in range(2)
                  for word in ("started", "stopped")])
        tap.check(not set(pids) & {connection.pid("worker", "worker_%d" % i) for i in range(2)},
                  "the same processes")
        result = daemon.ctl("stop", "nobody", "all")
        tap.same((result.returncode, sorted(result.stdout.splitlines())),
                 (0, ["worker:worker_0: stopped", "worker:worker_1: stopped"]))


@tap.case("signal")
def signals():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        expect(daemon.ctl("signal", "CONT", "cat"), 0, "cat: signalled\n")
        expect_result(daemon.ctl("signal", "CONT", "idle"), 7, "idle: ERROR (not running)\n")
        expect_result(daemon.ctl("signal", "NOPE", "cat"), 1, "cat: ERROR (bad signal name)\n")


@tap.case("pid")
def pid():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        expect(daemon.ctl("pid"), 0, "%d\n" % daemon.process.pid)
        expect(daemon.ctl("pid", "cat"), 0, "%d\n" % connection.pid("cat"))
        result = daemon.ctl("pid", "all")
        tap.same((result.returncode, len(result.stdout.split())), (0, 7))
        tap.same(daemon.ctl("pid", "idle").returncode, 7)
        expect_result(daemon.ctl("pid", "nobody"), 1, "No such process nobody\n")


@tap.case("version and shutdown")
def version_and_shutdown():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        version = connection.get("/org/busvisor1", "org.busvisor1.Manager", "Version")
        expect(daemon.ctl("version"), 0, version + "\n")
        expect(daemon.ctl("shutdown"), 0, "Shut down\n")
        tap.same(daemon.wait_end(), 0)


@tap.case("no daemon, unknown command, no name: one line and a failure")
def failures():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        expect_words(daemon.ctl("status", "--address=unix:path=/nonexistent/socket",
                                address=False), 4, "/nonexistent/socket")
        result = daemon.ctl("fly")
        tap.check(result.returncode not in (0, None) and "fly" in result.stdout + result.stderr,
                  result)
        for command, code in (("start", 2), ("stop", 1), ("restart", 1)):
            result = daemon.ctl(command)
            tap.same(result.returncode, code)
            tap.check("requires a process name" in result.stdout + result.stderr, result)


@tap.case("the daemon is found by environment, by -i and by -c")
def ways_to_the_daemon():
    with Daemon(PROGRAMS) as daemon:
        started(daemon)
        environments = (({"BUSVISOR_BUS_ADDRESS": daemon.address}, []),
                        ({"RUNTIME_DIRECTORY": daemon.file("run")}, ["-i", IDENTIFIER]),
                        ({"RUNTIME_DIRECTORY": daemon.file("run")}, ["-c", daemon.configuration]))
        for more, options in environments:
            result = subprocess.run([program("busvisorctl")] + options + ["pid"], text=True,
                                    env=dict(clean_environment(), **more), capture_output=True,
                                    timeout=processes.WAIT_LIMIT, check=False)
            tap.same((result.returncode, result.stdout.strip(), result.stderr),
                     (0, str(daemon.process.pid), ""), str(options))


class Monitor:
    """busvisorctl monitor, its output in a file."""

    def __init__(self, daemon, *arguments):
        self.daemon = daemon
        with open(daemon.file("monitor"), "wb") as out:
            self.process = subprocess.Popen(
                [program("busvisorctl"), "--address=" + daemon.address, "monitor", *arguments],
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=clean_environment())

    def lines(self):
        return [l for l in self.daemon.read("monitor").splitlines(True) if l.endswith("\n")]

    def wait_line(self, pattern):
        def found():
            return next((l for l in self.lines() if re.search(pattern, l)), None)
        return processes.wait_for(found, lambda: "%r in %s" % (pattern, self.lines()))

    def wait_ready(self, connection):
        """Makes events until one is shown."""
        def shown():
            for method in ("Start", "Stop"):
                connection.call(process_path("idle"), PROCESS, method, "t", (0,))
            return "idle" in self.daemon.read("monitor")
        processes.wait_for(shown, "the first line of the monitor")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(processes.WAIT_LIMIT)


@tap.case("monitor shows each event on one line, and ends by SIGINT")
def monitor():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        running = Monitor(daemon)
        running.wait_ready(connection)
        connection.call(process_path("cat"), PROCESS, "Stop", "t", (0,))
        change = connection.wait_state("STOPPED", "cat")
        shown = running.wait_line(r"STOPPED\s+cat\b")
        tap.check("\x1b" not in shown, "colours in a file: " + shown)
        tap.check(str(change.serial) in shown or str(change.pid) in shown, shown)
        tap.same(running.end(signal.SIGINT), 0)


@tap.case("monitor as JSON")
def monitor_json():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        running = Monitor(daemon, "--json")
        running.wait_ready(connection)
        connection.call(process_path("cat"), PROCESS, "Stop", "t", (0,))
        change = connection.wait_state("STOPPED", "cat")
        running.wait_line(r'"serial": ?%d\b' % change.serial)
        entries = [json.loads(l) for l in running.lines()]
        mine = [e for e in entries if e["serial"] == change.serial]
        tap.same([(e["process"], e["state"], e["from_state"], e["pid"]) for e in mine],
                 [("cat", "STOPPED", "STOPPING", change.pid)])
        tap.same(running.end(), 0)


@tap.case("monitor goes on where it was after the bus was killed")
def monitor_survives():
    with Daemon(PROGRAMS) as daemon:
        connection = started(daemon)
        running = Monitor(daemon, "--json")
        running.wait_ready(connection)
        message_bus = daemon.wait_helper("dbus-daemon")
        processes.os.kill(message_bus, signal.SIGKILL)
        connection = processes.wait_for(daemon.try_connect, "the daemon on a new bus")
        connection.call(process_path("idle"), PROCESS, "Start", "t", (NO_WAIT,))
        change = connection.wait_state("RUNNING", "idle")
        running.wait_line(r'"serial": ?%d\b' % change.serial)
        tap.same(running.end(), 0)


tap.run()
