"""Busvisor: a daemon of its own for each test, in a temporary folder, on a private bus.

Leaving the `with` block ends the daemon, and checks that it went without a complaint and that
nothing of it is left: no process, no pid file.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap

import bus
import processes
import tap

IDENTIFIER = "test"
# Where a sanitizer says something, the test has failed, whatever the exit status.
SANITIZER = re.compile(r"runtime error:|ERROR: \w+Sanitizer")

HEAD = """
[supervisord]
identifier=%s
logfile=%%(here)s/main.log
pidfile=%%(here)s/pid
childlogdir=%%(here)s
loglevel=debug
""" % IDENTIFIER

PYTHON = sys.executable
HERE = os.path.dirname(os.path.abspath(__file__))

processes.adopt_orphans()


def source(path=""):
    """A file of the source folder."""
    return os.path.join(os.environ.get("BUSVISOR_SOURCE", os.path.join(HERE, "..", "..")), path)


# Before anybody goes into another folder.
BUILD = os.path.abspath(os.environ.get("BUSVISOR_BUILD", "build"))


def program(name):
    """A program that has been built."""
    file = os.path.join(BUILD, name)
    tap.check(os.access(file, os.X_OK), file + " has not been built")
    return file


def clean_environment():
    """Ours, without what would lead to another daemon or bus."""
    foreign = ("DBUS_", "BUSVISOR_", "SUPERVISOR_", "XDG_", "RUNTIME_", "STATE_", "NOTIFY_")
    keep = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    return dict(keep, LC_ALL="C", PYTHONDONTWRITEBYTECODE="1")


def read(file):
    """The text of a file, "" when there is none."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


