"""What people have at hand: busctl, gdbus, and the example scripts drive the daemon on each kind of
bus, as its owner and as somebody else, who sees states and no more."""

import functools
import json
import shutil
import subprocess

import processes
import tap
from broker import Broker, UserBroker
from bus import EVENTS, MANAGER, NAME, PROCESS, ROOT, group_path, process_path
from busvisor import PYTHON, Daemon, clean_environment, source
from systembus import STRANGER, SystemBus, SystemDaemon, UserBus, UserDaemon, needs_root

SECTIONS = """
[program:web]
command=/bin/sleep 1000
startsecs=0
[program:failing]
command=/bin/false
startretries=0
autorestart=false
"""

WEB = process_path("web")
SCRIPTS = ("restart-failed.sh", "memory-guard.py")


class Place:
    """A daemon on some bus, and how each client is told which that is."""

    def __init__(self, daemon, options, user=None):
        self.daemon = daemon
        self.busctl_options, self.gdbus_options, self.script_option = options
        self.user = user
        self.environment = dict(clean_environment(), DELAY="1", INTERVAL="0.1",
                                PYTHONUNBUFFERED="1")
        for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
            if name in daemon.environment:
                self.environment[name] = daemon.environment[name]

    def _as_user(self):
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.user, "extra_groups": []}

    def run(self, *command):
        return subprocess.run(command, env=self.environment, cwd=self.daemon.path, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=processes.WAIT_LIMIT, **self._as_user())

    def begin(self, output, *command):
        """Starts what does not end by itself; its output goes into a file of this name."""
        with open(self.daemon.file(output), "wb") as stream:
            return subprocess.Popen(command, env=self.environment, cwd=self.daemon.path,
                                    stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                                    **self._as_user())

    def busctl(self, *arguments):
        return self.run("busctl", *self.busctl_options, *arguments)

    def gdbus(self, verb, *arguments):
        return self.run("gdbus", verb, *self.gdbus_options, *arguments)

    def good(self, result):
        tap.same((result.returncode, result.stderr), (0, ""), str(result.args))
        return result.stdout

    def wait_output(self, file, *texts):
        """One of these texts."""
        def found():
            return any(text in self.daemon.read(file) for text in texts)
        processes.wait_for(found, lambda: "%r in %s: %s" % (texts, file, self.daemon.read(file)))


def end(process):
    process.terminate()
    process.wait()


def refused(result, *texts):
    tap.check(result.returncode != 0 and any(t in result.stderr for t in texts), "%s: %d %s" % (
        result.args, result.returncode, result.stdout + result.stderr))


# gdbus shows what the refusal says, some versions of busctl only that it is one.
DENIED = ("org.busvisor1.control", "Access denied")


def act(place, result):
    """It worked, or was refused."""
    if place.user is None:
        return place.good(result)
    refused(result, *DENIED)
    return ""


# busctl

def look(place):
    paths = place.good(place.busctl("--list", "tree", NAME)).split()
    for path in (ROOT, group_path("web"), WEB, process_path("failing")):
        tap.check(path in paths, "%s in %s" % (path, paths))
    text = place.good(place.busctl("introspect", NAME, WEB))
    for word in (PROCESS, ".WriteStdin", ".CPUUsageNSec", '"RUNNING"', '"/bin/sleep 1000"'):
        tap.check(word in text, "%s in %s" % (word, text))
    text = place.good(place.busctl("introspect", NAME, ROOT))
    for word in (MANAGER, EVENTS, ".GetProcessByPID", ".ProcessStateChanged", "writable"):
        tap.check(word in text, "%s in %s" % (word, text))
    tap.same(place.good(place.busctl("get-property", NAME, WEB, PROCESS, "State", "ExitCodes")),
             's "RUNNING"\nai 1 0\n')
    listed = json.loads(place.good(place.busctl("--json=short", "call", NAME, ROOT, MANAGER,
                                                "ListProcesses")))
    tap.same([p[0] for p in listed["data"][0]], ["failing", "web"])


def change(place, owner):
    pid = owner.pid("web")
    act(place, place.busctl("call", NAME, ROOT, MANAGER, "Restart", "ast", "1", "web", "0"))
    tap.same(owner.pid("web") == pid, place.user is not None, "the same process")
    act(place, place.busctl("set-property", NAME, ROOT, MANAGER, "LogLevel", "s", "info"))
    tap.same(owner.get(ROOT, MANAGER, "LogLevel"), "debug" if place.user else "info")
    act(place, place.busctl("set-property", NAME, ROOT, MANAGER, "LogLevel", "s", "debug"))
    result = place.busctl("call", NAME, ROOT, MANAGER, "GetProcess", "s", "nobody")
    refused(result, "there is no process nobody")


def watch(place, owner):
    """Becoming a monitor is for the owner of a bus."""
    monitor = place.begin("busctl", "busctl", *place.busctl_options, "monitor", NAME)
    if place.user is not None:
        tap.check(monitor.wait(processes.WAIT_LIMIT) != 0, "busctl monitor was let in")
        return
    place.wait_output("busctl", "Monitoring bus message stream.")
    owner.call(WEB, PROCESS, "Restart", "t", (0,))
    place.wait_output("busctl", "Member=ProcessStateChanged")
    end(monitor)


