"""The units as systemd would run them: their commands, with what their options set, and a socket in
place of systemd. On a real systemd tests/package/run has them."""

import os
import re
import shlex
import shutil
import signal
import subprocess

import bus
import processes
import tap
from busvisor import BUILD, HERE, PYTHON, Folder, program, source
from servicemanager import Manager
from systembus import (STRANGER, SystemBus, SystemDaemon, UserDaemon, needs_host_user,
                       needs_root)

SYSTEM, USER = "system/busvisord", "user/busvisord"
HOST, USER_HOST = "system/busvisor-listener-host", "user/busvisor-listener-host"
PROGRAMS = "[program:stays]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
MORE = "[program:more]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
LISTENER = """
[eventlistener:watch]
command=%s %s/recorder.py %%(here)s/events
events=REMOTE_COMMUNICATION
""" % (PYTHON, HERE)


def unit_file(unit):
    """As it is installed, but with the programs that have been built."""
    with open(os.path.join(BUILD, "data", unit + ".service"), encoding="utf-8") as file:
        return re.sub(r"/\S*/(busvisor[a-z-]*)(?=[ \n])", lambda m: program(m[1]), file.read())


def options(unit):
    """Option to its values, in the order of the file."""
    found = {}
    for line in unit_file(unit).splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def command(unit, name, configuration=None):
    """What an option has as its command; the file after --configuration is the test's."""
    words = shlex.split(options(unit)[name][0])
    if "--configuration" in words:
        place = words.index("--configuration") + 1
        tap.check(words[place].endswith("/busvisor/busvisor.yaml"), words)
        words[place] = configuration
    return words


class UnitDaemon(SystemDaemon):
    """busvisord by the command of a unit, and with what its options set."""

    def __init__(self, unit, manager):
        super().__init__(PROGRAMS)
        self.unit = unit
        self.manager = manager

    def start(self):
        self.system = SystemBus(self).__enter__()
        self.environment.update(NOTIFY_SOCKET=self.manager.name, WATCHDOG_USEC="400000",
                                DBUS_SYSTEM_BUS_ADDRESS=self.address,
                                DBUS_SESSION_BUS_ADDRESS=self.address)
        with open(self.file("stderr"), "ab") as err:
            self.process = subprocess.Popen(
                command(self.unit, "ExecStart", self.configuration), cwd=self.path, stdout=err,
                stderr=err, stdin=subprocess.DEVNULL, env=self.environment)

    def run(self, name):
        return subprocess.run(command(self.unit, name), env=self.environment, check=False,
                              stdin=subprocess.DEVNULL, timeout=processes.WAIT_LIMIT).returncode


def check_life(unit):
    """READY with the process id, the watchdog, a reload, and the end."""
    tap.same(options(unit)["Type"], ["notify"])
    tap.check(options(unit)["WatchdogSec"], "no watchdog")
    with Manager() as manager, UnitDaemon(unit, manager) as daemon:
        tap.same(manager.wait(READY="1"), {"READY": "1", "MAINPID": str(daemon.process.pid),
                                           "STATUS": "1 of 1 programs running"})
        manager.wait(WATCHDOG="1")
        tap.check("on the bus as org.busvisor1 at " + daemon.address in daemon.read("main.log"),
                  "another bus")
        daemon.write("supervisord.conf", daemon.sections + MORE)
        tap.same(daemon.run("ExecReload"), 0)
        tap.check("MONOTONIC_USEC" in manager.wait(RELOADING="1"), manager.received)
        tap.same(manager.wait(READY="1")["MAINPID"], str(daemon.process.pid))
        # As KillMode=mixed: the daemon alone is asked to end.
        tap.same(options(unit)["KillMode"], ["mixed"])
        daemon.process.send_signal(signal.SIGTERM)
        manager.wait(STOPPING="1")
        daemon.wait_end()


@tap.case("the unit of the system")
def system_unit():
    needs_root()
    check_life(SYSTEM)


@tap.case("the unit of a user")
def user_unit():
    needs_root()  # the bus of the test lets nobody else own the name
    check_life(USER)