class Folder:
    """A temporary folder, gone at the end of the `with` block."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="busvisor-test-")
        os.chmod(self.path, 0o755)  # hosts may run as another user
        return self

    def __exit__(self, kind, error, trace):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def read(self, name):
        return read(self.file(name))

    def json_lines(self, name):
        """What stands in a file of one JSON value a line; the last line may be under way."""
        return [json.loads(line) for line in self.read(name).splitlines(True) if line[-1] == "\n"]

    def replace(self, name, text):
        """In one step, so that nobody reads half of it."""
        os.rename(self.write(name + ".new", text), self.file(name))

    def write(self, name, text, mode=0o644):
        """Answers the path."""
        with open(self.file(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(self.file(name), mode)
        return self.file(name)


class Daemon(Folder):
    """busvisord with the given sections; here() in them is the folder, as always."""

    def __init__(self, sections, arguments=("--bus", "private")):
        self.sections = HEAD + textwrap.dedent(sections)
        self.arguments = list(arguments)
        self.launcher = []
        self.busvisord = None  # another file than the one that was built
        self.environment = clean_environment()
        self.process = None
        self.buses = []
        self.expected_exit = 0

    # Life

    def __enter__(self):
        super().__enter__()
        os.makedirs(self.file("run"))
        os.makedirs(self.file("state"))
        self.environment.update(RUNTIME_DIRECTORY=self.file("run"),
                                STATE_DIRECTORY=self.file("state"), TMPDIR=self.path)
        self.configuration = self.write("supervisord.conf", self.sections)
        try:
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def configure(self, *sections):
        """Another configuration file, to be read when it is asked to."""
        self.write("supervisord.conf", HEAD + "".join(sections))

    def start(self):
        file = self.busvisord or program("busvisord")
        command = self.launcher + [file, "-n", "-c", self.configuration]
        with open(self.file("stdout"), "ab") as out, open(self.file("stderr"), "ab") as err:
            self.process = subprocess.Popen(command + self.arguments, cwd=self.path, stdout=out,
                                            stderr=err, stdin=subprocess.DEVNULL,
                                            env=self.environment)

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self._end_and_check()
        except BaseException as failure:
            kind = failure
            raise
        finally:
            if kind is not None:
                self._tell()
            for connection in self.buses:
                connection.close()
            processes.end_all_below(os.getpid())
            super().__exit__(None, None, None)

    def _end_and_check(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.wait_end()
        tap.same(self.process.returncode, self.expected_exit, "exit status of busvisord")
        tap.check(not SANITIZER.search(self.read("stderr")), "a sanitizer complained")
        tap.check(not SANITIZER.search(self.read("main.log")), "a sanitizer complained")
        processes.wait_for(self._nothing_left, lambda: "processes left behind: %s" % [
            processes.command_line(p) for p in processes.descendants(os.getpid())])
        tap.check(not os.path.exists(self.file("pid")), "the pid file was left behind")

    @staticmethod
    def _nothing_left():
        processes.reap()
        return not processes.descendants(os.getpid())

    def _tell(self):
        for name in ("stderr", "main.log"):
            tap.diagnostics("%s of busvisord:" % name)
            tap.diagnostics("\n".join(self.read(name).splitlines()[-60:]))

    def wait_end(self):
        """Waits until the daemon has ended; its exit status."""
        processes.wait_for(lambda: self.process.poll() is not None, "the end of busvisord")
        return self.process.returncode

    # On the bus

    @property
    def address(self):
        path = self.file("run/%s/bus/socket" % IDENTIFIER)
        return "unix:path=" + path

    def try_connect(self):
        """A connection where the daemon can be seen, None as long as there is none."""
        tap.check(self.process.poll() is None, "busvisord ended by itself")
        try:
            connection = bus.Bus(self.address)
        except (OSError, TimeoutError):
            return None
        try:
            if connection.has_owner():
                self.buses.append(connection)
                return connection
        except OSError:
            pass
        connection.close()
        return None

    def connect(self):
        return processes.wait_for(self.try_connect, "the daemon on its private bus")

    # Its processes

    def helper(self, name):
        """The process id of "dbus-daemon" or "busvisor-listener-host", None when it is not up."""
        found = [p for p in processes.children(self.process.pid) if processes.name(p) == name]
        return found[0] if found else None

    def wait_helper(self, name, other_than=None):
        def found():
            pid = self.helper(name)
            return pid if pid != other_than else None
        return processes.wait_for(found, name)

    # What it says

    def wait_log(self, pattern, count=1):
        """Waits until so many lines of the main log match; the matches."""
        def found():
            matches = list(re.finditer(pattern, self.read("main.log"), re.MULTILINE))
            if len(matches) >= count:
                return matches
            tap.check(self.process.poll() is None, "busvisord ended before it said " + pattern)
            return None
        return processes.wait_for(found, "%d of %r in the main log" % (count, pattern))

    def wait_file(self, name):
        """Waits until a program has made the file."""
        processes.wait_for(lambda: os.path.exists(self.file(name)), "the file " + name)

    # Tools

    def ctl(self, *arguments, address=True):
        """Runs busvisorctl to its end."""
        command = [program("busvisorctl")] + (["--address=" + self.address] if address else [])
        return subprocess.run(command + list(arguments), env=clean_environment(), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, cwd=self.path,
                              timeout=processes.WAIT_LIMIT, check=False)


def run_busvisord(folder, *arguments, environment=None):
    """busvisord to its end, for calls that are over soon."""
    command = [program("busvisord")] + list(arguments)
    result = subprocess.run(command, env=dict(clean_environment(), RUNTIME_DIRECTORY=folder.path,
                                              STATE_DIRECTORY=folder.path, **(environment or {})),
                            text=True, stdin=subprocess.DEVNULL, capture_output=True,
                            cwd=folder.path, timeout=processes.WAIT_LIMIT, check=False)
    tap.check(not SANITIZER.search(result.stderr), result.stderr)
    return result


if os.environ.get("BUSVISOR_TEST_BUS") == "dbus-broker":
    # For a test that runs others: what they say of a private bus holds there too.
    from broker import OnBroker as Daemon  # noqa: E402,F811 pylint: disable=all