# gdbus

def drive_gdbus(place, owner):
    text = place.good(place.gdbus("introspect", "--dest", NAME, "--object-path", ROOT, "--recurse"))
    for word in ("interface " + PROCESS, "node " + WEB, "GetProcessByPID", "State = 'RUNNING'"):
        tap.check(word in text, "%s in %s" % (word, text))
    call = ("--dest", NAME, "--object-path", ROOT, "--method")
    text = place.good(place.gdbus("call", *call, MANAGER + ".GetProcess", "web"))
    tap.same(text, "(objectpath '%s',)\n" % WEB)
    result = place.gdbus("call", *call, MANAGER + ".Restart", "['web']", "0")
    if place.user is None:
        tap.same(place.good(result), "([('web', 'web', '', '')],)\n")
    else:
        refused(result, "org.busvisor1.control")
    monitor = place.begin("gdbus", "gdbus", "monitor", *place.gdbus_options, "--dest", NAME)
    place.wait_output("gdbus", "The name org.busvisor1 is owned by")

    def seen():
        owner.call(WEB, PROCESS, "Restart", "t", (0,))
        return "org.busvisor1.Events.ProcessStateChanged" in place.daemon.read("gdbus")
    processes.wait_for(seen, "a signal")
    end(monitor)


# The examples

def tell_apart(place, owner):
    """restart-failed.sh: what has failed is started again, and fails again."""
    script = place.begin("shell", place.daemon.file("restart-failed.sh"), *place.busctl_options)
    place.wait_output("shell", "failing:failing")
    place.wait_output("shell", "failing:failing is started again")
    if place.user is None:
        place.wait_output("shell", "failing:failing: FATAL, was BACKOFF")
    else:
        place.wait_output("shell", *DENIED)
    owner.call(WEB, PROCESS, "Restart", "t", (0,))
    place.wait_output("shell", "web:web: RUNNING, was STARTING")
    end(script)


def guard_memory(place, owner):
    """memory-guard.py: whoever is above a limit that everybody is above is restarted."""
    pid = owner.pid("web")
    script = place.begin("python", PYTHON, place.daemon.file("memory-guard.py"), "--bus",
                         place.script_option, "--limit", "0.01", "--interval", "0.2", "web")
    place.wait_output("python", "is restarted")
    if place.user is None:
        place.wait_output("python", "web: RUNNING, was STARTING")
        tap.check(owner.pid("web") != pid, "it was not restarted")
        end(script)
    else:
        tap.check(script.wait(processes.WAIT_LIMIT) != 0, "it was not refused")
        place.wait_output("python", "org.busvisor1.control")
        tap.same(owner.pid("web"), pid)


def drive(daemon, options, user=None):
    if not shutil.which("busctl"):
        raise tap.Skip("busctl is not installed")
    owner = daemon.connect()
    for name in SCRIPTS:
        shutil.copy(source("data/examples/" + name), daemon.path)
    processes.wait_for(lambda: owner.state("web") == "RUNNING" and
                       owner.state("failing") == "FATAL", "the programs")
    place = Place(daemon, options, user)
    look(place)
    change(place, owner)
    watch(place, owner)
    if shutil.which("gdbus"):
        drive_gdbus(place, owner)
    tell_apart(place, owner)
    guard_memory(place, owner)


def by_address(daemon):
    return ["--address=" + daemon.address], ["--address", daemon.address], daemon.address


SYSTEM = ["--system"], ["--system"], "system"
USER = ["--user"], ["--session"], "session"


@tap.case("the scripts say what they want where they are called wrongly")
def wrong_words():
    if not shutil.which("busctl"):
        raise tap.Skip("busctl is not installed")
    for script, words, usage in (("restart-failed.sh", ["--help"], "usage: "),
                                 ("memory-guard.py", ["--bus", "nothing"], "is none of system")):
        program = [PYTHON] if script.endswith(".py") else []
        result = subprocess.run([*program, source("data/examples/" + script), *words], text=True,
                                env=clean_environment(), capture_output=True, check=False,
                                timeout=processes.WAIT_LIMIT)
        tap.same((result.returncode, result.stdout), (2, ""), script)
        tap.check(usage in result.stderr, result.stderr)


@tap.case("on the private bus")
def private():
    with Daemon(SECTIONS) as daemon:
        drive(daemon, by_address(daemon))


def user_bus(kind):
    with UserDaemon(SECTIONS, on=kind) as daemon:
        drive(daemon, USER)


def system_bus(kind, user):
    needs_root()
    with SystemDaemon(SECTIONS, on=kind) as daemon:
        drive(daemon, SYSTEM, user)


for where, user_kind, system_kind in (("", UserBus, SystemBus),
                                      (" of dbus-broker", UserBroker, Broker)):
    tap.case("on the bus of a user" + where)(functools.partial(user_bus, user_kind))
    tap.case("on the bus of a system%s, as root" % where)(
        functools.partial(system_bus, system_kind, None))
    tap.case("on the bus of a system%s, as somebody else" % where)(
        functools.partial(system_bus, system_kind, STRANGER))


tap.run()
