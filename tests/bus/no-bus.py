"""Programs run without a bus, and no bus can delay them."""

import os
import re
import shutil
import signal

import processes
import tap
from busvisor import HEAD, Daemon, Folder, run_busvisord

PROGRAMS = """
[program:stays]
command=/bin/sleep 1000
startsecs=0

[program:again]
command=/bin/sh -c '/bin/sleep 0.2; exit 1'
startsecs=0
autorestart=true
stopasgroup=true
"""

SPAWNED = r"INFO spawned: '%s' with pid (\d+)$"


def errors(daemon):
    return re.findall(r"^.* (?:ERRO|CRIT) .*$", daemon.read("main.log"), re.MULTILINE)


class WithoutDbus(Daemon):
    """No bus is there, and PATH leads to an empty folder until provide() is called."""

    def __init__(self, sections):
        super().__init__(sections, arguments=["--bus", "auto"])

    def start(self):
        os.makedirs(self.file("bin"))
        self.environment.update(PATH=self.file("bin"),
                                DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/system",
                                DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/session")
        super().start()

    def provide(self):
        os.symlink(shutil.which("dbus-daemon"), self.file("bin/dbus-daemon"))


@tap.case("without dbus-daemon: programs run, one line of error")
def not_installed():
    with WithoutDbus(PROGRAMS) as daemon:
        daemon.wait_log(SPAWNED % "stays")
        # Long enough for several attempts at the bus.
        daemon.wait_log(SPAWNED % "again", count=4)
        about_bus = [e for e in errors(daemon) if re.search(r"\b(D-Bus|bus|dbus-daemon)\b", e)]
        tap.same(len(about_bus), 1, "errors: %s" % errors(daemon))
        tap.check(daemon.helper("dbus-daemon") is None, "there is a dbus-daemon all the same")


@tap.case("where the private bus was asked for, its absence is an error that says what to do")
def asked_for():
    with Folder() as folder:
        file = folder.write("supervisord.conf", HEAD + PROGRAMS)
        result = run_busvisord(folder, "-n", "-c", file, "--bus", "private",
                               environment={"PATH": folder.path})
        tap.check(result.returncode != 0, "it started all the same")
        tap.check(re.search(r"dbus-daemon .* install", result.stderr), result.stderr)
        tap.same(processes.descendants(os.getpid()), [], "processes")


@tap.case("a name that nobody may have is an error that says so, whatever is in it")
def no_name():
    for name in ("foo", 'a"b.c', "a<b.c&"):
        with Folder() as folder:
            file = folder.write("supervisord.conf", HEAD + "bus_name=%s\n" % name + PROGRAMS)
            result = run_busvisord(folder, "-n", "-c", file, "--bus", "private")
            tap.check(result.returncode != 0, "it started all the same")
            tap.check("does not let us have the name %s: " % name in result.stderr, result.stderr)


@tap.case("the bus is tried again: it may be installed later")
def installed_later():
    with WithoutDbus(PROGRAMS) as daemon:
        daemon.wait_log(SPAWNED % "stays")
        processes.wait_for(lambda: errors(daemon), "the line of error")
        pid = int(daemon.wait_log(SPAWNED % "stays")[0].group(1))
        daemon.provide()
        tap.same(daemon.connect().pid("stays"), pid)


@tap.case("a stopped bus delays no restart of a program")
def stopped_bus():
    with Daemon(PROGRAMS) as daemon:
        connection = daemon.connect()
        first = connection.pid("stays")
        message_bus = daemon.wait_helper("dbus-daemon")
        os.kill(message_bus, signal.SIGSTOP)
        os.kill(first, signal.SIGKILL)
        # While the bus stands still: it is started again only afterwards.
        second = int(daemon.wait_log(SPAWNED % "stays", count=2)[1].group(1))
        seen = len(re.findall(SPAWNED % "again", daemon.read("main.log"), re.MULTILINE))
        daemon.wait_log(SPAWNED % "again", count=seen + 3)
        os.kill(message_bus, signal.SIGCONT)
        tap.same(daemon.connect().pid("stays"), second)


@tap.case("a stopped bus does not keep the daemon from ending")
def end_with_stopped_bus():
    with Daemon(PROGRAMS) as daemon:
        daemon.connect()
        os.kill(daemon.wait_helper("dbus-daemon"), signal.SIGSTOP)
        daemon.process.send_signal(signal.SIGTERM)
        tap.same(daemon.wait_end(), 0)


tap.run()