@tap.case("a user's is reloaded, and not the system's, where there is one")
def user_unit_beside():
    needs_root()
    with Manager() as manager, UnitDaemon(USER, manager) as daemon, SystemBus(manager) as other:
        manager.wait(READY="1")
        owner = bus.Bus(other.address)
        owner.call_bus("RequestName", "su", (bus.NAME, 0))
        daemon.environment["DBUS_SYSTEM_BUS_ADDRESS"] = other.address
        daemon.write("supervisord.conf", daemon.sections + MORE)
        tap.same(daemon.run("ExecReload"), 0)
        tap.same(daemon.ctl("pid", "more").returncode, 0)
        owner.close()


def check_host(unit, kind, options_of_daemon="", **user):
    """With listener_host=external: READY, the watchdog, an event and the end."""
    with Manager() as manager, kind("[supervisord]\nlistener_host=external\n" +
                                    options_of_daemon + LISTENER) as daemon:
        os.chmod(manager.name, 0o666)
        connection = daemon.connect()
        environment = dict(daemon.environment, NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="400000")
        host = subprocess.Popen(command(unit, "ExecStart"), env=environment,
                                stdin=subprocess.DEVNULL, **user)
        manager.wait(READY="1")
        manager.wait(WATCHDOG="1")
        connection.call("/org/busvisor1", "org.busvisor1.Events", "SendRemoteCommunication",
                        "say", ("x", b"1"))
        processes.wait_for(lambda: daemon.read("events"), "the event")
        host.terminate()
        tap.same(host.wait(processes.WAIT_LIMIT), 0)


@tap.case("the unit of the listener-host, as its user, with listener_host=external")
def host_unit():
    needs_host_user()
    tap.same(options(HOST)["User"], ["busvisor-host"])
    check_host(HOST, SystemDaemon, "host_user=%d\n" % STRANGER, user=STRANGER, group=STRANGER,
               extra_groups=[])


@tap.case("the unit of a user's listener-host")
def user_host_unit():
    check_host(USER_HOST, UserDaemon)


@tap.case("systemd-analyze finds nothing wrong with them, and the listener-host's is tight")
def analyzed():
    if not shutil.which("systemd-analyze"):
        raise tap.Skip("there is no systemd-analyze")
    with Folder() as folder:
        for unit in (SYSTEM, USER, HOST, USER_HOST):
            kind, name = unit.split("/")
            os.makedirs(folder.file(kind), exist_ok=True)
            file = folder.write("%s/%s.service" % (kind, name), unit_file(unit))
            result = subprocess.run(["systemd-analyze", "--" + kind, "--man=no", "verify", file],
                                    capture_output=True, text=True, check=False,
                                    env=dict(os.environ, XDG_RUNTIME_DIR=folder.path))
            ours = [line for line in result.stderr.splitlines() if "busvisor" in line]
            tap.same((result.returncode, ours), (0, []), result.stderr)
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=20",
             folder.file(HOST + ".service")], capture_output=True, text=True, check=False)
        if "unrecognized option" not in result.stderr:
            tap.same(result.returncode, 0, result.stdout + result.stderr)


@tap.case("users and folders are what systemd takes")
def users():
    for tool, name in (("systemd-sysusers", "sysusers"), ("systemd-tmpfiles", "tmpfiles")):
        if not shutil.which(tool):
            raise tap.Skip("there is no " + tool)
        with Folder() as folder:
            os.makedirs(folder.file("etc"))
            more = ["--create", "--prefix=/nowhere"] if name == "tmpfiles" else []
            result = subprocess.run([tool, "--root=" + folder.path] + more + [
                os.path.abspath(source("data/system/busvisor." + name))], capture_output=True,
                text=True, check=False)
            tap.same(result.returncode, 0, result.stderr)
            if name == "sysusers":
                tap.check("\nbusvisor-host:x:" in "\n" + folder.read("etc/passwd"), "no user")
                tap.check("\nbusvisor:x:" in "\n" + folder.read("etc/group"), "no group")


tap.run()
